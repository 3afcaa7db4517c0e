// Measures in the demo page, in a headless browser, and has the program read what comes of it.
// Started as demo.test.mjs is.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DESKTOP, PHONE, overhang } from "./browser.mjs";
import {
  ADDRESS, LOG, SCRATCH, choose, drop, save, settled, suite, using, withoutPicker,
} from "./demo-page.mjs";

/** The address that everybody opens; what else is prepared comes on top. */
function page({ prepare = async () => undefined, ...options }, use) {
  const both = async (demo) => {
    await withoutPicker(demo);
    await prepare(demo);
  };
  return using(ADDRESS, { ...options, prepare: both }, use);
}

const ENGINES = [
  "peer/js-split@browser", "peer/udsv@browser", "delimark/scalar@browser",
  "delimark/simd128@browser",
];

/** How long a measurement may take on a machine that is busy with others. */
const PATIENCE_MS = 90_000;

/** Measures the log that is open; returns the engines' rows. */
async function measure(demo, material = "opened") {
  await demo.locator(`input[value=${material}]`).check();
  await demo.getByRole("button", { name: "Measure" }).click();
  const problem = demo.locator("#bench-problem:not([hidden])");
  await demo.locator("#measured:not([hidden])").or(problem).waitFor({ timeout: PATIENCE_MS });
  assert.equal(await demo.locator("#bench-problem").textContent(), "");
  return demo.locator("#bars tbody th").evaluateAll((all) => all.map((head) => head.title));
}

/** Saves results; returns their path and what they are. */
async function saveResults(demo, name) {
  const path = await save(demo, name, "Save results");
  return { path, results: JSON.parse(readFileSync(path)) };
}

