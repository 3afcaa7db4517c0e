// The engines that the page measures. Each is made of the bytes that it will go through, and
// answers the model `fields`: every field of every record goes to a consumer.

import { Fold, MODELS } from "./engines/fold.mjs";
import { splitRecords } from "./engines/split_records.mjs";
import { udsvRecords } from "./engines/udsv_records.mjs";
import * as udsv from "./engines/uDSV.mjs";

/** Makes an engine: `run()` goes through the bytes once, and returns what it found. */
export async function makeEngine(kind, { module, bytes, delimiter }) {
  switch (kind) {
    case "js-split":
      return textEngine(splitRecords, bytes, delimiter);
    case "udsv":
      return textEngine(udsvRecords(udsv), bytes, delimiter);
    default:
      return moduleEngine(module, bytes, delimiter);
  }
}

/** The input is bytes, so each pass begins with making a string of them, one character a byte. */
function textEngine(eachRecord, bytes, delimiter) {
  const decoder = new TextDecoder("latin1");
  // By the same decoder, which makes other characters of some bytes.
  const character = decoder.decode(Uint8Array.of(delimiter));
  const dialect = { delimiter: character, stripsCarriageReturn: true };
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
async function moduleEngine(wasm, bytes, delimiter) {
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
  const dialect = "columns=any ragged=keep line_ending=auto line_limit=16777216";
  send(`delimiter=${delimiter} ${dialect}\n`, "delimark_set_dialect");
  send("fields", "delimark_prepare");
  const number = (name) => BigInt.asUintN(64, exports[`delimark_${name}`]());
  const run = () => {
    if (exports.delimark_run() === 0) throw new Error(text("answer"));
    const [records, fields] = [Number(number("records")), Number(number("fields"))];
    return { records, fields, checksum: number("checksum") };
  };
  return { run, backend: text("backend"), compileNs };
}
