// node js_split.mjs
//
// The rival `peer/js-split@node`: what one writes in JavaScript without a library. Lines and fields
// come from String.split. The input is bytes, as a file or a socket gives them, so each pass begins
// with making a string of them. One character a byte keeps offsets and lengths those of the bytes;
// it is also what is fastest.

import { constants } from "node:buffer";
import { readFileSync, statSync } from "node:fs";
import { Refusal, serve } from "./hosts/protocol.mjs";

/** Sums the fold of the model `fields`: exactly, though numbers are exact only to 2^53. */
class Fold {
  #sum = 0;
  #whole = 0n;
  records = 0;
  fields = 0;

  field(position, field) {
    const first = field.length > 0 ? field.charCodeAt(0) : 0;
    const token = field.length * 256 + first;
    const weighed = token * (2 * position + 1);
    if (this.#sum + weighed > Number.MAX_SAFE_INTEGER) {
      this.#whole += BigInt(this.#sum) + BigInt(token) * BigInt(2 * position + 1);
      this.#sum = 0;
    } else {
      this.#sum += weighed;
    }
    this.fields += 1;
  }

  get checksum() {
    return BigInt.asUintN(64, this.#whole + BigInt(this.#sum));
  }
}

/** Hands the fields of each line to `visit`. */
function eachRecord(text, { delimiter, stripsCarriageReturn }, visit) {
  const lines = text.split("\n");
  // Behind the last newline there is no line; where it is missing there is one, with its \r.
  const last = lines.pop();
  for (const line of lines) {
    const end = stripsCarriageReturn && line.endsWith("\r") ? line.slice(0, -1) : line;
    visit(end.split(delimiter));
  }
  if (last !== "") visit(last.split(delimiter));
}

const MODELS = {
  count(fold, fields) {
    fold.fields += fields.length;
  },
  fields(fold, fields) {
    for (let position = 0; position < fields.length; position += 1) {
      fold.field(position, fields[position]);
    }
  },
  project(fold, fields, columns) {
    for (let position = 0; position < columns.length; position += 1) {
      const field = fields[columns[position]];
      if (field !== undefined) fold.field(position, field);
    }
  },
};

class SplitHost {
  #bytes = Buffer.alloc(0);
  #dialect = { delimiter: "|", stripsCarriageReturn: true };

  load(path) {
    const { size } = statSync(path);
    const most = constants.MAX_STRING_LENGTH;
    if (size > most) throw new Refusal(`${size} bytes are more than the ${most} of a string`);
    this.#bytes = readFileSync(path);
    return this.#bytes.length;
  }

  setDialect({ delimiter, ragged, lineEnding }) {
    if (ragged !== "keep") throw new Refusal("it only keeps ragged records");
    this.#dialect = {
      delimiter: String.fromCharCode(Number(delimiter)),
      stripsCarriageReturn: lineEnding === "auto",
    };
  }

  run(model, columns) {
    const visit = MODELS[model];
    if (visit === undefined) throw new Refusal(`it does not do ${model}`);
    const begin = process.hrtime.bigint();
    const fold = new Fold();
    eachRecord(this.#bytes.latin1Slice(), this.#dialect, (fields) => {
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
    return { engine: `Node ${node}, V8 ${v8}` };
  }
}

serve(new SplitHost());
