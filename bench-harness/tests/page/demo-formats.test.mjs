// Uses the demo page with logs in the formats of servers: guessed, by name and pasted, and compares
// what is saved with what `delimark extract` writes.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { DESKTOP, PHONE, isFirefox, overhang } from "./browser.mjs";
import {
  ADDRESS, LOG, LOGS, SCRATCH, choose, delimark, drop, row, rows, save, settled, using,
  usingOnline, withoutPicker,
} from "./demo-page.mjs";

const COMBINED = join(LOGS, "nginx/combined.log");
const COLUMNS = ["remote_addr", "remote_logname", "remote_user", "time_local", "request", "status",
  "body_bytes_sent", "http_referer", "http_user_agent"];
const CONFIGURATION = readFileSync(join(LOGS, "haproxy/haproxy.cfg"), "utf8");
const HAPROXY = CONFIGURATION.split("\n").find((line) => line.includes("%ci|%cp")).trim();

/** The page, with the network there. */
const page = (options, use) => usingOnline(ADDRESS, options, use);

/** Writes a file to open. */
function file(name, bytes) {
  const path = join(SCRATCH, name);
  writeFileSync(path, bytes);
  return path;
}

const heads = (demo) => demo.locator("#table thead th").allTextContents();
const why = (demo) => demo.locator("#why").textContent();
const format = (demo) => demo.locator("#log-format");

async function paste(demo, text) {
  await format(demo).selectOption("pasted");
  await demo.locator("#pasted").fill(text);
  await demo.getByRole("button", { name: "Read the log by it" }).click();
}

