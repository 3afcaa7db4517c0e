// node papaparse.mjs FOLDER
//
// The peer `peer/papaparse@node`: PapaParse, from the node_modules of the folder. Its fast mode,
// which splits without regard to quotes, is on, and rows go to the consumer one by one: both are
// what makes it fastest.

import { createRequire } from "node:module";
import { join } from "node:path";
import { lineEnding } from "./line_ending.mjs";
import { serveText } from "./text_runner.mjs";

const require = createRequire(join(process.argv[2], "/"));
const Papa = require("papaparse");
const { version } = require("papaparse/package.json");

serveText((text, { delimiter }, visit) => {
  const newline = lineEnding(text);
  // What is behind the last newline would count as a row.
  const lines = text.endsWith(newline) ? text.slice(0, -newline.length) : text;
  Papa.parse(lines, { delimiter, newline, fastMode: true, step: ({ data }) => visit(data) });
}, `PapaParse ${version}`);
