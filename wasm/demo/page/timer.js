// The clock's resolution: browsers make it coarse on purpose, by how much is measured.

const LOOK_MS = 40;
const STEPS_MOST = 200;
const READINGS = 10_000;

/** The smallest step that the clock makes, and what it costs to read it. */
export function look() {
  const steps = [];
  const end = performance.now() + LOOK_MS;
  let before = performance.now();
  while (before < end && steps.length < STEPS_MOST) {
    const now = performance.now();
    if (now > before) steps.push(now - before);
    before = now;
  }
  const begin = performance.now();
  for (let reading = 0; reading < READINGS; reading += 1) performance.now();
  const costNs = ((performance.now() - begin) * 1e6) / READINGS;
  const smallest = steps.reduce((least, step) => Math.min(least, step), Infinity);
  const granularityNs = Number.isFinite(smallest) ? Math.round(smallest * 1e6) : undefined;
  return { granularityNs, costNs };
}
