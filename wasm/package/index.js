// Picks the module that the engine can run, and hands on the classes that are in it.

import load, { Extractor, Splitter as LoadedSplitter } from "./delimark.js";

export { Extractor };

let isReady = false;

// Without its module the class fails with a message that helps nobody.
export class Splitter extends LoadedSplitter {
  constructor(options) {
    if (!isReady) throw new Error("call init() first, and await it");
    super(options);
  }
}

// Freeing twice does no harm: `using` frees what was freed by hand. Any other use of what was freed
// would fail with a message about a null pointer.
const CLASSES = [["splitter", LoadedSplitter], ["extractor", Extractor]];
for (const [name, { prototype }] of CLASSES) {
  const wasFreed = (object) => object.__wbg_ptr === 0;
  const check = (object) => {
    if (wasFreed(object)) throw new Error(`the ${name} was freed; make another one`);
  };
  for (const [key, { value, get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (key === "constructor" || key === "free" || key.startsWith("__")) continue;
    const wrapped = get
      ? { get() { check(this); return get.call(this); } }
      : { value(...args) { check(this); return value.apply(this, args); } };
    Object.defineProperty(prototype, key, wrapped);
  }
  const free = prototype.free;
  prototype.free = function () {
    if (!wasFreed(this)) free.call(this);
  };
  if (Symbol.dispose) prototype[Symbol.dispose] = prototype.free;
}

// A module with one function that returns a v128; engines without SIMD find it invalid.
const WITH_SIMD = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253,
  15, 253, 98, 11,
);

export function hasSimd() {
  return WebAssembly.validate(WITH_SIMD);
}

// Bundlers find the modules because both addresses are written out.
function address(backend) {
  switch (backend) {
    case "scalar":
      return new URL("./delimark.scalar.wasm", import.meta.url);
    case "simd128":
      return new URL("./delimark.simd128.wasm", import.meta.url);
    default:
      throw new TypeError(`unknown backend '${backend}' (expected one of: scalar, simd128)`);
  }
}

// One letter and a colon is a drive.
const SCHEME = /^[a-z][a-z0-9+.-]+:/i;

// Node's fetch takes neither file addresses nor paths.
async function source(module) {
  const isText = typeof module === "string";
  const isNode = globalThis.process?.versions?.node !== undefined;
  if (!isNode || !(isText || module instanceof URL)) return module;
  const isPath = isText && !SCHEME.test(module);
  if (!isPath && new URL(module).protocol !== "file:") return module;
  const { readFile } = await import("node:fs/promises");
  return readFile(isPath ? module : new URL(module));
}

async function start({ backend = hasSimd() ? "simd128" : "scalar", module } = {}) {
  await load({ module_or_path: await source((await module) ?? address(backend)) });
  isReady = true;
}

let started;

export function init(options) {
  started ??= start(options).catch((error) => {
    started = undefined;
    throw error;
  });
  return started;
}
