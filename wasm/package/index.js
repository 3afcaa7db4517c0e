// Picks the module that the engine can run, and hands on the classes that are in it.

import load, { Extractor, Splitter } from "./delimark.js";

export { Extractor, Splitter };

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
      throw new TypeError(`there is no backend '${backend}', only scalar and simd128`);
  }
}

// Node's fetch does not take file addresses.
async function source(url) {
  if (url.protocol !== "file:") return url;
  const { readFile } = await import("node:fs/promises");
  return readFile(url);
}

async function start({ backend = hasSimd() ? "simd128" : "scalar", module } = {}) {
  await load({ module_or_path: (await module) ?? (await source(address(backend))) });
}

let started;

export function init(options) {
  started ??= start(options).catch((error) => {
    started = undefined;
    throw error;
  });
  return started;
}
