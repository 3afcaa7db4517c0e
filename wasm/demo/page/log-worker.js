// The worker that has the log: makes one, looks at it, goes through it, finds its lines, saves its
// columns, and hands out what is to be measured.

import { answer, turn } from "./calls.js";
import {
  LOOKED_AT_BYTES, columnsOf, guess, mayHaveName, namesOf, oddity, refusal,
} from "./guess.js";
import { ByFormat, choose, describe, formatOf, guessFormat } from "./log-formats.js";
import { ByDelimiter, LogReader, bytesOf } from "./log-reader.js";
import { removeFilesOfOthers, save } from "./log-saver.js";
import { Splitter, init } from "./package/index.js";
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

/** Guesses what the first bytes of a log are: a format with a name, or columns by a delimiter. */
async function look(bytes, mayNameFormat) {
  const guessed = guess(bytes);
  const names = namesOf(bytes, guessed.delimiter, guessed.columns);
  const found = { ...guessed, names, format: undefined };
  if (!mayNameFormat || !mayHaveName(bytes, guessed)) return found;
  try {
    return { ...found, format: await guessFormat(bytes) };
  } catch (error) {
    // Of a log that says nothing of its columns, say.
    return { ...found, why: `${found.why}; ${error.message}` };
  }
}

/** Makes the extractor of columns that are to be saved. */
async function extractorOf({ fields, dialect, output, source, isDecoded }) {
  if (source === undefined) {
    const splitter = new Splitter(dialect);
    try {
      return splitter.extractor(fields, output);
    } finally {
      splitter.free();
    }
  }
  const format = await formatOf(source, firstBytes);
  try {
    return format.extractor(fields.join(","), output.format === "jsonl", isDecoded, 0);
  } finally {
    format.free();
  }
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
    choose(backend);
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
    const found = await look(bytes, true);
    if (place !== opened) throw replaced();
    return { ...found, oddity: oddity(bytes) };
  },

  /** Looks again at the beginning of the log, for any format or only for a delimiter. */
  async look({ mayNameFormat }) {
    return look(firstBytes, mayNameFormat);
  },

  /** Reads a format: a preset's name, or what was pasted. */
  async format({ source }) {
    return describe(source, firstBytes);
  },

  /** The columns that another delimiter would give. */
  async columns({ delimiter, columns }) {
    const found = columns === undefined ? columnsOf(firstBytes, delimiter) : { columns, cut: "" };
    const names = namesOf(firstBytes, delimiter, found.columns);
    return { columns: found.columns, why: `as you say${found.cut}`, names };
  },

  async survey({ delimiter, columns, source, isDecoded }, { progress, signal }) {
    const wanted = file;
    const way = source === undefined
      ? new ByDelimiter({ delimiter, columns })
      : new ByFormat(await formatOf(source, firstBytes), isDecoded);
    if (signal.aborted || wanted !== file) {
      way.free();
      throw replaced();
    }
    reader?.free();
    reader = new LogReader(file, way);
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

  async save({ handle, ...task }, { progress, signal }) {
    const from = file;
    const extractor = await extractorOf(task);
    return save({ file: from, handle, extractor }, progress, signal);
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
