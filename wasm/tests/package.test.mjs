// The package as a stranger uses it; ci/wasm-package installs it beside a copy of this file.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";

import { Splitter, hasSimd, init } from "delimark";

// The module that is tested; the tests run once for each.
const backend = process.env.DELIMARK_TEST_BACKEND;
await init({ backend });

const encode = (text) => new TextEncoder().encode(text);
const decode = (bytes) => new TextDecoder().decode(bytes);
const LOG = "GET|/|200\r\nbroken\nGET|/a|404\nPUT||500";

/** Returns what `call` throws. */
function thrown(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
}

/** Runs a script that has not loaded the module yet; returns its message. */
async function inWorker(script, workerData) {
  const file = new URL(`${randomUUID()}.mjs`, import.meta.url);
  const imports = `
    import { parentPort, workerData } from "node:worker_threads";
    import { Splitter, init } from "delimark";
  `;
  await writeFile(file, imports + script);
  const worker = new Worker(file, { workerData });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

test("the module is the one that was asked for", () => {
  assert.equal(new Splitter({}).backend, backend);
  assert.equal(hasSimd(), true);
});

test("a splitter has defaults for everything", () => {
  assert.deepEqual(new Splitter().count(encode("a|b\n")), { records: 1, fields: 2 });
});

test("nothing works before init, and the message says so", async () => {
  const script = `
    try {
      new Splitter({});
    } catch (error) {
      parentPort.postMessage(error.message);
    }
  `;
  assert.equal(await inWorker(script), "call init() first, and await it");
});

test("a module is found by its file address and by its path", async () => {
  const path = "node_modules/delimark/delimark.scalar.wasm";
  const address = new URL(path, import.meta.url);
  for (const module of [address.href, path, `./${path}`, fileURLToPath(address)]) {
    const script = `
      await init({ module: workerData });
      parentPort.postMessage(new Splitter().backend);
    `;
    assert.equal(await inWorker(script, module), "scalar", module);
  }
  const script = `
    await init({ module: new URL(workerData) });
    parentPort.postMessage(new Splitter().backend);
  `;
  assert.equal(await inWorker(script, address.href), "scalar");
});

test("without options the best module is loaded", async () => {
  const script = `
    await Promise.all([init(), init()]);
    parentPort.postMessage(new Splitter({}).backend);
  `;
  assert.equal(await inWorker(script), "simd128");
});

test("what is no module is refused, and another try succeeds", async () => {
  const script = `
    const refusals = [];
    for (const options of [{ module: new Uint8Array([1, 2, 3]) }, { backend: "avx2" }]) {
      await init(options).catch((error) => refusals.push(error.name));
    }
    await init({ module: workerData });
    parentPort.postMessage([...refusals, new Splitter({}).backend]);
  `;
  const module = new URL("node_modules/delimark/delimark.scalar.wasm", import.meta.url);
  const answer = await inWorker(script, await readFile(module));
  assert.deepEqual(answer, ["CompileError", "TypeError", "scalar"]);
});

test("columns are taken out as cut does", () => {
  const splitter = new Splitter({ delimiter: "|" });
  const output = decode(splitter.extract(encode(LOG), [2, 0]));
  assert.equal(output, "200|GET\n|broken\n404|GET\n500|PUT\n");
  assert.equal(decode(splitter.extract(encode(LOG), Uint32Array.of(1))), "/\n\n/a\n\n");
  assert.equal(decode(splitter.extract(encode(""), [0])), "");
});

test("columns come out with another delimiter, or as JSON Lines", () => {
  const splitter = new Splitter({ delimiter: "|" });
  const extract = (...rest) => decode(splitter.extract(encode(LOG), ...rest));
  assert.equal(extract([2, 0], { delimiter: "\t" }), "200\tGET\n\tbroken\n404\tGET\n500\tPUT\n");
  assert.equal(extract([0, 1], { format: "text", delimiter: "" }), "GET/\nbroken\nGET/a\nPUT\n");
  const objects = extract([2, 0], { format: "jsonl" }).trimEnd().split("\n").map(JSON.parse);
  assert.deepEqual(objects[0], { 3: "200", 1: "GET" });
  assert.deepEqual(objects[1], { 3: null, 1: "broken" });
  const named = extract([1], { format: "jsonl", names: ["a \"path\""] });
  assert.equal(named.split("\n")[3], '{"a \\"path\\"":""}');
});

test("a field that is not UTF-8 ends JSON Lines behind what was before, or is mended", () => {
  const bytes = Uint8Array.of(97, 10, 98, 0xff, 10, 99, 10);
  const splitter = new Splitter();
  const error = thrown(() => splitter.extract(bytes, [0], { format: "jsonl" }));
  const { kind, line, offset, field } = error;
  const expected = { kind: "not-utf8", line: 2, offset: 3, field: 1 };
  assert.deepEqual({ kind, line, offset, field }, expected);
  const extractor = splitter.extractor([0], { format: "jsonl" });
  assert.equal(decode(extractor.push(bytes)), '{"1":"a"}\n');
  assert.equal(thrown(() => extractor.push(bytes)).kind, "not-utf8");
  assert.equal(thrown(() => extractor.finish()).kind, "not-utf8");
  assert.equal(decode(extractor.push(encode("d\n"))), '{"1":"d"}\n');
  const mended = splitter.extract(bytes, [0], { format: "jsonl", invalidUtf8: "replace" });
  assert.equal(decode(mended), '{"1":"a"}\n{"1":"b\ufffd"}\n{"1":"c"}\n');
});

test("wrong options of an extraction are refused with the reason", () => {
  const cases = [
    ["jsonl", "the options are an object"],
    [
      { separator: "|" },
      "unknown option 'separator' (expected one of: format, delimiter, names, invalidUtf8)",
    ],
    [{ format: "nonsense" }, "format: unknown word 'nonsense' (expected one of: text, jsonl)"],
    [{ delimiter: 9 }, "the delimiter of the output is a string"],
    [{ names: ["a"] }, "names and invalidUtf8 need format 'jsonl'"],
    [{ format: "jsonl", delimiter: "|" }, "delimiter has no meaning with format 'jsonl'"],
    [{ format: "jsonl", names: "a" }, "names is an array of strings"],
    [{ format: "jsonl", names: ["a", 1] }, "names is an array of strings"],
    [{ format: "jsonl", names: ["a"] }, "there are 1 names for 2 fields"],
    [{ format: "jsonl", names: ["a", "a"] }, "the key 'a' would come twice in an object"],
    [
      { format: "jsonl", invalidUtf8: "drop" },
      "invalidUtf8: unknown word 'drop' (expected one of: error, replace)",
    ],
  ];
  const splitter = new Splitter();
  for (const [options, message] of cases) {
    const error = thrown(() => splitter.extractor([0, 1], options));
    assert.deepEqual([error.kind, error.message], ["options", message]);
  }
});

test("delimiters in quotes are data, and the quotes around a field go", () => {
  const splitter = new Splitter({ delimiter: " ", quote: '"' });
  const log = encode('a "GET /b c" 200\r\n"" d"e f"g "h"\n');
  assert.deepEqual(splitter.count(log), { records: 2, fields: 6 });
  const extract = (...rest) => decode(splitter.extract(log, ...rest));
  assert.equal(extract([1, 2]), 'GET /b c 200\nd"e f"g h\n');
  assert.equal(extract([0], { delimiter: ";" }), "a\n\n");
  assert.equal(extract([0, 1, 2], { delimiter: ";" }), 'a;GET /b c;200\n;d"e f"g;h\n');
  const objects = extract([0, 1], { format: "jsonl" }).trimEnd().split("\n").map(JSON.parse);
  assert.deepEqual(objects, [{ 1: "a", 2: "GET /b c" }, { 1: "", 2: 'd"e f"g' }]);
  const [batch] = splitter.index(log);
  assert.deepEqual([...batch.separators], [1, 12, 17, 20, 28, 32]);
  assert.deepEqual([batch.records, batch.columns], [2, 3]);
});

test("a quote behind a backslash changes nothing where that is the escape", () => {
  const log = encode('"a\\"|b"|c\n"d\\\\"|e\n');
  const escaped = new Splitter({ quote: 34, quoteEscape: "backslash" });
  assert.equal(decode(escaped.extract(log, [0, 1])), 'a\\"|b|c\nd\\\\|e\n');
  const plain = new Splitter({ quote: 34, quoteEscape: "none", ragged: "keep" });
  assert.equal(decode(plain.extract(log, [1])), 'b"|c\ne\n');
});

test("a line that ends in quotes is ragged, and says where its last quote is", () => {
  const log = encode('a|b\n"c"|"d|e\n"f|g"\nh\n');
  const report = new Splitter({ quote: '"', ragged: "report" });
  assert.equal(decode(report.extract(log, [0])), "a\nf|g\nh\n");
  assert.deepEqual(report.takeRagged(), [{ line: 2, offset: 4, found: 2, quote: 8 }]);
  const both = new Splitter({ quote: '"', ragged: "report", columns: 2 });
  assert.equal(decode(both.extract(log, [0])), "a\n");
  assert.deepEqual(both.takeRagged(), [
    { line: 2, offset: 4, found: 2, quote: 8 },
    { line: 3, offset: 13, found: 1 },
    { line: 4, offset: 19, found: 1 },
  ]);
  const error = thrown(() => new Splitter({ quote: '"', columns: 2 }).extract(log, [0]));
  const { kind, line, offset, quote } = error;
  const expected = { kind: "open-quote", line: 2, offset: 4, quote: 8 };
  assert.deepEqual({ kind, line, offset, quote }, expected);
  assert.deepEqual(["found" in error, "expected" in error], [false, false]);
  const other = thrown(() => new Splitter({ quote: '"', columns: 1 }).extract(log, [0]));
  assert.deepEqual([other.kind, "quote" in other], ["ragged", false]);
  const kept = new Splitter({ quote: '"', ragged: "keep" });
  assert.equal(decode(kept.extract(log, [1])), 'b\n"d|e\n\n\n');
});

test("ragged records over the limit are only counted", () => {
  const extractor = new Splitter({ columns: 2, ragged: "report", raggedLimit: 1 }).extractor([0]);
  extractor.push(encode("a\nb\nc|d\n"));
  extractor.finish();
  assert.deepEqual(extractor.takeRagged(), [{ line: 1, offset: 0, found: 1 }]);
  assert.deepEqual([extractor.lines, extractor.raggedCount], [3, 2]);
  extractor.push(encode("e|f\n"));
  assert.deepEqual([extractor.lines, extractor.raggedCount], [1, 0]);
});

test("every byte is data", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 10);
  const splitter = new Splitter({ delimiter: 0xff });
  assert.deepEqual(splitter.extract(bytes, [0]).subarray(0, -1), bytes.subarray(0, -1));
});

