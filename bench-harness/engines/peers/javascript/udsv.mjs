// node udsv.mjs FOLDER
//
// The peer `peer/udsv@node`: uDSV, from the node_modules of the folder.

import { createRequire } from "node:module";
import { join } from "node:path";
import { serveText } from "./text_runner.mjs";
import { udsvRecords } from "./udsv_records.mjs";

const require = createRequire(join(process.argv[2], "/"));
const { version } = require("udsv/package.json");

serveText(udsvRecords(require("udsv")), `uDSV ${version}`, { takesQuotes: true });
