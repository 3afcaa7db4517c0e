// node --no-liftoff --no-wasm-lazy-compilation node.mjs MODULE
//
// Holds one of this project's WebAssembly modules and answers the protocol of README.md: under
// Node, and under what has Node's interface, which is Bun and Deno.

import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { Refusal, serve } from "./protocol.mjs";

/** A module addresses 4 GiB, but a Rust slice has half of that at most. */
const INPUT_BYTES_MOST = 2 ** 31 - 2 ** 16;
const READ_BYTES = 1 << 26;

class WasmRunner {
  #module;
  #compileNs;
  #exports;

  constructor(path) {
    const bytes = readFileSync(path);
    const begin = process.hrtime.bigint();
    this.#module = new WebAssembly.Module(bytes);
    this.#compileNs = process.hrtime.bigint() - begin;
    this.#instantiate();
  }

  /** What the bindings import is only for the other half of the module: here it is never called. */
  #instantiate() {
    const imports = {};
    for (const { module, name, kind } of WebAssembly.Module.imports(this.#module)) {
      if (kind !== "function") throw new Error(`the module imports ${module}.${name}, a ${kind}`);
      imports[module] ??= {};
      imports[module][name] = () => {
        throw new Error(`the import ${module}.${name} is not there`);
      };
    }
    this.#exports = new WebAssembly.Instance(this.#module, imports).exports;
  }

  /** Calls the module. Where it traps, its state is of no use any more: another one takes over. */
  #call(call) {
    try {
      return call(this.#exports);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      const words = this.#text("last_words");
      this.#instantiate();
      throw new Refusal(`the module trapped (${error.message}) ${words}`.trim());
    }
  }

  /** What the module has to say. */
  #text(name) {
    const { memory } = this.#exports;
    const start = this.#exports[`delimark_${name}`]() >>> 0;
    const length = this.#exports[`delimark_${name}_bytes`]() >>> 0;
    return Buffer.from(memory.buffer, start, length).toString().replaceAll("\n", " ");
  }

  /** Calls a function of the module that takes a message and tells whether it could. */
  #send(message, name) {
    const bytes = Buffer.from(message);
    const start = this.#call((exports) => exports.delimark_message(bytes.length)) >>> 0;
    bytes.copy(Buffer.from(this.#exports.memory.buffer, start, bytes.length));
    if (this.#call((exports) => exports[name]()) === 0) throw new Refusal(this.#text("answer"));
  }

  verify(frame) {
    this.#send(frame, "delimark_verify");
    return this.#text("answer");
  }

  load(path) {
    const file = openSync(path);
    try {
      const length = fstatSync(file).size;
      if (length > INPUT_BYTES_MOST) {
        throw new Refusal(`${length} bytes are more than the 2 GiB that a module can take`);
      }
      const start = this.#call((exports) => exports.delimark_input(length)) >>> 0;
      if (start === 0) throw new Refusal(`the module has no memory for ${length} bytes`);
      const room = Buffer.from(this.#exports.memory.buffer, start, length);
      for (let done = 0; done < length; ) {
        const count = readSync(file, room, done, Math.min(length - done, READ_BYTES), null);
        if (count === 0) throw new Refusal(`${path} has become shorter`);
        done += count;
      }
      return length;
    } finally {
      closeSync(file);
    }
  }

  setDialect({ delimiter, columns, ragged, lineEnding, lineLimit, quote, escape }) {
    const words = `delimiter=${delimiter} columns=${columns} ragged=${ragged}`;
    const more = `line_ending=${lineEnding} line_limit=${lineLimit}`;
    const quoting = quote === undefined ? "" : ` quote=${quote} escape=${escape}`;
    this.#send(`${words} ${more}${quoting}\n`, "delimark_set_dialect");
  }

  run(model, columns) {
    this.#send(`${model} ${columns.join(",")}`, "delimark_prepare");
    const [nanoseconds, is_fine] = this.#call(({ delimark_run }) => {
      const begin = process.hrtime.bigint();
      const is_fine = delimark_run();
      return [process.hrtime.bigint() - begin, is_fine];
    });
    if (is_fine === 0) throw new Refusal(this.#text("answer"));
    const [records, fields, checksum] = ["records", "fields", "checksum"].map((name) =>
      BigInt.asUintN(64, this.#exports[`delimark_${name}`]()),
    );
    return { nanoseconds, records, fields, checksum };
  }

  about() {
    return {
      engine: engineName(process.versions),
      backend: this.#text("backend"),
      compile_ns: Number(this.#compileNs),
    };
  }
}

/** The engine that this really is: Bun and Deno also say that they are some version of Node. */
function engineName({ bun, deno, node, v8, webkit }) {
  if (bun !== undefined) return `Bun ${bun}, JavaScriptCore ${webkit.slice(0, 12)}`;
  if (deno !== undefined) return `Deno ${deno}, V8 ${v8}`;
  return `Node ${node}, V8 ${v8}`;
}

serve(new WasmRunner(process.argv[2]));