test("records and fields are counted", () => {
  const splitter = new Splitter({ columns: 3, ragged: "report" });
  assert.deepEqual(splitter.count(encode(LOG)), { records: 4, fields: 10 });
});

test("the index says where fields end", () => {
  const splitter = new Splitter({ columns: 3, ragged: "report" });
  const [batch, last, ...more] = splitter.index(encode(LOG));
  assert.equal(more.length, 0);
  assert.deepEqual([...batch.separators], [3, 5, 10, 17, 21, 24, 28]);
  assert.deepEqual([batch.offset, batch.records, batch.columns], [0, 2, undefined]);
  assert.deepEqual([...last.separators], [3, 4, 8]);
  assert.deepEqual([last.offset, last.records, last.columns], [29, 1, 3]);
  assert.ok(batch.separators instanceof Uint32Array);
});

test("an index stays as it is when the module's memory grows", () => {
  const splitter = new Splitter({});
  const [{ separators }] = splitter.index(encode("a|b\n"));
  splitter.count(new Uint8Array(64 << 20));
  assert.deepEqual([...separators], [1, 3]);
});

test("ragged records are listed with their place, once", () => {
  const splitter = new Splitter({ columns: 3, ragged: "report" });
  assert.equal(decode(splitter.extract(encode(LOG), [0])), "GET\nGET\nPUT\n");
  assert.deepEqual(splitter.takeRagged(), [{ line: 2, offset: 11, found: 1 }]);
  assert.deepEqual(splitter.takeRagged(), []);
});

