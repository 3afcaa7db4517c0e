// Looks at a report as a desktop and a phone show it. It has no script, so there is nothing to use.
//
//   BROWSER=chromium REPORT=report.html node --test report.test.mjs

import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { DESKTOP, overhang, PHONE, using } from "./browser.mjs";

const report = pathToFileURL(process.env.REPORT).href;

/** Opens every section that folds. */
const unfold = (page) => page.evaluate(() => {
  for (const section of document.querySelectorAll("details")) section.open = true;
});

test("nothing but tables and plots scrolls sideways", async () => {
  for (const options of [DESKTOP, PHONE]) {
    await using(report, options, async (page) => {
      assert.ok((await page.locator("table").count()) > 3);
      assert.equal(await overhang(page), 0);
      await unfold(page);
      assert.equal(await overhang(page), 0);
    });
  }
});

test("the picture is the one drawn for the page's width, and none of its text is cut off", async () => {
  for (const [options, drawn, other] of [[DESKTOP, "wide", "narrow"], [PHONE, "narrow", "wide"]]) {
    await using(report, options, async (page) => {
      const picture = page.locator(`.lead .${drawn} svg`);
      assert.equal(await picture.isVisible(), true);
      assert.equal(await page.locator(`.lead .${other} svg`).isVisible(), false);
      const cut = await picture.evaluate((svg) => {
        const { left, right } = svg.getBoundingClientRect();
        const boxes = [...svg.querySelectorAll("text")].map((text) => text.getBoundingClientRect());
        return boxes.filter((box) => box.left < left - 1 || box.right > right + 1).length;
      });
      assert.equal(cut, 0);
    });
  }
});

test("a link unfolds the section it leads into", async () => {
  await using(`${report}#counters`, DESKTOP, async (page) => {
    assert.equal(await page.locator("#counters").isVisible(), true);
    assert.equal(await page.locator("#how-to-read-this").isVisible(), false);
  });
});

test("on a phone, the names of engines leave room for their numbers", async () => {
  await using(report, PHONE, async (page) => {
    const summary = page.locator("#summary table", { hasText: "delimark/simd128@node" }).first();
    await unfold(page);
    const widths = await summary.locator("tbody th").evaluateAll((all) => {
      return all.map((name) => name.getBoundingClientRect().width);
    });
    assert.ok(widths.length > 3);
    assert.ok(Math.max(...widths) < PHONE.viewport.width * 0.45, `${Math.max(...widths)}`);
  });
});