/** The words of the command that the page shows, as a shell would make them. */
async function shownCommand(demo) {
  const command = await demo.locator("#command").textContent();
  const words = command.match(/(?:[^\s']|'[^']*')+/g).map((word) => word.replaceAll("'", ""));
  assert.deepEqual(words.splice(0, 2), ["delimark", "extract"]);
  return words.slice(0, -1);
}

test("a log in the combined format is guessed, and shown with its columns' names", async () => {
  await page(DESKTOP, async (demo) => {
    const asked = [];
    demo.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await drop(demo, COMBINED);
    await settled(demo, "combined.log");
    assert.deepEqual(await heads(demo), ["line", ...COLUMNS]);
    assert.match(await why(demo), /^guessed: combined: \d+ of \d+ lines are in this format$/);
    assert.equal(await format(demo).inputValue(), "guess");
    assert.equal(await demo.locator("#by-delimiter").isHidden(), true);
    const lines = delimark("extract", "--preset", "combined", COMBINED).toString().split("\n");
    await row(demo, "1");
    for (const { head, cells } of await rows(demo)) {
      assert.deepEqual(cells, lines[Number(head) - 1].split("\t"));
    }
    // Once is enough.
    await choose(demo, join(LOGS, "apache/vhost_combined.log"));
    await settled(demo, "vhost_combined.log");
    assert.match(await why(demo), /^guessed: vhost-combined: /);
    assert.equal(asked.filter((path) => path.endsWith(".wasm")).length, 1, `${asked}`);
    const sizes = await Promise.all([...new Set(asked)].map(async (path) => {
      return gzipSync(await (await demo.request.get(new URL(path, ADDRESS).href)).body()).length;
    }));
    const sum = sizes.reduce((all, bytes) => all + bytes);
    assert.ok(sum < 130_000, `${sum} bytes`);
  });
});

test("where SIMD is refused, the part for formats comes without it", async () => {
  const prepare = (demo) => demo.addInitScript(() => {
    WebAssembly.validate = () => false;
  });
  await page({ ...DESKTOP, prepare }, async (demo) => {
    const asked = [];
    demo.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await drop(demo, COMBINED);
    await settled(demo, "combined.log");
    assert.deepEqual(await heads(demo), ["line", ...COLUMNS]);
    assert.deepEqual(asked.filter((path) => path.endsWith(".wasm")), ["/formats/scalar.wasm"]);
  });
});

test("each log that a server wrote is guessed", async () => {
  await page(DESKTOP, async (demo) => {
    for (const [path, name, column] of [
      ["apache/common.log", "common", "request"],
      ["lighttpd/access.log", "lighttpd", "status"],
      ["haproxy/httplog.log", "haproxy-http", "backend_name"],
      ["squid/access.log", "squid", "status"],
      ["varnish/access.log", "combined", "http_user_agent"],
    ]) {
      await choose(demo, join(LOGS, path));
      await demo.locator("#why").getByText(`guessed: ${name}: `).waitFor();
      await demo.locator("#table thead").getByText(column, { exact: true }).first().waitFor();
    }
  });
});

const noOffline = isFirefox && "nobody can take the network away from this Firefox's workers";

test("without a network, a delimiter is left, and why", { skip: noOffline }, async () => {
  const noted = (said) => said.splice(0).filter((text) => !/formats\/|ERR_INTERNET/.test(text));
  await using(ADDRESS, DESKTOP, async (demo, said) => {
    await drop(demo, COMBINED);
    await settled(demo, "combined.log");
    assert.match(await why(demo), /log formats cannot be loaded .*the network has to be there/);
    await format(demo).selectOption("preset:combined");
    await demo.locator("#format-problem").getByText("cannot be loaded").waitFor();
    await demo.context().setOffline(false);
    await format(demo).selectOption("guess");
    await demo.getByText("guessed: combined").waitFor();
    await settled(demo, "combined.log");
    assert.deepEqual(noted(said), []);
  });
});

test("a log by a delimiter asks for no formats, and can be read by one", async () => {
  await page(DESKTOP, async (demo) => {
    const asked = [];
    demo.on("request", (request) => asked.push(request.url()));
    await choose(demo, LOG);
    await settled(demo, "access.log");
    assert.deepEqual(asked, []);
    await paste(demo, "$remote_addr|$time_iso8601|$request_method|$request_uri|" +
      "$server_protocol|$status|$body_bytes_sent|$http_referer|$http_user_agent|" +
      "$request_time|$upstream_addr|$upstream_response_time");
    await demo.getByText("as pasted").waitFor();
    await settled(demo, "access.log");
    await format(demo).selectOption("delimiter");
    await demo.locator("#by-delimiter").waitFor();
    await settled(demo, "access.log");
    assert.match(await demo.locator("#ragged summary").textContent(), /154 ragged lines/);
  });
});

test("a format of nginx is pasted, with its configuration around it", async () => {
  const configuration = "http {\n  log_format short '$remote_addr [$time_local] '\n" +
    "    '\"$request\" $status';\n}\n";
  const path = file("short.log", '10.0.0.1 [01/Mar/2026:10:00:00 +0000] "GET /a b" 200\n' +
    '10.0.0.2 [01/Mar/2026:10:00:01 +0000] "GET /\\x22" 404\n');
  await page({ ...DESKTOP, prepare: withoutPicker }, async (demo) => {
    await choose(demo, path);
    await settled(demo, "short.log");
    await paste(demo, configuration);
    await demo.getByText("as pasted").waitFor();
    await settled(demo, "short.log");
    assert.deepEqual(await heads(demo), ["line", "remote_addr", "time_local", "request", "status"]);
    const { cells } = await row(demo, "2");
    assert.deepEqual(cells, ["10.0.0.2", "01/Mar/2026:10:00:01 +0000", "GET /\\x22", "404"]);
    await demo.getByLabel("Escapes decoded").check();
    await demo.locator("#table").getByText('GET /"').waitFor();
    await demo.getByLabel("Fields", { exact: true }).fill("status,request");
    const saved = readFileSync(await save(demo, "short.tsv"), "utf8");
    assert.equal(saved, '200\tGET /a b\n404\tGET /"\n');
    const command = await demo.locator("#command").textContent();
    assert.match(command, / --fields status,request --decode --output-delimiter '\\t' short\.log$/);
    // The place is kept open, with what was pasted.
    assert.equal(await demo.locator("#pasted").inputValue(), configuration);
  });
});

test("a format that is wrong says where, and the log stays as it was", async () => {
  await page(DESKTOP, async (demo) => {
    await drop(demo, COMBINED);
    await settled(demo, "combined.log");
    const problem = demo.locator("#format-problem");
    for (const [text, what] of [
      ["$remote_addr $status$request_time", /^log format at byte 20: .*\n {2}.*\n {22}\^$/s],
      ["%h %Q", /^log format at byte 3: /],
      ["", /^log format at byte 0: /],
      [CONFIGURATION, /: another log-format begins here; give one of them\n/],
    ]) {
      await paste(demo, text);
      await problem.getByText("log format at byte").waitFor();
      assert.match(await problem.textContent(), what);
      assert.deepEqual(await heads(demo), ["line", ...COLUMNS]);
    }
    await format(demo).selectOption("preset:w3c");
    await problem.getByText("there is no line '#Fields: ...'").waitFor();
    assert.equal(await demo.locator("#paste").isHidden(), true);
    await format(demo).selectOption("guess");
    await problem.waitFor({ state: "hidden" });
  });
});

test("lines that are not in the format are counted, listed and shown as they are", async () => {
  const lines = readFileSync(COMBINED, "latin1").split("\n").slice(0, 30);
  lines[2] = "[alert] 7#7: something else";
  lines[9] = lines[9].slice(0, 60);
  const path = file("mixed.log", `${lines.join("\n")}\n`);
  await page({ ...DESKTOP, prepare: withoutPicker }, async (demo) => {
    await choose(demo, path);
    await settled(demo, "mixed.log");
    assert.match(await why(demo), /guessed: combined: 28 of 30 lines/);
    const summary = demo.locator("#ragged summary");
    assert.match(await summary.textContent(), /2 ragged lines/);
    await summary.click();
    const listed = await demo.locator("#ragged li").allTextContents();
    const offset = lines.slice(0, 2).join("\n").length + 1;
    const start = `line 3 at byte ${offset} is in another format: the line ends with 4 fields`;
    assert.ok(listed[0].startsWith(start), listed[0]);
    assert.match(await demo.locator("#ragged .hint").textContent(), /is not in the format/);
    const { cells, title } = await row(demo, "⚠ 3");
    assert.deepEqual(cells, ["[alert] 7#7: something else"]);
    assert.ok(title.startsWith(start), title);
    assert.equal(await demo.locator("#policy-choice").isHidden(), true);
    const saved = readFileSync(await save(demo, "mixed.tsv"));
    assert.ok(saved.equals(delimark("extract", "--preset", "combined", path)));
    await demo.getByText("Saved mixed.tsv: 30 lines gone through, 2 ragged left out.").waitFor();
  });
});

/**
 * Logs, the choice, and what is asked for: fields, decoded or not. Each log has a name of its own,
 * which tells when it is there.
 */
const SAVED = [
  [COMBINED, "guess", COLUMNS.join(","), false],
  [file("again.log", readFileSync(COMBINED)), "guess", "request,status", true],
  [file("apache.log", readFileSync(join(LOGS, "apache/combined.log"))), "preset:apache-combined",
    "http_referer,2-4", true],
  [join(LOGS, "haproxy/custom.log"), "pasted", "1-3", false],
];

test("columns that are chosen stay so when escapes are decoded", async () => {
  await page({ ...DESKTOP, prepare: withoutPicker }, async (demo) => {
    await choose(demo, COMBINED);
    await settled(demo, "combined.log");
    const fields = demo.getByLabel("Fields", { exact: true });
    for (const [list, isChecked] of [["status,request", true], ["request", false]]) {
      await fields.fill(list);
      await demo.getByLabel("Escapes decoded").setChecked(isChecked);
      // At once: the button waits for the log that it is to save.
      const saved = readFileSync(await save(demo, "decoded.tsv"));
      const words = ["--preset", "combined", "--fields", list, ...isChecked ? ["--decode"] : []];
      assert.ok(saved.equals(delimark("extract", ...words, COMBINED)), list);
      assert.equal(await fields.inputValue(), list);
      assert.equal(await demo.locator("#table thead input:checked").count(), list.split(",").length);
    }
    // Another file's columns are all taken, as at first.
    await choose(demo, file("other.log", readFileSync(COMBINED)));
    await settled(demo, "other.log");
    assert.equal(await fields.inputValue(), COLUMNS.join(","));
  });
});

test("columns are saved by their names as delimark extract writes them", async () => {
  await page({ ...DESKTOP, prepare: withoutPicker }, async (demo) => {
    for (const [path, choice, fields, isDecoded] of SAVED) {
      await choose(demo, path);
      await settled(demo, path.split("/").at(-1));
      if (choice === "pasted") await paste(demo, HAPROXY);
      else await format(demo).selectOption(choice);
      if (choice !== "guess") await demo.locator("#why").getByText(/^as /).waitFor();
      await settled(demo, path.split("/").at(-1));
      if (isDecoded) await demo.getByLabel("Escapes decoded").check();
      for (const [output, ...words] of [
        ["tsv", "--output-delimiter", "\\t"],
        ["jsonl", "--format", "jsonl", "--invalid-utf8", "replace"],
      ]) {
        await demo.getByLabel("Fields", { exact: true }).fill(fields);
        await demo.locator("#format").selectOption(output);
        const saved = readFileSync(await save(demo, `saved.${output}`));
        const source = choice === "pasted"
          ? ["--log-format", HAPROXY]
          : ["--preset", choice === "guess" ? "combined" : choice.replace("preset:", "")];
        const asked = [...source, "--fields", fields, ...isDecoded ? ["--decode"] : [], ...words];
        const expected = delimark("extract", ...asked, path);
        assert.ok(expected.length > 1000);
        assert.ok(saved.equals(expected), `${path} ${choice} ${output}`);
        const shown = delimark("extract", ...await shownCommand(demo), path);
        assert.ok(saved.equals(shown), await demo.locator("#command").textContent());
      }
    }
  });
});

const IIS = [
  "#Software: Microsoft Internet Information Services 10.0",
  "#Fields: date cs-uri-stem sc-status",
  ...Array(30_000).fill("2026-03-01 /index.html?with=a&long=query+of+some+length 200"),
  "#Fields: sc-status date",
  "404 2026-03-02",
  "only-one",
].join("\r\n");

test("lines that name other columns are followed, wherever they stand", async () => {
  const path = file("iis.log", IIS);
  await page({ ...DESKTOP, prepare: withoutPicker }, async (demo) => {
    await choose(demo, path);
    await settled(demo, "iis.log");
    assert.match(await why(demo), /^guessed: iis: /);
    assert.deepEqual(await heads(demo), ["line", "date", "cs-uri-stem", "sc-status"]);
    assert.deepEqual((await row(demo, "1")).cells, [IIS.split("\r\n")[0]]);
    assert.equal((await row(demo, "3")).cells[2], "200");
    await demo.locator("#table").focus();
    await demo.keyboard.press("End");
    assert.deepEqual((await row(demo, "30004")).cells, ["2026-03-02", "", "404"]);
    assert.deepEqual((await row(demo, "⚠ 30005")).cells, ["only-one"]);
    await demo.getByLabel("Fields", { exact: true }).fill("date,sc-status");
    const saved = readFileSync(await save(demo, "iis.tsv"));
    assert.ok(saved.equals(delimark("extract", "--preset", "iis", "-f", "date,sc-status",
      "--output-delimiter", "\\t", path)));
    // A column that is gone ends it, with the line.
    await demo.getByLabel("Fields", { exact: true }).fill("cs-uri-stem");
    await demo.getByRole("button", { name: "Save", exact: true }).click();
    const problem = demo.locator("#save-problem");
    await problem.getByText("there is no column 'cs-uri-stem'").waitFor();
    assert.match(await problem.textContent(), /^Nothing was saved: line 30003 at byte \d+: /);
  });
});

test("boxes and names choose columns, and a wrong name is told", async () => {
  await page(DESKTOP, async (demo) => {
    await drop(demo, COMBINED);
    await settled(demo, "combined.log");
    const fields = demo.getByLabel("Fields", { exact: true });
    assert.equal(await fields.inputValue(), COLUMNS.join(","));
    assert.doesNotMatch(await demo.locator("#command").textContent(), /--fields/);
    await demo.getByRole("checkbox", { name: "remote_logname" }).uncheck();
    assert.equal(await fields.inputValue(), COLUMNS.toSpliced(1, 1).join(","));
    await fields.fill("status,1");
    const checked = demo.locator("#table thead input:checked");
    assert.deepEqual(await checked.evaluateAll((all) => all.map((box) => box.value)), ["0", "5"]);
    const problem = demo.locator("#save-problem");
    for (const [text, what] of [
      ["statu", "“statu” is neither the name of a column nor a field number nor a range"],
      ["status,6", "field 6 is in it twice"], ["10", "field 10 never exists"],
    ]) {
      await fields.fill(text);
      await problem.getByText(what).waitFor();
    }
  });
});

test("a phone shows the formats, too", async () => {
  await page(PHONE, async (demo) => {
    await choose(demo, COMBINED);
    await settled(demo, "combined.log");
    await paste(demo, "$remote_addr $status$request_time");
    await demo.locator("#format-problem").getByText("log format at byte").waitFor();
    for (const width of [320, 360]) {
      await demo.setViewportSize({ ...PHONE.viewport, width });
      assert.equal(await overhang(demo), 0, `${width}`);
    }
  });
});
