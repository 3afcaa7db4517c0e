// The common part of the engines in JavaScript: a runner (see ../../runtimes/README.md) around one
// function that hands out records.
//
// The input is bytes, as a file or a socket gives them, so each pass begins with making a string of
// them. One character a byte keeps offsets and lengths those of the bytes; it is also what is
// fastest. The consumer of the fields runs while the clock does.

import { constants } from "node:buffer";
import { readFileSync, statSync } from "node:fs";
import { Refusal, serve } from "../../runtimes/protocol.mjs";
import { Fold, MODELS } from "./fold.mjs";

class TextHost {
  #eachRecord;
  #about;
  #takesQuotes;
  #bytes = Buffer.alloc(0);
  #path;
  #dialect;

  constructor(eachRecord, about, takesQuotes) {
    this.#eachRecord = eachRecord;
    this.#about = about;
    this.#takesQuotes = takesQuotes;
  }

  load(path) {
    const { size } = statSync(path);
    const most = constants.MAX_STRING_LENGTH;
    if (size > most) throw new Refusal(`${size} bytes are more than the ${most} of a string`);
    this.#bytes = readFileSync(path);
    this.#path = path;
    return this.#bytes.length;
  }

  setDialect({ delimiter, ragged, lineEnding, quote, escape }) {
    if (quote !== undefined && !this.#takesQuotes) throw new Refusal("it knows no quotes");
    if (quote !== undefined && escape !== "none") {
      throw new Refusal("a quote that is escaped in the data would be another one for it");
    }
    if (ragged !== "keep") throw new Refusal("it only keeps ragged records");
    this.#dialect = {
      delimiter: String.fromCharCode(Number(delimiter)),
      quote: quote === undefined ? undefined : String.fromCharCode(Number(quote)),
      stripsCarriageReturn: lineEnding === "auto",
    };
  }

  run(model, columns) {
    // From a file, reading it is part of the pass.
    const isFile = model === "file-read";
    const visit = MODELS[isFile ? "fields" : model];
    if (visit === undefined) throw new Refusal(`it does not do ${model}`);
    if (this.#dialect === undefined) throw new Refusal("nobody has told it what a line is");
    const begin = process.hrtime.bigint();
    const fold = new Fold();
    const bytes = isFile ? readFileSync(this.#path) : this.#bytes;
    this.#eachRecord(bytes.latin1Slice(), this.#dialect, (fields) => {
      fold.records += 1;
      visit(fold, fields, columns);
    });
    const { checksum } = fold;
    const nanoseconds = process.hrtime.bigint() - begin;
    return { nanoseconds, records: fold.records, fields: fold.fields, checksum };
  }

  verify() {
    throw new Refusal("it is measured, not verified");
  }

  about() {
    const { node, v8 } = process.versions;
    const library = this.#about === undefined ? "" : `${this.#about} under `;
    return { engine: `${library}Node ${node}, V8 ${v8}` };
  }
}

/**
 * Serves one engine: `eachRecord(text, dialect, visit)` calls `visit` with the fields of each
 * record, and `about` names the library, where there is one. A library that takes quotes finds the
 * character in the dialect, or undefined.
 */
export function serveText(eachRecord, about, { takesQuotes = false } = {}) {
  serve(new TextHost(eachRecord, about, takesQuotes));
}
