// Results of another time as something to draw: apart from what writes them, since a file that is
// dropped on the page can be anything.

import { MODEL } from "./measure.js";
import { seal } from "./module/delimark_demo.js";
import { SCHEMA } from "./results.js";

/** Results of a full run have a tenth of this. */
const BYTES_MOST = 20e6;

/** The engines that times of others are compared with, in a browser and natively. */
const PLAIN = ["peer/js-split@browser", "peer/js-split@node"];

const isPositive = (number) => Number.isFinite(number) && number > 0;

/** One engine's speed, as it is drawn; throws where a number is missing. */
function engineOf(cell) {
  const { bytes, samples_ns: samples, ns_per_record: record } = cell;
  const { gigabytes_per_second: median, gigabytes_per_second_interval: interval } = cell;
  const numbers = [bytes, median, interval?.low, interval?.high, record?.median];
  const isWhole = Array.isArray(samples) && samples.length > 0;
  if (!isWhole || ![...numbers, ...samples].every(isPositive)) {
    throw new Error(`the numbers of ${cell.engine} are not whole`);
  }
  return {
    samples,
    bytes,
    firstNs: isPositive(cell.first_pass_ns) ? cell.first_pass_ns : undefined,
    nsPerRecord: { median: record.median },
    gigabytesPerSecond: { median, low: interval.low, high: interval.high },
  };
}

/** Names the machine, as far as the file tells. */
function machineOf({ environment }) {
  const told = [environment?.cpu?.model?.value, ...(environment?.runtimes ?? [])];
  return told.filter((name) => typeof name === "string").join(", ");
}

/** The text of a file that says it is of results; undefined if it does not, so may be a log. */
export async function resultsText(file) {
  if (!file.name.endsWith(".json") || file.size > BYTES_MOST) return undefined;
  try {
    const text = await file.text();
    const { schema } = JSON.parse(text);
    return /^delimark-results\//.test(schema) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the speed of each engine, and over that of the plainest, if that was there. */
function enginesOf(cells) {
  const engines = new Map(cells.map((cell) => [String(cell.engine), engineOf(cell)]));
  const plain = PLAIN.map((name) => engines.get(name)).find((engine) => engine !== undefined);
  if (plain === undefined) return engines;
  for (const engine of engines.values()) {
    engine.times = engine.gigabytesPerSecond.median / plain.gigabytesPerSecond.median;
  }
  return engines;
}

/** Reads results; throws what is wrong with them. `wanted` is the data set that is preferred. */
export function readOldResults(text, wanted) {
  const document = JSON.parse(text);
  if (document.schema !== SCHEMA) throw new Error(`its schema is not ${SCHEMA}`);
  const { cells, created } = document;
  const all = Array.isArray(cells) ? cells.filter((cell) => cell?.model === MODEL) : [];
  if (all.length === 0) throw new Error(`it has no measurement of the model ${MODEL}`);
  const dataset = (all.find((cell) => cell.dataset === wanted) ?? all[0]).dataset;
  const shown = all.filter((cell) => cell.dataset === dataset);
  const [day, machine] = [String(created).slice(0, 10), machineOf(document)];
  return {
    title: [day, machine, dataset].filter(Boolean).join(", "),
    dataset,
    // Of the text as it is: JavaScript would write some of its numbers in another way.
    isSealed: document.seal !== undefined,
    isChanged: document.seal !== undefined && document.seal !== seal(text),
    engines: enginesOf(shown),
  };
}
