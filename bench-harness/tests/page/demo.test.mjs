// Uses the demo page as people do, in a headless browser: drops logs on it, reads the table, takes
// columns out and compares them with what `delimark extract` writes.
//
//   BROWSER=chromium ADDRESS=http://127.0.0.1:8000/ DELIMARK=target/debug/delimark \
//     DELIMARK_BENCH=target/debug/delimark-bench SCRATCH=folder LOG=access.log node --test demo.test.mjs

import assert from "node:assert/strict";
import {
  appendFileSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { DESKTOP, PHONE, ground, isFirefox, overhang, runsStrangeScript } from "./browser.mjs";
import {
  ADDRESS, LOG, SCRATCH, choose, delimark, drop, row, rows, save, settled, using, withoutPicker,
} from "./demo-page.mjs";

const facts = JSON.parse(readFileSync(join(LOG, "../facts.json")));

/** The address that everybody opens. */
const page = (options, use) => using(ADDRESS, options, use);

/** Writes a file to open. */
function file(name, bytes) {
  const path = join(SCRATCH, name);
  writeFileSync(path, bytes);
  return path;
}

test("it opens with a log that it has made, split into named columns", async () => {
  await page(DESKTOP, async (demo) => {
    const status = await demo.locator("#log-status").textContent();
    assert.match(status, /SHA-256, e82e8dd99722…, is the one that is pinned for nginx12-10000-/);
    const heads = await demo.locator("#table thead th").allTextContents();
    assert.equal(heads.length, 13);
    assert.deepEqual(heads.slice(0, 4), ["line", "remote_addr", "time_iso8601", "request_method"]);
    const [first] = await rows(demo);
    assert.equal(first.cells.length, 12);
    const why = await demo.locator("#why").textContent();
    assert.match(why, /100 % of the first \d+ lines 12 columns/);
    assert.match(await demo.locator("#here").textContent(), /simd128.*Threads.*steps of/);
  });
});

test("all that it loads is under 300 KB, as static hosts send it", async () => {
  const loaded = new Map();
  const prepare = async (demo) => demo.on("response", async (response) => {
    const body = await response.body().catch(() => undefined);
    if (body) loaded.set(response.url(), gzipSync(body).length);
  });
  await page({ ...DESKTOP, prepare }, async () => {
    const sum = [...loaded.values()].reduce((all, bytes) => all + bytes, 0);
    assert.ok(loaded.size > 20, `${loaded.size} files`);
    assert.ok(sum < 300_000, `${sum} bytes`);
    console.log(`# ${loaded.size} files, ${sum} bytes`);
  });
});

test("a dropped log of a real nginx is split, and its ragged lines are marked", async () => {
  await page(DESKTOP, async (demo) => {
    await drop(demo, LOG);
    const status = await settled(demo, "access.log");
    assert.match(status, /4,000 lines, 821 kB/);
    const lines = readFileSync(LOG, "latin1").split("\n");
    for (const { head, title, cells } of await rows(demo)) {
      const line = Number(head.replace("⚠ ", ""));
      const fields = lines[line - 1].split("|");
      assert.deepEqual(cells.slice(0, 11), fields.slice(0, 11));
      assert.equal(head.startsWith("⚠"), fields.length !== 12);
      const ragged = facts.ragged.find((one) => one.line === line);
      const expected = ragged
        ? `line ${line} at byte ${ragged.offset} has ${ragged.found} fields, 12 are expected`
        : "";
      assert.equal(title, expected);
    }
    const summary = demo.locator("#ragged summary");
    assert.match(await summary.textContent(), /154 ragged lines/);
    await summary.click();
    const last = facts.ragged.filter((one) => one.line < 3900).at(-1);
    const listed = await demo.locator("#ragged li").allTextContents();
    assert.equal(listed.length, 154);
    assert.equal(listed[0], "line 8 at byte 1,041: 14 fields");
    // A line of the list leads to the line of the table.
    const name = new RegExp(`^line ${last.line.toLocaleString("en-US")} at`);
    await demo.getByRole("button", { name }).click();
    assert.equal((await row(demo, `⚠ ${last.line}`)).title.split(" ")[4], String(last.offset));
  });
});

test("the table scrolls to every line, by the wheel and by the keyboard", async () => {
  await page(DESKTOP, async (demo) => {
    await choose(demo, LOG);
    await settled(demo, "access.log");
    const table = demo.locator("#table");
    await table.focus();
    await demo.keyboard.press("End");
    const last = readFileSync(LOG, "latin1").trimEnd().split("\n").at(-1);
    assert.deepEqual((await row(demo, "4000")).cells, last.split("|"));
    const count = (await rows(demo)).length;
    assert.ok(count < 40, `${count} rows exist`);
    await demo.keyboard.press("Home");
    await row(demo, "1");
    await table.hover();
    await demo.mouse.wheel(0, 2000);
    await demo.waitForFunction(() => {
      return Number(document.querySelector("#table tbody th")?.textContent) > 40;
    });
  });
});

test("another delimiter or number of columns splits the same log anew", async () => {
  await page(DESKTOP, async (demo) => {
    const path = file("spaces.log", "a b,c d\ne f,g h\ni j,k l\n");
    await choose(demo, path);
    await settled(demo, "spaces.log");
    assert.deepEqual((await row(demo, "1")).cells, ["a", "b,c", "d"]);
    await demo.locator("#delimiter").selectOption({ label: "," });
    await demo.getByText("as you say").waitFor();
    await settled(demo, "spaces.log");
    assert.deepEqual((await row(demo, "2")).cells, ["e f", "g h"]);
    assert.equal(await demo.locator("#ragged").isHidden(), true);
    await demo.getByLabel("Columns", { exact: true }).fill("3");
    await demo.getByLabel("Columns", { exact: true }).press("Enter");
    await demo.getByText("3 ragged lines").waitFor();
    assert.equal((await row(demo, "⚠ 1")).title, "line 1 at byte 0 has 2 fields, 3 are expected");
  });
});

test("a delimiter that is in no list is taken by its character or its byte", async () => {
  await page(DESKTOP, async (demo) => {
    await choose(demo, file("tilde.log", "a~b\xb6c\nd~e\xb6f\n"));
    await settled(demo, "tilde.log");
    const other = demo.getByLabel(/^Other: one/);
    const take = async (text) => {
      await demo.locator("#delimiter").selectOption({ label: "other…" });
      await other.fill(text);
      await other.press("Enter");
    };
    await take("~");
    await demo.getByText("as you say").waitFor();
    assert.equal((await row(demo, "2")).cells[0], "d");
    assert.match(await demo.locator("#command").textContent(), /--delimiter '~'/);
    for (const wrong of ["ab", "€", "\\x0a", "\\xg0"]) {
      await take(wrong);
      await demo.locator("#problem").getByText("A delimiter is one byte").waitFor();
    }
    await take("\\xb6");
    // In UTF-8 that is the second of two bytes.
    await demo.locator("#command").getByText("--delimiter '\\xb6'").waitFor();
    assert.equal(await demo.locator("#problem").isHidden(), true);
    assert.equal((await row(demo, "2")).cells[1], "f");
  });
});

test("what was guessed, and what it means, is said", async () => {
  const line = (columns) => Array(columns).fill("x").join("|");
  const time = "2026-01-01 10:00:01";
  const piped = `${`${time}|GET|/p1|200\n`.repeat(98)}${time}|GET||/p1|200\n`;
  await page(DESKTOP, async (demo) => {
    for (const [name, text, why] of [
      ["piped.log", piped, /gives 98 % of the first 99 lines 4 columns; “space” gives 100 % of/],
      ["quoted.log", 'a,"b,c"\n', /quotes mean nothing here: a comma within them splits, too/],
      ["wide.log", `${line(3000)}\n`, /3,000 columns; this page takes 2,000 of 3,000 columns/],
    ]) {
      await choose(demo, file(name, text));
      await settled(demo, name);
      assert.match(await demo.locator("#why").textContent(), why);
    }
    // More than are shown: what is expected counts all of them.
    await choose(demo, file("many.log", `${`${line(150)}\n`.repeat(5)}${line(149)}\n`));
    await settled(demo, "many.log");
    const { title } = await row(demo, "⚠ 6");
    assert.equal(title, "line 6 at byte 1500 has 149 fields, 150 are expected");
  });
});

test("a long cell ends with a whole character, and a shown command can be run", async () => {
  await page(DESKTOP, async (demo) => {
    await choose(demo, file("-dash.log", `a|${"x".repeat(299)}ä|c\n`));
    await settled(demo, "-dash.log");
    assert.equal((await row(demo, "1")).cells[1], `${"x".repeat(299)}…`);
    assert.match(await demo.locator("#command").textContent(), / \.\/-dash\.log$/);
  });
});

/** What is asked for in the page, and the words that ask the program for the same. */
const EXTRACTIONS = [
  ["1,6,10", "tsv", "report", ["--output-delimiter", "\\t"]],
  ["12,1-3", "tsv", "keep", ["--output-delimiter", "\\t"]],
  ["10,4", "tsv", "rest", ["--output-delimiter", "\\t"]],
  ["4,9", "jsonl", "report", ["--format", "jsonl", "--invalid-utf8", "replace", "--names"]],
  ["12", "jsonl", "keep", ["--format", "jsonl", "--invalid-utf8", "replace", "--names"]],
];
const NAMES = { "4,9": "request_uri,http_user_agent", 12: "upstream_response_time" };

test("columns come out as delimark extract writes them, and so says the command", async () => {
  await page({ ...DESKTOP, prepare: withoutPicker }, async (demo) => {
    await choose(demo, LOG);
    await settled(demo, "access.log");
    for (const [fields, format, policy, words] of EXTRACTIONS) {
      await demo.getByLabel("Fields", { exact: true }).fill(fields);
      await demo.locator("#format").selectOption(format);
      await demo.locator("#policy").selectOption(policy);
      const saved = readFileSync(await save(demo, `saved.${format}`));
      const names = words.at(-1) === "--names" ? [NAMES[fields]] : [];
      const asked = ["--fields", fields, "--columns", "12", "--ragged", policy, ...words, ...names];
      const expected = delimark("extract", ...asked, LOG);
      assert.ok(expected.length > 1000);
      assert.ok(saved.equals(expected), `${fields} ${format} ${policy}`);
      const command = await demo.locator("#command").textContent();
      const shell = command.replace(/^delimark extract /, "").replace(/ access.log$/, "");
      const split = shell.split(" ").map((word) => word.replaceAll("'", ""));
      assert.ok(saved.equals(delimark("extract", ...split, LOG)), command);
    }
  });
});

test("bytes that are no UTF-8, and other delimiters and line ends, come out the same", async () => {
  const text = "a\x01\xff\"\x01c\r\nd\x01\xe4\x80\x01\\\r\n\x01\r\nx\x01y\x01";
  const path = file("bytes.log", Buffer.from(text, "latin1"));
  await page({ ...DESKTOP, prepare: withoutPicker }, async (demo) => {
    await choose(demo, path);
    await settled(demo, "bytes.log");
    assert.equal(await demo.locator("#delimiter").inputValue(), "1");
    for (const [format, ...words] of [
      ["tsv", "--output-delimiter", "\\t"],
      ["jsonl", "--format", "jsonl", "--invalid-utf8", "replace"],
    ]) {
      await demo.getByLabel("Fields", { exact: true }).fill("3,2");
      await demo.locator("#format").selectOption(format);
      await demo.locator("#policy").selectOption("keep");
      const saved = readFileSync(await save(demo, `bytes.${format}`), "latin1");
      const asked = ["--delimiter", "\\x01", "--columns", "3", "--ragged", "keep", ...words];
      const expected = delimark("extract", "--fields", "3,2", ...asked, path);
      assert.equal(saved, expected.toString("latin1"));
    }
  });
});

test("boxes in the table choose columns, and a wrong list says what is wrong with it", async () => {
  await page(DESKTOP, async (demo) => {
    const fields = demo.getByLabel("Fields", { exact: true });
    assert.equal(await fields.inputValue(), "1-12");
    await demo.getByRole("checkbox", { name: "request_uri" }).uncheck();
    assert.equal(await fields.inputValue(), "1-3,5-12");
    await fields.fill("6,1");
    const checked = demo.locator("#table thead input:checked");
    assert.deepEqual(await checked.evaluateAll((all) => all.map((box) => box.value)), ["0", "5"]);
    const problem = demo.locator("#save-problem");
    for (const [text, what] of [
      ["", /choose a column/], ["0", /numbered from 1/], ["13", /field 13 never exists/],
      ["3-1", /ends before it starts/],
      ["a", /neither the name of a column nor a field number nor a range/],
      ["1,1", /twice/],
    ]) {
      await fields.fill(text);
      assert.match(await problem.textContent(), what);
      const button = demo.getByRole("button", { name: "Save", exact: true });
      assert.equal(await button.isDisabled(), true);
    }
    await fields.fill("-2,11-");
    assert.equal(await problem.isHidden(), true);
    assert.match(await demo.locator("#command").textContent(), /--fields 1-2,11-12 /);
  });
});

test("where the reader chooses the place, the file is written there", async () => {
  const prepare = (demo) => demo.addInitScript(() => {
    globalThis.showSaveFilePicker = async ({ suggestedName }) => {
      const root = await navigator.storage.getDirectory();
      return root.getFileHandle(`chosen-${suggestedName}`, { create: true });
    };
  });
  await page({ ...DESKTOP, prepare }, async (demo) => {
    await choose(demo, LOG);
    await settled(demo, "access.log");
    await demo.getByLabel("Fields", { exact: true }).fill("6");
    await demo.getByRole("button", { name: "Save", exact: true }).click();
    const saved = "Saved access.tsv: 4,000 lines gone through, 154 ragged left out.";
    await demo.getByText(saved).waitFor();
    const written = await demo.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const handle = await root.getFileHandle("chosen-access.tsv");
      return (await handle.getFile()).text();
    });
    assert.equal(written, delimark("extract", "--fields", "6", "--columns", "12", LOG).toString());
  });
});

