// node papaparse.mjs FOLDER
//
// The peer `peer/papaparse@node`: PapaParse, from the node_modules of the folder. Its fast mode,
// which splits without regard to quotes, is on where nothing is quoted, and rows go to the consumer
// one by one: both are what makes it fastest.

import { createRequire } from "node:module";
import { join } from "node:path";
import { lineEnding } from "./line_ending.mjs";
import { serveText } from "./text_runner.mjs";

const require = createRequire(join(process.argv[2], "/"));
const Papa = require("papaparse");
const { version } = require("papaparse/package.json");

function eachRecord(text, { delimiter, quote }, visit) {
  const newline = lineEnding(text);
  // What is behind the last newline would count as a row.
  const lines = text.endsWith(newline) ? text.slice(0, -newline.length) : text;
  const step = ({ data }) => visit(data);
  const quoting = quote === undefined ? { fastMode: true } : { fastMode: false, quoteChar: quote };
  Papa.parse(lines, { delimiter, newline, step, ...quoting });
}

serveText(eachRecord, `PapaParse ${version}`, { takesQuotes: true });
