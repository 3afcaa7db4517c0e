// Results of another time as something to draw: apart from what writes them, since a file that is
// dropped on the page can be anything.

import { MODEL } from "./measure.js";
import { seal } from "./module/delimark_demo.js";
import { SCHEMA } from "./results.js";
import { size } from "./text.js";

/** Results of a full run have a tenth of this. */
const BYTES_MOST = 20e6;

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
    nsPerRecord: { median: record.median },
    gigabytesPerSecond: { median, low: interval.low, high: interval.high },
  };
}

/** Which machine it was, as far as the file tells. */
function machineOf({ environment }) {
  const told = [environment?.cpu?.model?.value, ...(environment?.runtimes ?? [])];
  return told.filter((name) => typeof name === "string").join(", ");
}

/** Reads a file of results; throws why it is none. `wanted` is the data set that is preferred. */
export async function readOldResults(file, wanted) {
  if (file.size > BYTES_MOST) {
    throw new Error(`${size(file.size)} are too much; a log is split under any other ending`);
  }
  let document;
  try {
    document = JSON.parse(await file.text());
  } catch {
    throw new Error("it is not JSON");
  }
  if (document?.schema !== SCHEMA) throw new Error(`its schema is not ${SCHEMA}`);
  const { cells, created } = document;
  const all = Array.isArray(cells) ? cells.filter((cell) => cell?.model === MODEL) : [];
  if (all.length === 0) throw new Error(`it has no measurement of the model ${MODEL}`);
  const dataset = (all.find((cell) => cell.dataset === wanted) ?? all[0]).dataset;
  const shown = all.filter((cell) => cell.dataset === dataset);
  const [day, machine] = [String(created).slice(0, 10), machineOf(document)];
  return {
    title: [day, machine, dataset].filter(Boolean).join(", "),
    dataset,
    isChanged: document.seal !== undefined && document.seal !== seal(JSON.stringify(document)),
    engines: new Map(shown.map((cell) => [String(cell.engine), engineOf(cell)])),
  };
}