test("one place is asked for at a time, and no log is written over itself", async () => {
  const prepare = (demo) => demo.addInitScript(() => {
    globalThis.asked = [];
    globalThis.showSaveFilePicker = ({ suggestedName }) => new Promise((resolve, reject) => {
      asked.push(suggestedName);
      globalThis.refuse = () => reject(new DOMException("not now", "AbortError"));
    });
  });
  await page({ ...DESKTOP, prepare }, async (demo) => {
    await choose(demo, file("data.tsv", "a\tb\n"));
    await settled(demo, "data.tsv");
    const button = demo.getByRole("button", { name: "Save", exact: true });
    await button.click();
    await demo.waitForFunction(() => asked.length === 1);
    assert.equal(await button.isDisabled(), true);
    await demo.evaluate(() => refuse());
    await button.click();
    await demo.waitForFunction(() => asked.length === 2);
    assert.deepEqual(await demo.evaluate(() => asked), Array(2).fill("data.columns.tsv"));
  });
});

test("where the browser keeps no files, a download still works", async () => {
  const refuse = `Object.defineProperty(StorageManager.prototype, "getDirectory", {
    value: async () => { throw new DOMException("none here", "SecurityError"); },
  });`;
  const prepare = async (demo) => {
    await withoutPicker(demo);
    await demo.route("**/log-saver.js", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${await response.text()}\n${refuse}` });
    });
  };
  await page({ ...DESKTOP, prepare }, async (demo) => {
    await choose(demo, LOG);
    await settled(demo, "access.log");
    await demo.getByLabel("Fields", { exact: true }).fill("1");
    const saved = readFileSync(await save(demo, "blob.tsv"));
    assert.ok(saved.equals(delimark("extract", "--fields", "1", "--columns", "12", LOG)));
  });
});

test("wrong files say what is wrong with them, and the log before stays", async () => {
  await page(DESKTOP, async (demo) => {
    const problem = demo.locator("#problem");
    for (const [name, bytes, what] of [
      ["empty.log", "", /empty\.log is empty: there is nothing to take apart/],
      ["log.gz", gzipSync("a|b\n"), /packed with gzip\. Unpack it first: gzip -d log\.gz/],
      ["wide.log", Buffer.from("\ufeffa|b\n", "utf16le"), /UTF-16.*save it as UTF-8/],
    ]) {
      await choose(demo, file(name, bytes));
      await problem.getByText(what).waitFor();
      assert.match(await demo.locator("#log-status").textContent(), /^nginx12-10000\.log/);
    }
    const cell = { engine: "peer/x", model: "fields", dataset: "x", samples_ns: [] };
    for (const [text, what] of [
      ['{"schema": "delimark-results/2"}', "its schema is not"],
      ['{"schema": "delimark-results/1"}', "it has no measurement"],
      [JSON.stringify({ schema: "delimark-results/1", cells: [cell] }), "the numbers of peer/x"],
    ]) {
      await choose(demo, file("old.json", text));
      await demo.getByText(`old.json is no results.json to show: ${what}`).waitFor();
    }
    assert.equal(await demo.locator("#measured").isHidden(), true);
    for (const [name, text] of [["lines.json", '{"a":1}\n{"a":2}\n'], ["null.json", "null\n"]]) {
      // Other JSON is a log.
      await choose(demo, file(name, text));
      await settled(demo, name);
    }
    const noise = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251));
    await choose(demo, file("noise.bin", noise));
    await problem.getByText(/does not look like text: there is a NUL at byte 0/).waitFor();
    await settled(demo, "noise.bin");
  });
});

test("of several files the last counts", async () => {
  await page(DESKTOP, async (demo) => {
    for (let round = 0; round < 3; round += 1) {
      await drop(demo, LOG);
      await drop(demo, file("small.log", "a,b\n"));
    }
    await settled(demo, "small.log");
    await row(demo, "1");
    assert.deepEqual((await rows(demo)).map(({ cells }) => cells), [["a", "b"]]);
  });
});

/** What may become of a log that is open. Firefox goes on reading a file that is deleted. */
const LOSSES = [["cut off", (path) => truncateSync(path, 1000)]];
if (!isFirefox) {
  const addTo = (path) => {
    appendFileSync(path, "a|b\n");
    // Browsers look at whole seconds only.
    const later = Date.now() / 1000 + 10;
    utimesSync(path, later, later);
  };
  LOSSES.push(["deleted", rmSync], ["added to", addTo]);
}

for (const [what, lose] of LOSSES) test(`a log that is ${what} is missed`, async () => {
  const path = file("gone.log", readFileSync(LOG, "latin1").repeat(5));
  await page({ ...DESKTOP, prepare: withoutPicker }, async (demo) => {
    await choose(demo, path);
    await settled(demo, "gone.log");
    lose(path);
    await demo.locator("#table").focus();
    await demo.keyboard.press("End");
    const why = "the log was changed, moved or deleted since it was opened; choose it again";
    await demo.locator("#problem").getByText(`gone.log cannot be read: ${why}.`).waitFor();
    await demo.getByRole("button", { name: "Save", exact: true }).click();
    await demo.locator("#save-problem").getByText(`Nothing was saved: ${why}`).waitFor();
    await choose(demo, LOG);
    await settled(demo, "access.log");
    assert.equal(await demo.locator("#problem").isHidden(), true);
    assert.equal(await demo.locator("#save-problem").isHidden(), true);
  });
});

test("a line of 200 MB says where it is, and does not hold the page up", async () => {
  const path = file("line.log", "");
  const chunk = Buffer.alloc(8 << 20, "x|");
  writeFileSync(path, "a|b\n");
  for (let written = 0; written < 200e6; written += chunk.length) {
    writeFileSync(path, chunk, { flag: "a" });
  }
  await page(DESKTOP, async (demo) => {
    await choose(demo, path);
    const problem = demo.locator("#problem").getByText(/^Line 2 begins at byte 4/);
    await problem.waitFor({ timeout: 20_000 });
    assert.match(await problem.textContent(), /is longer than 16 MiB.*Shown is what is before it/);
    const status = await demo.locator("#log-status").textContent();
    assert.match(status, /^line\.log: 1 line, 1\d\.\d MB of 201 MB\.$/);
    assert.deepEqual((await rows(demo)).map(({ cells }) => cells.slice(0, 2)), [["a", "b"]]);
  });
});

test("a screen reader finds names for everything, and one heading above all", async () => {
  await page(DESKTOP, async (demo) => {
    const unnamed = await demo.evaluate(() => {
      const fields = [...document.querySelectorAll("input, select, progress")];
      const named = (field) => {
        return field.ariaLabel || field.hasAttribute("aria-labelledby") ||
          [...field.labels].some((label) => label.textContent.trim() !== "");
      };
      return fields.filter((field) => !named(field)).map((field) => field.outerHTML);
    });
    assert.deepEqual(unnamed, []);
    assert.equal(await demo.getByRole("heading", { level: 1 }).count(), 1);
    assert.equal(await demo.getByRole("columnheader", { name: "request_uri" }).count(), 1);
    assert.equal(await demo.getByRole("rowheader", { name: "1", exact: true }).count(), 1);
    assert.equal(await demo.getByRole("table", { name: /a row a line/ }).count(), 1);
    assert.equal(await demo.locator("#table table").getAttribute("aria-rowcount"), "10001");
  });
});

test("the keyboard alone reaches everything, and shows where it is", async () => {
  await page(DESKTOP, async (demo) => {
    const reached = [];
    for (;;) {
      await demo.keyboard.press("Tab");
      const [name, outline] = await demo.evaluate(() => {
        const at = document.activeElement;
        return [at.id || at.value, getComputedStyle(at).outlineStyle];
      });
      // Behind the last is the document itself.
      if (name === undefined || name === "") break;
      assert.notEqual(outline, "none", name);
      reached.push(name);
    }
    const expected = ["choose", "lines", "generate", "delimiter", "columns", "table", "fields",
      "format", "policy", "save-button", "generated", "measure"];
    assert.deepEqual(expected.filter((name) => !reached.includes(name)), []);
  });
});

test("it fits a phone, with a ragged log and everything open", async () => {
  await page(PHONE, async (demo) => {
    assert.equal(await overhang(demo), 0);
    await choose(demo, LOG);
    await settled(demo, basename(LOG));
    await demo.locator("#ragged summary").click();
    for (const width of [320, 340, 360]) {
      await demo.setViewportSize({ ...PHONE.viewport, width });
      assert.equal(await overhang(demo), 0, `${width}`);
      // A radio button stands beside its words, not above them.
      const tops = await demo.locator("#bench label").evaluateAll((all) => all.map((label) => {
        const [button, words] = [...label.children].map((part) => part.getBoundingClientRect());
        return [button.top, words.bottom];
      }));
      for (const [top, bottom] of tops) assert.ok(top < bottom, `${top} ${bottom}`);
    }
    const table = demo.locator("#table");
    const isInside = await table.evaluate((box) => box.scrollWidth > box.clientWidth);
    assert.ok(isInside, "the table scrolls by itself");
  });
});

const noSchemes = isFirefox && "nobody can tell this Firefox what the system's colours are";

test("it is dark where the reader's system is", { skip: noSchemes }, async () => {
  assert.equal(await ground(using, ADDRESS, "light"), "rgb(255, 255, 255)");
  assert.equal(await ground(using, ADDRESS, "dark"), "rgb(13, 17, 23)");
});

test("what is not chosen can be read, too, light and dark", { skip: noSchemes }, async () => {
  for (const colorScheme of ["light", "dark"]) {
    await page({ ...DESKTOP, colorScheme }, async (demo) => {
      await demo.getByRole("checkbox", { name: "request_uri" }).uncheck();
      const contrast = await demo.locator("#table td.off").first().evaluate((cell) => {
        const light = (colour) => {
          const parts = colour.match(/\d+/g).slice(0, 3).map((part) => part / 255);
          const [red, green, blue] = parts.map((part) => {
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const { color, opacity } = getComputedStyle(cell);
        const grounds = [light(color), light(getComputedStyle(document.body).backgroundColor)];
        const [low, high] = grounds.sort((a, b) => a - b);
        return opacity === "1" ? (high + 0.05) / (low + 0.05) : 0;
      });
      assert.ok(contrast >= 4.5, `${colorScheme}: ${contrast}`);
    });
  }
});

test("what is found is said once, and not with every step", async () => {
  await page(DESKTOP, async (demo) => {
    await demo.evaluate(() => {
      globalThis.said = [];
      const status = document.querySelector("#log-status");
      const watcher = new MutationObserver(() => said.push(status.textContent));
      watcher.observe(status, { childList: true });
    });
    await choose(demo, file("long.log", readFileSync(LOG, "latin1").repeat(60)));
    const last = await settled(demo, "long.log");
    assert.deepEqual(await demo.evaluate(() => said), ["", last]);
  });
});

test("until it has loaded, nothing that is done to it leads away", async () => {
  let early;
  const prepare = (demo) => demo.route("**/module/*.wasm", async (route) => {
    early = await demo.evaluate(() => {
      const isHeld = (name) => {
        const event = new Event(name, { bubbles: true, cancelable: true });
        document.body.dispatchEvent(event);
        return event.defaultPrevented;
      };
      const isInert = document.querySelector("main").inert;
      return [isInert, ...["dragover", "drop", "submit"].map(isHeld)];
    });
    await route.continue();
  });
  await page({ ...DESKTOP, prepare }, async (demo) => {
    assert.deepEqual(early, Array(4).fill(true));
    assert.equal(await demo.locator("main").evaluate((main) => main.inert), false);
    const links = await demo.locator("#here a").evaluateAll((all) => all.map(({ href }) => href));
    assert.equal(links.length, 3);
    for (const link of links) assert.equal((await demo.request.get(link)).ok(), true, link);
  });
});

test("no script but its own runs", async () => {
  await page(DESKTOP, async (demo, said) => {
    assert.equal(await runsStrangeScript(demo), false);
    // Chromium says that it was refused; nobody says anything else.
    const others = said.splice(0).filter((text) => !text.includes("Content Security Policy"));
    assert.deepEqual(others, []);
  });
});
