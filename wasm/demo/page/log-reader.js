// Reads a log of any size by slices, in a worker: goes through all of it once for its lines and
// where they are, and finds any of them again.

import { Splitter } from "./package/index.js";

/** The bytes that are read at once; the next are on their way meanwhile. */
const READ_BYTES = 4 << 20;

/** The bytes between two places that are remembered. */
const STEP_BYTES = 1 << 20;

/** The most ragged lines that are listed; more are counted. */
const RAGGED_LISTED = 1000;

/** The time between two reports of progress. */
const PROGRESS_MS = 100;

/** The most parts that stay taken apart: one is on the screen, one beside it. */
const PARTS_KEPT = 4;

/** The most bytes they may have in memory, but for the newest. */
const PARTS_BYTES_MOST = 64 << 20;

/** The most bytes of a character of UTF-8 after its first. */
const FOLLOWERS_MOST = 3;

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/**
 * Reads a part of a log. Some browsers refuse a file that is not as it was when it was chosen, and
 * others give fewer bytes of it.
 */
export async function bytesOf(file, start, end) {
  const wanted = Math.min(end, file.size) - start;
  try {
    const bytes = new Uint8Array(await file.slice(start, end).arrayBuffer());
    if (bytes.length === wanted) return bytes;
  } catch (error) {
    if (!/^Not(Found|Readable)Error$/.test(error.name)) throw error;
  }
  throw new Error("the log was changed, moved or deleted since it was opened; choose it again");
}

/** Reads a file piece by piece, one piece ahead. */
export async function* pieces(file, signal) {
  const read = (start) => {
    const reading = bytesOf(file, start, start + READ_BYTES);
    // It may fail before it is waited for, and is waited for no more where this is cancelled.
    reading.catch(() => undefined);
    return reading;
  };
  let coming = read(0);
  for (let start = 0; start < file.size; start += READ_BYTES) {
    const piece = await coming;
    if (start + READ_BYTES < file.size) coming = read(start + READ_BYTES);
    signal.throwIfAborted();
    yield piece;
  }
}

/** The way to take lines apart at each delimiter. */
export class ByDelimiter {
  #options;
  #splitter;

  constructor({ delimiter, columns }) {
    this.#options = { delimiter, columns, ragged: "report" };
    this.#splitter = new Splitter({ delimiter, ragged: "keep" });
  }

