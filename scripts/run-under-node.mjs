// Runs a WebAssembly program that uses WASI (wasm32-wasip1) under Node. Its arguments, environment,
// standard streams and exit status are passed on; files are not.
//
//   node --no-warnings run-under-node.mjs PROGRAM [ARGUMENT]...

import { openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { argv, env, exit } from "node:process";
import { WASI } from "node:wasi";

const [program, ...programArguments] = argv.slice(2);
if (program === undefined) {
  console.error("run-under-node: name a program");
  exit(2);
}
const wasi = new WASI({
  version: "preview1",
  args: [program, ...programArguments],
  env,
  // Opened again: Node makes its own end of a pipe one that does not wait.
  stdin: openSync("/dev/stdin"),
  returnOnExit: true,
});
const module = await WebAssembly.compile(await readFile(program));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
exit(wasi.start(instance));
