// esbuild bundled.mjs --bundle --format=esm --platform=node --loader:.wasm=binary --outfile=out.mjs
//
// Counts the records of a log with both modules inside of one script. For a page, let esbuild put
// them beside it with --loader:.wasm=file: then they are addresses, which init takes as well.

import { Splitter, hasSimd, init } from "delimark";
import scalar from "delimark/delimark.scalar.wasm";
import simd128 from "delimark/delimark.simd128.wasm";

await init({ module: hasSimd() ? simd128 : scalar });
const splitter = new Splitter({ delimiter: "|", columns: 3 });
const log = new TextEncoder().encode("GET|/|200\nGET|/a|404\n");
console.log(splitter.backend, splitter.count(log).records);