test("errors have the place", () => {
  const ragged = thrown(() => new Splitter({ columns: 3 }).extract(encode(LOG), [0]));
  assert.ok(ragged instanceof Error);
  const { name, message, kind, line, offset, found, expected } = ragged;
  assert.equal(message, "line 2 at byte 11 has 1 field, 3 are expected");
  assert.deepEqual(
    { name, kind, line, offset, found, expected },
    { name: "DelimarkError", kind: "ragged", line: 2, offset: 11, found: 1, expected: 3 },
  );
  const long = thrown(() => new Splitter({ lineLimit: 8 }).index(encode(LOG)));
  assert.deepEqual([long.kind, long.line, long.offset], ["line-too-long", 1, 0]);
  assert.equal("found" in long, false);
});

test("a splitter goes on behind an error", () => {
  const splitter = new Splitter({ columns: 2 });
  thrown(() => splitter.extract(encode("a\n"), [0]));
  assert.equal(decode(splitter.extract(encode("a|b\n"), [1])), "b\n");
});

test("wrong options are refused with the reason", () => {
  const cases = [
    ["|", "the options are an object"],
    [
      { colums: 3 },
      "unknown option 'colums' " +
        "(expected one of: delimiter, quote, quoteEscape, columns, ragged, raggedLimit, " +
        "lineEnding, lineLimit)",
    ],
    [{ delimiter: "||" }, "the delimiter is one character of ASCII, or a byte"],
    [{ delimiter: "é" }, "the delimiter is one character of ASCII, or a byte"],
    [{ delimiter: 256 }, "the delimiter is one character of ASCII, or a byte"],
    [{ delimiter: "\n" }, "'\\n' belongs to the line ending and cannot be a delimiter"],
    [{ quote: "''" }, "the quote is one character of ASCII, or a byte"],
    [{ quote: null }, "quote is a whole number that is not negative"],
    [{ quote: "|" }, "'|' is the delimiter and cannot be the quote as well"],
    [{ quote: "\r" }, "'\\r' belongs to the line ending and cannot be a quote"],
    [
      { quote: "'", quoteEscape: "doubled" },
      "quoteEscape: unknown escape 'doubled' (expected one of: none, backslash)",
    ],
    [
      { quote: "\\", quoteEscape: "backslash" },
      "a backslash that escapes quotes can be neither the delimiter nor the quote",
    ],
    [{ quoteEscape: "none" }, "quoteEscape needs a quote"],
    [{ columns: 0 }, "a record has at least 1 column, but 0 were asked for"],
    [{ columns: 1.5 }, "columns is a whole number that is not negative"],
    [{ columns: "3" }, "columns is a whole number that is not negative"],
    [
      { ragged: "drop" },
      "ragged: unknown policy 'drop' (expected one of: error, report, keep, rest)",
    ],
    [{ lineEnding: "crlf" }, "lineEnding: unknown line ending 'crlf' (expected one of: auto, lf)"],
    [{ lineLimit: -1 }, "lineLimit is a whole number that is not negative"],
  ];
  for (const [options, message] of cases) {
    const error = thrown(() => new Splitter(options));
    assert.deepEqual([error.kind, error.message], ["options", message]);
  }
});

