// A measurement: engines on the same bytes, in rounds, each round in another order. Nobody sees a
// time before every answer has been checked.

import { answer, estimate, minimumRounds, orders } from "./module/delimark_demo.js";
import { makeGate } from "./threads.js";

/** The longest time of all rounds together, and the most rounds. */
const BUDGET_NS = 12e9;
const ROUNDS_MOST = 25;

/** Rounds of a number of threads. */
const THREAD_ROUNDS = 11;

/** More threads than this say nothing new about a page. */
const THREADS_MOST = 8;

/** The model that is measured. */
export const MODEL = "fields";

/** A module of this project whose answer is not the reference's: no time is worth showing. */
export class WrongAnswer extends Error {}

/** Counts the threads that can be measured beyond one: none where nothing can be shared. */
export const threadsMost = () => {
  return self.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, THREADS_MOST) : 1;
};

/** Takes an answer apart that is an engine's, and compares it with the expected one. */
function check(name, { records, fields, checksum }, expected) {
  const found = answer(BigInt(records), BigInt(fields), checksum);
  if (found === expected) return;
  throw new WrongAnswer(`${name} answered ${found}, but the reference found ${expected}`);
}

/** Has an engine go through the bytes; a peer that fails, or is wrong, is left out. */
async function pass(engine, expected, disqualified) {
  if (disqualified.has(engine)) return undefined;
  try {
    const { nanoseconds, numbers } = await engine.caller.call("run", undefined);
    check(engine.name, numbers, expected);
    return nanoseconds;
  } catch (error) {
    if (!engine.isPeer) throw error;
    const isWrong = error instanceof WrongAnswer;
    const reason = `${isWrong ? "disqualified: " : "it failed: "}${error.message}`;
    disqualified.set(engine, reason);
    return undefined;
  }
}

/**
 * Measures engines, each with its worker. `material` is what they go through. Tells how far it is
 * as a share of the whole, and in words.
 */
export async function measure({ engines, material, dialect, seed, threads }, tell, signal) {
  const begun = performance.now();
  const { bytes, facts } = material;
  const loads = await load(engines, { bytes, dialect }, tell, signal);
  const disqualified = new Map();
  const run = (engine) => {
    signal.throwIfAborted();
    return pass(engine, facts.answer, disqualified);
  };
  const first = new Map();
  // The second pass is no sample either: the browser is compiling beside it.
  let roundNs = 0;
  for (const [index, engine] of engines.entries()) {
    tell((0.1 * index) / engines.length, `First call of ${engine.name}`);
    first.set(engine, await run(engine));
    roundNs += (await run(engine)) ?? 0;
  }
  const isIn = (engine) => !disqualified.has(engine);
  const racing = engines.filter(isIn);
  const affordable = Math.floor(BUDGET_NS / roundNs);
  const rounds = Math.min(ROUNDS_MOST, Math.max(minimumRounds(), affordable));
  const samples = new Map(racing.map((engine) => [engine, []]));
  const turns = orders(seed, racing.length, rounds);
  for (const [index, place] of turns.entries()) {
    const round = Math.floor(index / racing.length) + 1;
    tell(0.1 + (0.75 * index) / turns.length, `Round ${round} of ${rounds}`);
    const engine = racing[place];
    samples.get(engine).push(await run(engine));
  }
  const scaling = await scale({ threads, material, dialect, rounds }, tell, signal);
  tell(1, "Done");
  return {
    cells: racing.filter(isIn).map((engine) => {
      const cell = { ...engine, ...loads.get(engine), firstNs: first.get(engine) };
      return { ...cell, ...summary(samples.get(engine), facts.records, bytes.length) };
    }),
    disqualified: [...disqualified].map(([engine, reason]) => ({ ...engine, reason })),
    scaling,
    rounds,
    seed,
    seconds: (performance.now() - begun) / 1000,
  };
}

/** Returns what follows from samples: times a record and rates, each with its interval. */
function summary(samples, records, bytes) {
  const [median, low, high] = estimate(Float64Array.from(samples));
  return {
    samples,
    nsPerRecord: { median: median / records, low: low / records, high: high / records },
    gigabytesPerSecond: { median: bytes / median, low: bytes / high, high: bytes / low },
  };
}

async function load(engines, { bytes, dialect }, tell, signal) {
  const loads = new Map();
  for (const engine of engines) {
    const { name, caller, kind, wasm } = engine;
    signal.throwIfAborted();
    tell(0, `Loading ${name}`);
    // Copied, not shared: each engine has its own.
    loads.set(engine, await caller.call("load", { kind, module: wasm, bytes, dialect }));
  }
  return loads;
}

/** The numbers of threads that are measured: powers of two, and all there are. */
function steps(most) {
  const counts = [];
  for (let count = 1; count < most; count *= 2) counts.push(count);
  return [...counts, most];
}

/** Measures how much faster several threads are, where there are threads. */
async function scale({ threads, material, dialect }, tell, signal) {
  const counts = threads.callers.length > 1 ? steps(threads.callers.length) : [];
  const points = [];
  for (const [index, count] of counts.entries()) {
    signal.throwIfAborted();
    tell(0.85 + (0.15 * index) / counts.length, `${count} of ${threads.callers.length} threads`);
    const callers = threads.callers.slice(0, count);
    const parts = cut(material.bytes, count);
    await Promise.all(callers.map((caller, place) => {
      const task = { kind: threads.kind, module: threads.wasm, bytes: parts[place], dialect };
      return caller.call("load", task);
    }));
    const samples = await together(callers, material.facts.answer, threads.name);
    const { bytes, facts } = material;
    points.push({ threads: count, ...summary(samples, facts.records, bytes.length) });
  }
  return points;
}

/** Has workers go through their parts at the same time; the sums have to be the whole's answer. */
async function together([leader, ...followers], expected, name) {
  const gate = makeGate();
  // The first two rounds are no samples, as with one thread.
  const rounds = THREAD_ROUNDS + 2;
  const following = followers.map((caller) => caller.call("follow", { gate, rounds }));
  const task = { gate, followers: followers.length, rounds };
  const leading = leader.call("lead", task);
  const [{ samples, numbers }, ...others] = await Promise.all([leading, ...following]);
  const sum = others.reduce((all, { records, fields, checksum }) => ({
    records: all.records + records,
    fields: all.fields + fields,
    checksum: BigInt.asUintN(64, all.checksum + checksum),
  }), numbers);
  check(`${name} with ${followers.length + 1} threads`, sum, expected);
  return samples.slice(2);
}

/** Cuts bytes at newlines into this many parts of about the same size. */
function cut(bytes, count) {
  const parts = [];
  let start = 0;
  for (let part = 1; part <= count; part += 1) {
    const near = Math.max(start, Math.floor((bytes.length * part) / count));
    const newline = part === count ? -1 : bytes.indexOf(10, near);
    const end = newline < 0 ? bytes.length : newline + 1;
    parts.push(bytes.subarray(start, end));
    start = end;
  }
  return parts;
}
