// The line protocol of runners, see README.md, for programs that run under Node.
//
// Everything is synchronous: nothing but the one call runs while the clock does.

import { readSync, writeSync } from "node:fs";

const STANDARD_INPUT = 0;
const STANDARD_OUTPUT = 1;
const NEWLINE = 0x0a;

/** What a runner cannot do; the message is the answer, and the runner goes on. */
export class Refusal extends Error {}

/** Standard input, line by line and in pieces of a known length. */
class Input {
  #buffer = Buffer.alloc(1 << 16);
  #start = 0;
  #end = 0;

  /** Reads more; false at the end. */
  #fill() {
    this.#start = 0;
    this.#end = readSync(STANDARD_INPUT, this.#buffer, 0, this.#buffer.length, null);
    return this.#end > 0;
  }

  /** The next line without its end; undefined at the end of the input. */
  line() {
    const pieces = [];
    while (this.#start < this.#end || this.#fill()) {
      const filled = this.#buffer.subarray(this.#start, this.#end);
      const newline = filled.indexOf(NEWLINE);
      const length = newline < 0 ? filled.length : newline;
      pieces.push(Buffer.from(filled.subarray(0, length)));
      this.#start += length + (newline < 0 ? 0 : 1);
      if (newline >= 0) return Buffer.concat(pieces).toString();
    }
    return undefined;
  }

  /** The next so many bytes. */
  bytes(length) {
    const bytes = Buffer.alloc(length);
    const ready = Math.min(length, this.#end - this.#start);
    this.#buffer.copy(bytes, 0, this.#start, this.#start + ready);
    this.#start += ready;
    for (let done = ready; done < length; ) {
      const count = readSync(STANDARD_INPUT, bytes, done, length - done, null);
      if (count === 0) throw new Error("the input ended within a frame");
      done += count;
    }
    return bytes;
  }
}

function say(line) {
  const bytes = Buffer.from(`${line}\n`);
  for (let done = 0; done < bytes.length; ) done += writeSync(STANDARD_OUTPUT, bytes, done);
}

/**
 * Splits `dialect DELIMITER COLUMNS|any RAGGED LINE_ENDING LINE_LIMIT [QUOTE ESCAPE]` into its
 * parts; the last two are undefined where the dialect names no quote.
 */
function dialectOf(words) {
  const [delimiter, columns, ragged, lineEnding, lineLimit, quote, escape] = words;
  return { delimiter, columns, ragged, lineEnding, lineLimit, quote, escape };
}

/** Answers one request. */
function answer(runner, line, input) {
  const [verb, ...words] = line.split(" ");
  switch (verb) {
    case "verify":
      return runner.verify(input.bytes(Number(words[0])));
    case "load":
      return `ok ${runner.load(line.slice("load ".length))}`;
    case "dialect":
      runner.setDialect(dialectOf(words));
      return "ok";
    case "run": {
      const pass = runner.run(words[0], (words[1] ?? "").split(",").filter(Boolean).map(Number));
      const { nanoseconds, records, fields, checksum } = pass;
      return `ok ${nanoseconds} ${records} ${fields} ${checksum.toString(16)}`;
    }
    case "about":
      return JSON.stringify(runner.about());
    default:
      throw new Refusal(`there is no request '${verb}'`);
  }
}

/** Answers requests until there are no more. */
export function serve(runner) {
  const input = new Input();
  for (let line = input.line(); line !== undefined; line = input.line()) {
    try {
      say(answer(runner, line, input));
    } catch (error) {
      // A file that cannot be read is no reason to end.
      const isRefusal = error instanceof Refusal || error.syscall !== undefined;
      if (!isRefusal) throw error;
      say(`error ${error.message}`);
    }
  }
}