test("what are no bytes is refused, not converted", () => {
  const { buffer } = encode(LOG);
  const wrong = [
    undefined, null, LOG, 3, [71, 69], {}, { length: 2 }, Promise.resolve(encode(LOG)),
    buffer, new DataView(buffer), new Uint16Array(2), new Int8Array(2), new Uint8ClampedArray(2),
  ];
  const splitter = new Splitter();
  const extractor = splitter.extractor([0]);
  for (const bytes of wrong) {
    for (const call of [
      () => splitter.extract(bytes, [0]),
      () => splitter.index(bytes),
      () => splitter.count(bytes),
      () => extractor.push(bytes),
    ]) {
      const { name, kind, message } = thrown(call);
      assert.deepEqual([name, kind], ["DelimarkError", "argument"]);
      assert.match(message, /^the bytes are a Uint8Array: /);
    }
  }
  assert.equal(splitter.count(Buffer.from(LOG)).records, 4);
  assert.equal(splitter.count(runInNewContext("Uint8Array.of(97, 10)")).records, 1);
});

test("columns that are no whole numbers are refused, not converted", () => {
  const splitter = new Splitter();
  const wrong = [undefined, null, 1, "01", {}, [1.5], [-1], ["1"], [NaN], [0, , 1], [2 ** 32]];
  for (const columns of wrong) {
    for (const call of [
      () => splitter.extract(encode(LOG), columns),
      () => splitter.extractor(columns),
    ]) {
      const { kind, message } = thrown(call);
      const expected = "the columns are an array of whole numbers that are not negative";
      assert.deepEqual([kind, message], ["argument", expected]);
    }
  }
});