test("four engines are measured in turn, and the program reads what is saved", async () => {
  await page({ ...DESKTOP, prepare: asIfClean }, async (demo) => {
    const names = await measure(demo, "generated");
    assert.deepEqual(names.slice(0, 4), ENGINES);
    assert.match(names[4], /^delimark\/simd128@browser, \d threads$/);
    const notes = await demo.locator("#bench-notes").textContent();
    assert.match(notes, /All 4 engines gave the reference's answer in every pass: 200000 records/);
    assert.match(notes, /The clock moves in steps of/);
    await demo.getByLabel("Processor").fill("A processor that somebody named");
    const { path, results } = await saveResults(demo, "results.json");
    assert.deepEqual(results.cells.map(({ engine }) => engine), ENGINES);
    const manifest = readFileSync(join(LOG, "../../manifest.toml"), "utf8");
    assert.equal(results.datasets[0].sha256, manifest.match(/6b81c0[0-9a-f]+/)[0]);
    const speed = (name) => {
      return results.cells.find(({ engine }) => engine === name).gigabytes_per_second;
    };
    for (const [plain, fast] of [[ENGINES[0], ENGINES[2]], [ENGINES[2], ENGINES[3]]]) {
      assert.ok(speed(fast) > speed(plain), `${fast}: ${speed(fast)}, ${plain}: ${speed(plain)}`);
    }
    console.log(`# simd128 / scalar ${speed(ENGINES[3]) / speed(ENGINES[2])}`);
    console.log(`# simd128 / split ${speed(ENGINES[3]) / speed(ENGINES[0])}`);
    suite("report", path, "--output", join(SCRATCH, "report"));
    const report = readFileSync(join(SCRATCH, "report/report.md"), "utf8");
    for (const engine of ENGINES) assert.ok(report.includes(engine), engine);
    const pair = ["--engine-a", ENGINES[2], "--engine-b", ENGINES[3]];
    assert.match(suite("compare", path, ...pair).toString(), /simd128@browser/);
    studied(path);
    assert.equal(await overhang(demo), 0);
  });
});

/** Has the page say that its build has no changes, which the study asks for. */
const asIfClean = (demo) => demo.route("**/build.js", async (route) => {
  const response = await route.fetch();
  const text = await response.text();
  const body = text.replace(/"dirty": \{\s*"value": true/, '"dirty": { "value": false');
  await route.fulfill({ response, body });
});

/** Has the study take the results. */
function studied(path) {
  const folder = mkdtempSync(join(SCRATCH, "machines-"));
  const out = join(SCRATCH, "study.html");
  suite("study", "--machines", folder, "--add", path, "--out", out);
  const studiedPage = readFileSync(out, "utf8");
  for (const engine of ENGINES) assert.ok(studiedPage.includes(engine), engine);
}

test("a measurement that is cancelled leaves what was there, and another can follow", async () => {
  await page(DESKTOP, async (demo) => {
    await demo.getByRole("button", { name: "Measure" }).click();
    await demo.locator("#bench-doing").getByText(/^Round/).waitFor({ timeout: PATIENCE_MS });
    await demo.locator("#bench-cancel").click();
    await demo.getByText("Cancelled: there is no result.").waitFor();
    assert.equal(await demo.locator("#measured").isHidden(), true);
    assert.equal(await demo.locator("#bench-progress").isHidden(), true);
    assert.equal((await measure(demo)).length >= 4, true);
    await demo.getByRole("button", { name: "Measure" }).click();
    await demo.locator("#bench-cancel").click();
    await demo.getByText("Cancelled: the result of before stays.").waitFor();
    assert.equal(await demo.locator("#keep").isVisible(), true);
  });
});

test("a real log is measured without the library that cannot do it, and says why", async () => {
  await page(PHONE, async (demo) => {
    await drop(demo, LOG);
    await settled(demo, "access.log");
    const names = await measure(demo);
    assert.equal(names.includes("peer/udsv@browser"), false);
    const notes = await demo.locator("#bench-notes").textContent();
    assert.match(notes, /uDSV was not measured: it takes the columns of the first line/);
    assert.match(notes, /4000 records/);
    assert.equal(await overhang(demo), 0);
    const { path, results } = await saveResults(demo, "ragged.json");
    assert.deepEqual(results.skipped.map(({ engine }) => engine), ["peer/udsv@browser"]);
    assert.equal(results.datasets[0].traits.ragged_records, 154);
    assert.equal(results.quick, true);
    suite("report", path, "--output", join(SCRATCH, "ragged-report"));
  });
});

test("bytes over 127 are the same to an engine that makes text of them", async () => {
  const path = join(SCRATCH, "bytes.log");
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 10);
  const line = Buffer.concat([...all].map((byte) => Buffer.of(byte, 0x61, 0x7c)));
  writeFileSync(path, Buffer.concat(Array(2000).fill(Buffer.concat([line, Buffer.from("\n")]))));
  await page(DESKTOP, async (demo) => {
    await choose(demo, path);
    await settled(demo, "bytes.log");
    // The second is a character of another number to a browser's decoder.
    for (const delimiter of ["|", "\\x85"]) {
      await demo.locator("#delimiter").selectOption({ label: "other…" });
      await demo.getByLabel(/^Other: one/).fill(delimiter);
      await demo.getByLabel(/^Other: one/).press("Enter");
      await demo.waitForFunction(() => document.querySelector("#delimiter").value !== "other");
      const names = await measure(demo);
      assert.deepEqual(names.slice(0, 3), ENGINES.filter((name) => !name.includes("udsv")));
      const notes = await demo.locator("#bench-notes").textContent();
      assert.match(notes, /uDSV was not measured: the data have a bare/);
    }
  });
});

/** Has the page get a script in which something is another. */
const altered = (name, from, to) => (demo) => demo.route(`**/${name}`, async (route) => {
  const response = await route.fetch();
  const text = await response.text();
  assert.ok(text.includes(from), `${from} in ${name}`);
  await route.fulfill({ response, body: text.replace(from, to) });
});

test("a wrong answer of one of its own modules shows no time", async () => {
  const prepare = altered("engines.js", 'checksum: number("checksum")', "checksum: 1n");
  await page({ ...DESKTOP, prepare }, async (demo) => {
    await demo.locator("input[value=opened]").check();
    await demo.getByRole("button", { name: "Measure" }).click();
    const problem = demo.locator("#bench-problem").getByText("scalar@browser answered");
    await problem.waitFor({ timeout: PATIENCE_MS });
    assert.match(await problem.textContent(), /but the reference found .* No time is shown\.$/);
    assert.equal(await demo.locator("#measured").isHidden(), true);
  });
});

test("a peer that is wrong is out of the running, and the others are measured", async () => {
  const prepare = altered("split_records.mjs", "visit(end.split(delimiter))", "visit(['x'])");
  await page({ ...DESKTOP, prepare }, async (demo) => {
    const names = await measure(demo);
    assert.deepEqual(names.slice(0, 3), ENGINES.slice(1));
    const notes = await demo.locator("#bench-notes").textContent();
    assert.match(notes, /JavaScript split was not measured: disqualified: .* reference found/);
    assert.doesNotMatch(await demo.locator("#bench-status").textContent(), /as fast as split/);
    const { path, results } = await saveResults(demo, "disqualified.json");
    assert.deepEqual(results.skipped.map(({ engine }) => engine), [ENGINES[0]]);
    suite("report", path, "--output", join(SCRATCH, "disqualified-report"));
  });
});

test("lines that end in two ways are measured, without the library that knows one", async () => {
  const path = join(SCRATCH, "mixed.log");
  writeFileSync(path, "GET|/index.html|200\nGET|/a|404\r\n".repeat(30_000));
  await page(DESKTOP, async (demo) => {
    await choose(demo, path);
    await settled(demo, "mixed.log");
    const names = await measure(demo);
    assert.deepEqual(names.slice(0, 3), ENGINES.filter((name) => !name.includes("udsv")));
    const notes = await demo.locator("#bench-notes").textContent();
    assert.match(notes, /uDSV was not measured: it has all lines end as the first does/);
  });
});

test("results of a native run are shown as they are", async () => {
  const path = join(LOG, "../../../reports/example/results.json");
  const results = JSON.parse(readFileSync(path));
  const cells = results.cells.filter(({ model }) => model === "fields");
  await page(DESKTOP, async (demo) => {
    await choose(demo, path);
    await demo.locator("#bars tr.old").first().waitFor();
    assert.doesNotMatch(await demo.locator("#bench-notes").textContent(), /seal/);
    const shown = await demo.locator("#bars tr.old").evaluateAll((all) => all.map((tr) => {
      const [head, , speed, , first, times] = [...tr.cells];
      return [head.title, parseFloat(speed.textContent), first.textContent, times.textContent];
    }));
    assert.equal(shown.length, cells.length);
    for (const [engine, speed, first, times] of shown) {
      const cell = cells.find((one) => one.engine === engine);
      const share = speed / cell.gigabytes_per_second;
      assert.ok(Math.abs(share - 1) < 0.01, `${engine}: ${speed}`);
      assert.match(first, / m?s$/);
      assert.match(times, / ×$/);
    }
    assert.equal(shown.find(([engine]) => engine === "peer/js-split@node")[3], "1.00 ×");
    const unsealed = { ...results, seal: undefined };
    writeFileSync(join(SCRATCH, "unsealed.json"), JSON.stringify(unsealed));
    await choose(demo, join(SCRATCH, "unsealed.json"));
    await demo.getByText("It has no seal").waitFor();
  });
});

test("a log that is too short for the clock gets no time", async () => {
  const path = join(SCRATCH, "short.log");
  writeFileSync(path, "a|b\n");
  await page(DESKTOP, async (demo) => {
    await choose(demo, path);
    await settled(demo, "short.log");
    await demo.locator("input[value=opened]").check();
    await demo.getByRole("button", { name: "Measure" }).click();
    const problem = demo.locator("#bench-problem").getByText("few steps of the clock");
    await problem.waitFor({ timeout: PATIENCE_MS });
    assert.equal(await demo.locator("#measured").isHidden(), true);
  });
});

test("old results are drawn beside the new, and alone", async () => {
  await page(DESKTOP, async (demo) => {
    const old = join(SCRATCH, "ragged.json");
    await drop(demo, old);
    await demo.locator("#bars tr.old").first().waitFor();
    assert.equal(await demo.locator("#bars tr").count(), 4);
    assert.equal(await demo.locator("#keep").isHidden(), true);
    const notes = () => demo.locator("#bench-notes").textContent();
    assert.match(await notes(), /^Pale bars are of \d{4}-\d\d-\d\d, .*, access\.log\.$/);
    const changed = JSON.parse(readFileSync(old));
    changed.cells[0].gigabytes_per_second *= 2;
    writeFileSync(join(SCRATCH, "changed.json"), JSON.stringify(changed));
    await drop(demo, join(SCRATCH, "changed.json"));
    await demo.getByText("Its seal is broken").waitFor();
    await drop(demo, old);
    await demo.getByText("Its seal is broken").waitFor({ state: "detached" });
    await measure(demo);
    const kinds = await demo.locator("#bars tbody tr").evaluateAll((all) => {
      return all.map((tr) => `${tr.cells[0].title} ${tr.className.split(" ")[0]}`);
    });
    const expected = [`${ENGINES[0]} new`, `${ENGINES[0]} old`, `${ENGINES[1]} new`];
    assert.deepEqual(kinds.slice(0, 3), expected);
    assert.match(await notes(), /other data: access\.log then, nginx12-10000\.log now/);
  });
});

test("where SIMD is refused, the scalar module does all of it", async () => {
  const prepare = (demo) => demo.addInitScript(() => {
    WebAssembly.validate = () => false;
  });
  await page({ ...DESKTOP, prepare }, async (demo) => {
    assert.match(await demo.locator("#here").textContent(), /scalar: this browser refuses/);
    const names = await measure(demo);
    assert.deepEqual(names.slice(0, 3), ENGINES.slice(0, 3));
    assert.equal(names.includes(ENGINES[3]), false);
    const notes = await demo.locator("#bench-notes").textContent();
    assert.match(notes, /Delimark, SIMD was not measured: this browser refuses modules with SIMD/);
  });
});

test("a host that does not isolate the page gets one thread, and the page says so", async () => {
  const prepare = (demo) => demo.route("**/*", async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    for (const name of Object.keys(headers)) {
      if (name.startsWith("cross-origin")) delete headers[name];
    }
    await route.fulfill({ response, headers });
  });
  await page({ ...DESKTOP, prepare }, async (demo) => {
    const here = await demo.locator("#here").textContent();
    assert.match(here, /one: the page is not cross-origin isolated/);
    // Its clock is coarse, so that a small log would be too short.
    assert.deepEqual(await measure(demo, "generated"), ENGINES);
    const { results } = await saveResults(demo, "unisolated.json");
    assert.deepEqual(results.scaling, []);
  });
});
