// Opens the npm package's example for browsers, from a folder in which the package is installed.
//
//   BROWSER=chromium FOLDER=project LOG=access.log node --test example.test.mjs

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DESKTOP, pages } from "./browser.mjs";

const { FOLDER, LOG } = process.env;
// Nobody is there: the files are handed over as they are asked for.
const ADDRESS = "http://example.test/";
const TYPES = { html: "text/html", js: "text/javascript", wasm: "application/wasm" };

const using = pages((address) => address.startsWith(ADDRESS), {});

test("the example for browsers shows columns of a log", async () => {
  const prepare = (page) => page.route(`${ADDRESS}**`, (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === "/favicon.ico") return route.fulfill({ status: 204 });
    const contentType = TYPES[pathname.split(".").at(-1)];
    return route.fulfill({ contentType, body: readFileSync(join(FOLDER, pathname)) });
  });
  await using(`${ADDRESS}browser.html`, { ...DESKTOP, prepare }, async (page) => {
    await page.getByLabel("A log").setInputFiles(LOG);
    await page.getByText("127.0.0.1\t").waitFor();
    const shown = await page.locator("pre").textContent();
    const lines = readFileSync(LOG, "latin1").trimEnd().split("\n");
    const expected = lines.map((line) => line.split("|").slice(0, 3).join("\t"));
    assert.deepEqual(shown.trimEnd().split("\n"), expected);
  });
});
