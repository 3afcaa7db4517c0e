// node node.mjs COLUMN,COLUMN... <access.log
//
// Writes columns of a log, counted from 1, however large it is.

import { pipeline } from "node:stream/promises";
import { Splitter, init } from "delimark";

await init();
const columns = process.argv[2].split(",").map((column) => Number(column) - 1);
const extractor = new Splitter({ delimiter: "|" }).extractor(columns);

await pipeline(process.stdin, async function* extract(chunks) {
  for await (const chunk of chunks) yield extractor.push(chunk);
  yield extractor.finish();
}, process.stdout);
