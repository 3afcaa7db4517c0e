// The engines that the page measures. Each is made of the bytes that it will go through, and
// answers the model `fields`: every field of every record goes to a consumer.

import { Fold, MODELS } from "./engines/fold.mjs";
import { splitRecords } from "./engines/split_records.mjs";
import { udsvRecords } from "./engines/udsv_records.mjs";
import * as udsv from "./engines/uDSV.mjs";

/**
 * Makes an engine: `run()` goes through the bytes once, and returns what it found. A dialect is a
 * delimiter, and where fields are quoted a quote and its escape; bytes are numbers.
 */
export async function makeEngine(kind, { module, bytes, dialect }) {
  switch (kind) {
    case "js-split":
      return textEngine(splitRecords, bytes, dialect);
    case "udsv":
      return textEngine(udsvRecords(udsv), bytes, dialect);
    default:
      return moduleEngine(module, bytes, dialect);
  }
}

/** The input is bytes, so each pass begins with making a string of them, one character a byte. */
function textEngine(eachRecord, bytes, { delimiter, quote }) {
  const decoder = new TextDecoder("latin1");
  // By the same decoder, which makes other characters of some bytes.
  const character = (byte) => decoder.decode(Uint8Array.of(byte));
  const dialect = {
    delimiter: character(delimiter),
    quote: quote === undefined ? undefined : character(quote),
    stripsCarriageReturn: true,
  };
  const run = () => {
    const fold = new Fold();
    eachRecord(decoder.decode(bytes), dialect, (fields) => {
      fold.records += 1;
      MODELS.fields(fold, fields);
    });
    return { records: fold.records, fields: fold.fields, checksum: fold.checksum };
  };
  return { run, backend: null };
}

/**
 * One of this project's modules, by its plain exports: what the bindings import is only for the
 * other half of it, and never called here.
 */
async function moduleEngine(wasm, bytes, { delimiter, quote, escape = "none" }) {
  const begin = performance.now();
  const module = await WebAssembly.compile(wasm);
  const compileNs = Math.round((performance.now() - begin) * 1e6);
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = () => { throw new Error(`the import ${from}.${name} is not there`); };
  }
  const { exports } = await WebAssembly.instantiate(module, imports);
  const text = (name) => {
    const start = exports[`delimark_${name}`]() >>> 0;
    const length = exports[`delimark_${name}_bytes`]() >>> 0;
    return new TextDecoder().decode(new Uint8Array(exports.memory.buffer, start, length));
  };
  const send = (message, name) => {
    const words = new TextEncoder().encode(message);
    const start = exports.delimark_message(words.length) >>> 0;
    new Uint8Array(exports.memory.buffer, start, words.length).set(words);
    if (exports[name]() === 0) throw new Error(text("answer"));
  };
  const start = exports.delimark_input(bytes.length) >>> 0;
  if (start === 0) throw new Error(`the module has no memory for ${bytes.length} bytes`);
  new Uint8Array(exports.memory.buffer, start, bytes.length).set(bytes);
  const rules = "columns=any ragged=keep line_ending=auto line_limit=16777216";
  const quoting = quote === undefined ? "" : ` quote=${quote} escape=${escape}`;
  send(`delimiter=${delimiter} ${rules}${quoting}\n`, "delimark_set_dialect");
  send("fields", "delimark_prepare");
  const number = (name) => BigInt.asUintN(64, exports[`delimark_${name}`]());
  const run = () => {
    if (exports.delimark_run() === 0) throw new Error(text("answer"));
    const [records, fields] = [Number(number("records")), Number(number("fields"))];
    return { records, fields, checksum: number("checksum") };
  };
  return { run, backend: text("backend"), compileNs };
}
