// Bars of one model and data set: a bar an engine and machine, from 0, with its spread on it. The
// table beside it has the same numbers, so the picture is one image to a screen reader.

const CHART = { bar: 14, gap: 10, line: 16, names: 190, letter: 6.6, margin: 12, wide: 560 };

/** How many colours the style sheet has for machines. */
const COLOURS = 6;

/** Draws the bars of the view's engines; `note` says more after the number of a bar. */
function chartOf(view, width, note) {
  const isWide = width >= CHART.wide;
  const left = isWide ? CHART.names : 0;
  // The table has those that nobody has a number of.
  const engines = view.engines.filter((engine) => {
    return view.machines.some((machine) => numberOf(view.value(engine, machine)) !== undefined);
  });
  if (engines.length === 0) return element("p", { class: "note" }, "There is no number to draw.");
  const places = engines.flatMap((engine) => view.machines.map((machine) => [engine, machine]));
  const letters = Math.max(...places.map((place) => labelOf(view, place, note).length));
  const plotted = width - left - letters * CHART.letter - CHART.margin;
  const farthest = Math.max(...places.map((place) => farEnd(view.value(...place))));
  const scale = plotted / (farthest || 1);
  const parts = [];
  let y = 0;
  for (const engine of engines) {
    const nameY = y + CHART.bar - 3;
    const anchor = isWide ? { x: left - 8, "text-anchor": "end" } : { x: 0 };
    parts.push(shape("text", { ...anchor, y: nameY, class: "name" }, engine));
    if (!isWide) y += CHART.line;
    for (const machine of view.machines) {
      parts.push(barOf(view, engine, machine, { left, y, scale, note }));
      y += CHART.bar;
    }
    y += CHART.gap;
  }
  const label = `Chart: ${view.title}, ${view.measure.title}. The table has the numbers.`;
  const size = { viewBox: `0 0 ${width} ${y}`, width, height: y };
  return shape("svg", { ...size, role: "img", "aria-label": label }, ...parts);
}

/** The text after a bar. */
function labelOf(view, [engine, machine], note) {
  const value = view.value(engine, machine);
  const number = numberOf(value);
  if (number === undefined) return absenceOf(value);
  return [figure(number), value.mark, note?.(engine, machine)].filter(Boolean).join(" ");
}

/** How far a value reaches to the right. */
function farEnd(value) {
  return value.spread ? Math.max(...value.spread) : (value.count ?? 0);
}

function barOf(view, engine, machine, { left, y, scale, note }) {
  const value = view.value(engine, machine);
  const number = numberOf(value);
  const text = labelOf(view, [engine, machine], note);
  const baseline = y + CHART.bar / 2 + 4;
  if (number === undefined) {
    return shape("text", { x: left + 4, y: baseline, class: "missing" }, text);
  }
  const at = (position) => left + position * scale;
  const height = CHART.bar - 2;
  const colour = view.machines.length > 1
    ? `machine-${view.machines.indexOf(machine) % COLOURS}`
    : families.get(engine);
  const box = { x: left, y, width: Math.max(1, number * scale), height };
  const parts = [shape("rect", { ...box, class: `bar ${colour}` })];
  if (value.mark) parts.push(shape("rect", { ...box, fill: "url(#hatch)" }));
  if (value.spread) parts.push(...spreadOf(value.spread, { at, y, height }));
  const place = { x: at(farEnd(value)) + 5, y: baseline, class: "number" };
  const full = withUnit(number, view.measure);
  const title = [machineTitles.get(machine), engine, full, ...notesOf(value)].join(", ");
  return shape("g", {}, shape("title", {}, title), ...parts, shape("text", place, text));
}

/** The middle half of the passes as a band, and the median's interval as a line with ends. */
function spreadOf([, low, high, lower, upper], { at, y, height }) {
  const band = { x: at(lower), y: y + 3, width: at(upper) - at(lower), height: height - 6 };
  const end = (position) => `M${at(position)} ${y + 2}v${height - 4}`;
  const line = `${end(low)}${end(high)}M${at(low)} ${y + height / 2}H${at(high)}`;
  return [shape("rect", { ...band, class: "band" }), shape("path", { d: line, class: "interval" })];
}

/** Which colour is which machine. */
function legendOf(machines) {
  if (machines.length < 2) return [];
  const items = machines.map((machine, index) => {
    const chip = element("span", { class: `chip machine-${index % COLOURS}` });
    return element("li", {}, chip, ` ${machineTitles.get(machine)}`);
  });
  return [element("ol", { class: "legend" }, ...items)];
}
