// node udsv.mjs FOLDER
//
// The rival `peer/udsv@node`: uDSV, from the node_modules of the folder. Quoting is off, no line is
// a header, and rows go to the consumer one by one instead of into a list.

import { createRequire } from "node:module";
import { join } from "node:path";
import { lineEnding, serveText } from "./text_host.mjs";

const require = createRequire(join(process.argv[2], "/"));
const { inferSchema, initParser } = require("udsv");
const { version } = require("udsv/package.json");

serveText((text, { delimiter }, visit) => {
  const options = { col: delimiter, row: lineEnding(text), encl: "", header: () => [] };
  const parser = initParser(inferSchema(text, options));
  parser.stringArrs(text, visit);
}, `uDSV ${version}`);
