// Looks at a report as a desktop and a phone show it. It has no script, so there is nothing to use.
//
//   BROWSER=chromium REPORT=report.html node --test report.test.mjs

import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { DESKTOP, overhang, PHONE, using } from "./browser.mjs";

const report = pathToFileURL(process.env.REPORT).href;

test("nothing but tables and plots scrolls sideways", async () => {
  for (const options of [DESKTOP, PHONE]) {
    await using(report, options, async (page) => {
      assert.ok((await page.locator("table").count()) > 3);
      assert.equal(await overhang(page), 0);
    });
  }
});

test("on a phone, the names of engines leave room for their numbers", async () => {
  await using(report, PHONE, async (page) => {
    const summary = page.locator("table", { hasText: "delimark/simd128@node" }).first();
    const widths = await summary.locator("tbody th").evaluateAll((all) => {
      return all.map((name) => name.getBoundingClientRect().width);
    });
    assert.ok(widths.length > 3);
    assert.ok(Math.max(...widths) < PHONE.viewport.width * 0.45, `${Math.max(...widths)}`);
  });
});
