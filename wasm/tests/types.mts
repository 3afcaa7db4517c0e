// Uses that the types allow and uses that they do not; ci/wasm-package has the compiler check it.

import { Splitter, hasSimd, init } from "delimark";
import type { DelimarkError, ExtractionOptions, IndexBatch, RaggedLine } from "delimark";

await init();
await init({ module: new URL("delimark.wasm", import.meta.url) });
await init({ backend: hasSimd() ? "simd128" : "scalar", module: fetch("delimark.wasm") });

const splitter = new Splitter({ delimiter: "|", columns: 12, ragged: "report", lineEnding: "lf" });
new Splitter().free();
const output: Uint8Array = splitter.extract(new Uint8Array(), [0, 5]);
const batches: IndexBatch[] = splitter.index(output);
const separators: Uint32Array | undefined = batches[0]?.separators;
const ragged: RaggedLine[] = splitter.takeRagged();
const quotes: (number | undefined)[] = ragged.map(({ quote }) => quote);
new Splitter({ delimiter: " ", quote: '"', quoteEscape: "backslash" });
const { records, fields }: { records: number; fields: number } = splitter.count(output);
const extractor = splitter.extractor(Uint32Array.of(1, 2), { format: "jsonl", names: ["a", "b"] });
const options: ExtractionOptions = { delimiter: "\t" };
splitter.extract(output, [0], options);
const count: number = extractor.raggedCount;
const chunk: Uint8Array = extractor.push(output);
const backend: "scalar" | "simd128" = splitter.backend;

try {
  extractor.finish();
} catch (error) {
  const { kind, line, found } = error as DelimarkError;
  const place: number | undefined = kind === "ragged" ? found : line;
  console.log(place, count, separators, ragged, quotes, records, fields, chunk, backend);
}

// @ts-expect-error a typing error in an option
new Splitter({ colums: 12 });
// @ts-expect-error there is no such format
splitter.extractor([0], { format: "csv" });
// @ts-expect-error there is no such policy
new Splitter({ ragged: "drop" });
// @ts-expect-error text is not bytes
splitter.extract("a|b", [0]);
// @ts-expect-error a buffer is not bytes
splitter.count(new ArrayBuffer(8));
// @ts-expect-error the class has no public constructor
new (await import("delimark")).Extractor();