  /** Makes what goes through a log, and lists so many of its ragged lines. */
  surveyor(raggedLimit) {
    const splitter = new Splitter({ ...this.#options, raggedLimit });
    try {
      // Of no columns: only what it finds on the way is wanted.
      return splitter.extractor([]);
    } finally {
      splitter.free();
    }
  }

  /** Takes whole lines apart. */
  part(bytes, place) {
    return new Part(this.#splitter.index(bytes), bytes, { ...place, ...this.#options });
  }

  free() {
    this.#splitter.free();
  }
}

export class LogReader {
  #file;
  #way;
  /** Places where lines begin: the number of the line, from 0, and its offset. */
  #lines = [0];
  #offsets = [0];
  /** The line before each that names the columns, in formats where lines do. */
  #directives = [undefined];
  #isSurveyed = false;
  #parts = new Map();

  /** `way` is the way to take lines apart; it is freed with the reader. */
  constructor(file, way) {
    this.#file = file;
    this.#way = way;
  }

  /** Goes through the file; tells now and then how far it is. Lines before that can be had. */
  async survey(progress, signal) {
    const extractor = this.#way.surveyor(RAGGED_LISTED);
    const ragged = [];
    const found = (bytes) => {
      if (ragged.length < RAGGED_LISTED) ragged.push(...extractor.takeRagged());
      else extractor.takeRagged();
      ragged.length = Math.min(ragged.length, RAGGED_LISTED);
      return { bytes, lines: extractor.lines, raggedCount: extractor.raggedCount, ragged };
    };
    let bytes = 0;
    // The first lines are told of at once.
    let told = -Infinity;
    let stopped;
    try {
      for await (const piece of pieces(this.#file, signal)) {
        for (let start = 0; start < piece.length; start += STEP_BYTES) {
          const step = piece.subarray(start, start + STEP_BYTES);
          extractor.push(step);
          this.#remember(extractor, bytes + step.lastIndexOf(NEWLINE) + 1, step);
          bytes += step.length;
        }
        if (performance.now() - told > PROGRESS_MS) {
          told = performance.now();
          progress(found(bytes));
        }
      }
      extractor.finish();
      this.#isSurveyed = true;
    } catch (error) {
      if (error.name !== "DelimarkError") throw error;
      const { kind, message, line, offset } = error;
      stopped = { kind, message, line, offset };
    }
    const all = found(bytes);
    extractor.free();
    return { ...all, stopped };
  }

  #remember({ lines, directive }, offset, step) {
    if (!step.includes(NEWLINE) || lines <= this.#lines.at(-1)) return;
    this.#lines.push(lines);
    this.#offsets.push(offset);
    this.#directives.push(directive);
  }

  /** Lines from one on, taken apart; fewer where the file ends. */
  async rows(first, count, cellsMost, lettersMost) {
    const rows = [];
    let line = first;
    while (rows.length < count) {
      const part = await this.#part(line);
      if (line - part.line >= part.rows) break;
      while (rows.length < count && line - part.line < part.rows) {
        rows.push(part.row(line - part.line, cellsMost, lettersMost));
        line += 1;
      }
    }
    return rows;
  }

  /** The part that a line is in. */
  async #part(line) {
    let [low, high] = [0, this.#lines.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#lines[middle] <= line) low = middle;
      else high = middle - 1;
    }
    const known = this.#parts.get(low);
    const start = this.#offsets[low];
    // What is after the last place is not known while the survey goes on.
    const end = this.#offsets[low + 1] ?? (this.#isSurveyed ? this.#file.size : start);
    if (known?.end === end) return known;
    const bytes = await bytesOf(this.#file, start, end);
    const place = { line: this.#lines[low], start, end, directive: this.#directives[low] };
    const part = this.#way.part(bytes, place);
    this.#parts.delete(low);
    this.#parts.set(low, part);
    this.#dropParts();
    return part;
  }

  /** Drops the oldest parts where there are too many, or they are too large. */
  #dropParts() {
    let bytes = 0;
    for (const [index, [place, part]] of [...this.#parts].reverse().entries()) {
      bytes += part.memoryBytes;
      const isTooMuch = index >= PARTS_KEPT || bytes > PARTS_BYTES_MOST;
      if (index > 0 && isTooMuch) this.#parts.delete(place);
    }
  }

  free() {
    this.#way.free();
    this.#parts.clear();
  }
}

const decoder = new TextDecoder();

/** Some lines in a row, with where their fields end. */
class Part {
  #bytes;
  #columns;
  #ends;
  /** The beginning of each row in the list of ends, and the end of the last. */
  #firsts;

  constructor(batches, bytes, { line, start, end, columns }) {
    this.#bytes = bytes;
    this.#columns = columns;
    this.line = line;
    this.start = start;
    this.end = end;
    const count = batches.reduce((sum, { separators }) => sum + separators.length, 0);
    this.#ends = new Uint32Array(count);
    this.#firsts = [0];
    let position = 0;
    for (const { offset, separators } of batches) {
      for (const separator of separators) {
        this.#ends[position] = offset + separator;
        position += 1;
        const isEnd = bytes[offset + separator] === NEWLINE || offset + separator === bytes.length;
        if (isEnd) this.#firsts.push(position);
      }
    }
    this.rows = this.#firsts.length - 1;
  }

  get memoryBytes() {
    return this.#bytes.length + this.#ends.byteLength + this.#firsts.length * 8;
  }

  row(index, cellsMost, lettersMost) {
    const [first, last] = [this.#firsts[index], this.#firsts[index + 1]];
    const lineStart = first === 0 ? 0 : this.#ends[first - 1] + 1;
    const cells = [];
    let start = lineStart;
    for (let at = first; at < last && cells.length < cellsMost; at += 1) {
      const isLast = at === last - 1;
      const hasReturn = isLast && this.#bytes[this.#ends[at] - 1] === CARRIAGE_RETURN;
      const end = Math.max(start, this.#ends[at] - (hasReturn ? 1 : 0));
      cells.push(this.#text(start, end, lettersMost));
      start = this.#ends[at] + 1;
    }
    const found = last - first;
    const place = { line: this.line + index + 1, offset: this.start + lineStart };
    return { ...place, found, isRagged: found !== this.#columns, cells };
  }

  #text(start, end, lettersMost) {
    if (end - start <= lettersMost) return decoder.decode(this.#bytes.subarray(start, end));
    let cut = start + lettersMost;
    const least = cut - FOLLOWERS_MOST;
    // Not in the middle of a character.
    while (cut > least && (this.#bytes[cut] & 0xc0) === 0x80) cut -= 1;
    return `${decoder.decode(this.#bytes.subarray(start, cut))}…`;
  }
}