test("a column that no record has is refused, except where any record is kept", () => {
  for (const ragged of ["error", "report", "rest"]) {
    const splitter = new Splitter({ columns: 3, ragged });
    const { kind, message } = thrown(() => splitter.extractor([0, 3]));
    const reason = `they count from 0, and columns 3 with ragged '${ragged}' allows no more`;
    assert.deepEqual([kind, message], ["argument", `column 3 never exists: ${reason}`]);
  }
  const splitter = new Splitter({ columns: 3, ragged: "keep" });
  assert.equal(decode(splitter.extract(encode("a|b|c|d\n"), [3])), "d\n");
});

test("more than the memory of a module is an error, and the splitter goes on", () => {
  const splitter = new Splitter();
  const line = new Uint8Array(1 << 20).fill(97);
  line[line.length - 1] = 10;
  const { kind } = thrown(() => splitter.extract(line, new Array(4096).fill(0)));
  assert.equal(kind, "memory");
  assert.equal(decode(splitter.extract(encode(LOG), [0])).split("\n").length, 5);
});

test("chunks of any size come to the same", () => {
  const splitter = new Splitter({ columns: 3, ragged: "report" });
  const bytes = encode(LOG.repeat(3));
  const whole = decode(splitter.extract(bytes, [2, 1]));
  const ragged = splitter.takeRagged();
  assert.ok(ragged.length > 0);
  for (let size = 1; size <= bytes.length; size += 1) {
    const extractor = splitter.extractor([2, 1]);
    let output = "";
    for (let start = 0; start < bytes.length; start += size) {
      output += decode(extractor.push(bytes.subarray(start, start + size)));
    }
    output += decode(extractor.finish());
    assert.equal(output, whole, `chunks of ${size}`);
    assert.deepEqual(extractor.takeRagged(), ragged);
    extractor.free();
  }
});

test("what stands before an error is handed out before it is thrown", () => {
  const extractor = new Splitter({ columns: 2 }).extractor([1]);
  assert.equal(decode(extractor.push(encode("a|b\nc\nd|e\n"))), "b\n");
  assert.equal(thrown(() => extractor.push(encode("f|g\n"))).line, 2);
  assert.equal(thrown(() => extractor.finish()).line, 2);
  assert.equal(decode(extractor.push(encode("h|i\n"))), "i\n");
  assert.equal(extractor.lines, 1);
});

test("freeing twice does no harm, and what was freed says so", () => {
  const splitter = new Splitter({ columns: 2 });
  const [kept, freed] = [splitter.extractor([1]), splitter.extractor([1])];
  for (let times = 0; times < 3; times += 1) freed.free();
  const uses = [() => freed.push(encode("a|b\n")), () => freed.finish(), () => freed.lines];
  for (const use of uses) assert.match(thrown(use).message, /^the extractor was freed/);
  splitter.free();
  splitter.free();
  if (Symbol.dispose) splitter[Symbol.dispose]();
  const bytes = encode("a|b\n");
  for (const use of [() => splitter.extract(bytes, [0]), () => splitter.extractor([0])]) {
    assert.match(thrown(use).message, /^the splitter was freed/);
  }
  // Others have their own memory, and may get what was freed.
  assert.equal(decode(kept.push(bytes)), "b\n");
  const others = Array.from({ length: 9 }, () => new Splitter({ columns: 2 }));
  for (const other of others) assert.equal(decode(other.extract(bytes, [0])), "a\n");
});
