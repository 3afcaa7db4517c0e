// Speeds as bars in a table: a row an engine, a bar from 0 with the spread of its passes on it, and
// the numbers beside it, so that the picture is no more than what the table says.

import { duration, element, figure, shape } from "./text.js";

/** The bar's own coordinates; the style sheet stretches it. */
const WIDTH = 1000;
const HEIGHT = 20;

const HEADS = [
  ["Engine"], ["Speed", "bar"], ["GB/s"], ["ns a record"], ["First call"], ["× split"],
];

const COLOURS = { delimark: "wasm", native: "native", peer: "peer" };

/**
 * Draws rows `{ name, title, kind, gigabytesPerSecond, nsPerRecord, firstNs, samples, bytes, times,
 * isOld, isBest }`, `times` being the speed over that of the plainest engine.
 */
export function barsOf(rows) {
  const fastest = Math.max(...rows.map(farEnd));
  const head = element("tr", {}, ...HEADS.map(([text, className = ""]) => {
    return element("th", { scope: "col", class: className }, text);
  }));
  return element(
    "table",
    { class: "bars" },
    element("caption", { class: "unseen" }, "How fast each engine hands out every field"),
    element("thead", {}, head),
    element("tbody", {}, ...rows.map((row) => rowOf(row, WIDTH / fastest))),
  );
}

/** The speeds of single passes, ascending. */
function speedsOf({ samples, bytes }) {
  return samples.map((nanoseconds) => bytes / nanoseconds).sort((a, b) => a - b);
}

function farEnd(row) {
  return Math.max(row.gigabytesPerSecond.high, speedsOf(row).at(-1));
}

function rowOf(row, scale) {
  const { median, low, high } = row.gigabytesPerSecond;
  const classes = [row.isOld ? "old" : "new", row.isBest ? "best" : ""].join(" ").trim();
  const spread = `${figure(low)}–${figure(high)}`;
  // Where it is narrow there are no heads, and each number says what it is.
  const number = (text, means) => element("td", text === "" ? {} : { "data-means": means }, text);
  const first = row.firstNs === undefined ? "" : duration(row.firstNs);
  const times = row.times === undefined ? "" : `${figure(row.times)} ×`;
  return element(
    "tr",
    { class: classes },
    element("th", { scope: "row", title: row.name }, row.title),
    element("td", { class: "bar" }, barOf(row, scale)),
    element("td", {}, `${figure(median)} GB/s`, element("small", {}, spread)),
    number(`${figure(row.nsPerRecord.median)} ns`, "a record"),
    number(first, "first call"),
    number(times, "split"),
  );
}

/** The middle half of the passes as a band, and the median's interval as a line with ends. */
function barOf(row, scale) {
  const { median, low, high } = row.gigabytesPerSecond;
  const speeds = speedsOf(row);
  const at = (speed) => speed * scale;
  const quarter = (share) => at(speeds[Math.round((speeds.length - 1) * share)]);
  const bar = { width: at(median), height: HEIGHT, class: COLOURS[row.kind] };
  const band = { x: quarter(0.25), width: quarter(0.75) - quarter(0.25), class: "band" };
  const end = (speed) => `M${at(speed)} 3v${HEIGHT - 6}`;
  const line = `${end(low)}${end(high)}M${at(low)} ${HEIGHT / 2}H${at(high)}`;
  const box = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" };
  return shape(
    "svg",
    { ...box, "aria-hidden": "true" },
    shape("rect", bar),
    shape("rect", { ...band, y: 4, height: HEIGHT - 8 }),
    shape("path", { d: line, class: "interval" }),
  );
}
