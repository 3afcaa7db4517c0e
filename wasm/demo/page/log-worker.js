// The worker that has the log: makes one, looks at it, goes through it, finds its lines, saves its
// columns, and hands out what is to be measured.

import { answer, turn } from "./calls.js";
import { LOOKED_AT_BYTES, columnsOf, guess, namesOf, oddity, refusal } from "./guess.js";
import { LogReader, bytesOf } from "./log-reader.js";
import { removeFilesOfOthers, save } from "./log-saver.js";
import { init } from "./package/index.js";
import load, { LogGenerator, Sha256, facts } from "./module/delimark_demo.js";

const GENERATED_BYTES = 1 << 20;
const SEED = 1;

let file;
let firstBytes;
let reader;

/** The number of files opened: of two at about the same time, the later one counts. */
let opened = 0;

/** Makes the error of a call for a log that another has taken the place of. */
const replaced = () => new DOMException("another log was opened", "AbortError");

/** Makes a log, and its hash on the way. */
async function generate({ lines }, { progress, signal }) {
  const generator = new LogGenerator(lines, SEED);
  const hash = new Sha256();
  const chunks = [];
  let bytes = 0;
  for (;;) {
    const chunk = generator.next(GENERATED_BYTES);
    if (chunk.length === 0) break;
    hash.update(chunk);
    // A Blob, since the browser can move that out of memory.
    chunks.push(new Blob([chunk]));
    bytes += chunk.length;
    progress({ bytes });
    await turn();
    signal.throwIfAborted();
  }
  generator.free();
  return { file: new File(chunks, `nginx12-${lines}.log`), sha256: hash.finish() };
}

/** The first whole lines of a file, up to this many bytes. */
async function wholeLines(from, bytesMost) {
  const bytes = await bytesOf(from, 0, bytesMost);
  if (from.size <= bytesMost) return bytes;
  return bytes.subarray(0, bytes.lastIndexOf(10) + 1);
}

answer({
  /** Takes the modules, which the page has compiled. */
  async start({ module, demo, backend }) {
    await init({ backend, module });
    await load({ module_or_path: demo });
    await removeFilesOfOthers();
  },

  generate,

  /** Looks at the beginning of a file, and says what it seems to be. */
  async open({ file: wanted }) {
    opened += 1;
    const place = opened;
    const bytes = new Uint8Array(await wanted.slice(0, LOOKED_AT_BYTES).arrayBuffer());
    if (place !== opened) throw replaced();
    const refused = refusal(bytes, wanted.name);
    if (refused !== undefined) return { refused };
    [file, firstBytes] = [wanted, bytes];
    const guessed = guess(bytes);
    const names = namesOf(bytes, guessed.delimiter, guessed.columns);
    return { ...guessed, names, oddity: oddity(bytes) };
  },

  /** The columns that another delimiter would give. */
  async columns({ delimiter, columns }) {
    const found = columns === undefined ? columnsOf(firstBytes, delimiter) : { columns, cut: "" };
    const names = namesOf(firstBytes, delimiter, found.columns);
    return { columns: found.columns, why: `as you say${found.cut}`, names };
  },

  async survey({ delimiter, columns }, { progress, signal }) {
    reader?.free();
    reader = new LogReader(file, { delimiter, columns });
    return reader.survey(progress, signal);
  },

  async rows({ first, count, cellsMost, lettersMost }) {
    const asked = reader;
    try {
      return await asked.rows(first, count, cellsMost, lettersMost);
    } catch (error) {
      // Its reader was freed meanwhile.
      throw asked === reader ? error : replaced();
    }
  },

  async save(task, { progress, signal }) {
    return save({ ...task, file }, progress, signal);
  },

  /** Returns the material to measure: bytes, their hash, and the reference's facts of them. */
  async material({ file: from = file, bytesMost, dialect, columns }) {
    const bytes = await wholeLines(from, bytesMost);
    if (bytes.length === 0) {
      throw new Error("the first line is longer than what is measured at once");
    }
    const hash = new Sha256();
    hash.update(bytes);
    const { delimiter, quote, escape } = dialect;
    const found = JSON.parse(facts(bytes, delimiter, columns, quote, escape));
    const sha256 = hash.finish();
    return { bytes, size: bytes.length, sha256, facts: found, transfer: [bytes.buffer] };
  },
});
