// Uses the study's page as people do, in a headless browser: with the mouse, with the keyboard
// alone, on a phone, by a link. Anything on the browser's console fails the test.
//
//   BROWSER=chromium PAGES=made-up.html,committed.html node --test study.test.mjs
//
// The first page is made from two machines that do not exist, so that what it has to show is known;
// the others are only opened.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { DESKTOP, PHONE, ground, overhang, runsStrangeScript, using } from "./browser.mjs";

const [madeUp, ...others] = process.env.PAGES.split(",").map((path) => pathToFileURL(path).href);
const summary = (page) => page.getByRole("status").textContent();
const hash = (page) => new URL(page.url()).hash;
const group = (page, name) => page.locator("form summary", { hasText: name });

/** The names of the rows of the chosen numbers, and of the predictions no row. */
const rows = (page) => page.locator("#views tbody th").allTextContents();

/** Everything that a reader sees of the choice and of the numbers. */
async function seen(page) {
  const boxes = await page.locator("form input:checked").evaluateAll((all) => {
    return all.map((box) => box.value);
  });
  const [said, drawn] = [await summary(page), await page.locator("#views").textContent()];
  return { boxes, said, drawn, measure: await page.getByLabel("Show").inputValue() };
}

test("it opens with every engine on the model fields, the best first", async () => {
  await using(madeUp, DESKTOP, async (page) => {
    const names = await rows(page);
    assert.equal(names.length, 15);
    assert.deepEqual(names.slice(0, 3), ["limit/read", "delimark/avx512", "delimark/avx2"]);
    assert.match(await summary(page), /2 machines, 15 engines, 1 model, 1 data set; 16 numbers/);
    assert.equal(hash(page), "");
  });
});

test("boxes filter the table, and the address follows", async () => {
  await using(madeUp, DESKTOP, async (page) => {
    await group(page, "Engines").click();
    const engines = page.getByRole("group", { name: "Engines" });
    await engines.getByRole("button", { name: "None" }).click();
    assert.match(await summary(page), /Nothing to show: no engine is chosen/);
    assert.equal(hash(page), "#engine=");
    await engines.getByLabel("delimark/neon").check();
    await engines.getByLabel("delimark/simd128@node").check();
    assert.deepEqual(await rows(page), ["delimark/simd128@node", "delimark/neon"]);
    assert.equal(hash(page), "#engine=delimark/neon,delimark/simd128@node");
    assert.equal(await page.getByText("Engines 2 of 15").count(), 1);
    await engines.getByRole("button", { name: "All" }).click();
    assert.equal((await rows(page)).length, 15);
    assert.equal(hash(page), "");
  });
});

test("the first chosen machine orders the engines, and those without its number are last", async () => {
  const machines = "#machine=4382929b0a76/2026-01-30,7e18f304fec6/2026-01-31";
  const engines = "&engine=delimark/scalar,delimark/neon,peer/csv,peer/split,peer/memchr";
  await using(`${madeUp}${machines}${engines}`, DESKTOP, async (page) => {
    const note = (text) => page.locator("#views .note", { hasText: text });
    assert.deepEqual(
      await rows(page),
      ["delimark/scalar", "peer/memchr", "peer/csv", "peer/split", "delimark/neon"],
    );
    assert.equal(await note(/^Ordered by Example CPU.*without a number there last\.$/).count(), 1);
    await group(page, "Machines").click();
    await page.getByLabel(/Example CPU/).uncheck();
    assert.deepEqual(
      await rows(page),
      ["delimark/neon", "delimark/scalar", "peer/csv", "peer/split", "peer/memchr"],
    );
    await group(page, "Engines").click();
    await page.getByLabel("peer/memchr").uncheck();
    assert.equal(await note(/^The best first\.$/).count(), 1);
    await page.getByLabel("Show").selectOption("time");
    assert.deepEqual(
      await rows(page),
      ["delimark/neon", "delimark/scalar", "peer/csv", "peer/split"],
    );
  });
});

test("a link shows what its sender saw, and Reset what the page opens with", async () => {
  let link;
  let sent;
  await using(madeUp, DESKTOP, async (page) => {
    await page.getByLabel("Show").selectOption("time");
    await group(page, "Machines").click();
    await page.getByLabel(/Example Core A/).uncheck();
    await group(page, "Models").click();
    await page.getByLabel("index: every field boundary found").check();
    [link, sent] = [page.url(), await seen(page)];
  });
  assert.match(link, /#machine=4382929b0a76\/2026-01-30&model=index,fields&measure=time$/);
  await using(link, DESKTOP, async (page) => {
    assert.deepEqual(await seen(page), sent);
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByText("2 machines, 15 engines").waitFor();
    assert.equal(hash(page), "");
  });
});

test("an address that changes is followed, and what it names in vain is said", async () => {
  await using(`${madeUp}#model=index&engine=peer/none,limit/read&%zz`, DESKTOP, async (page) => {
    assert.deepEqual(await rows(page), ["limit/read"]);
    assert.match(await summary(page), /The link names what is not here: peer\/none, %zz\.$/);
    await page.evaluate(() => { location.hash = "#engine=peer/csv"; });
    await page.getByText("The best first").or(page.getByText("Ordered by")).first().waitFor();
    await page.locator("#views tbody th", { hasText: "peer/csv" }).waitFor();
    assert.deepEqual(await rows(page), ["peer/csv"]);
  });
});

test("the keyboard alone chooses, and shows where it is", async () => {
  await using(madeUp, DESKTOP, async (page) => {
    const focused = (read) => page.evaluate(`(${read})(document.activeElement)`);
    await page.keyboard.press("Tab");
    assert.match(await focused((at) => at.textContent), /^Machines/);
    assert.notEqual(await focused((at) => getComputedStyle(at).outlineStyle), "none");
    await page.keyboard.press("Enter");
    for (const expected of ["All", "None"]) {
      await page.keyboard.press("Tab");
      assert.equal(await focused((at) => at.textContent), expected);
    }
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    assert.match(await summary(page), /1 machine,/);
    assert.equal(hash(page), "#machine=7e18f304fec6/2026-01-31");
    // What scrolls can be reached, too.
    const regions = page.getByRole("region", { name: /^Table/ });
    assert.ok((await regions.count()) > 0);
    for (const region of await regions.all()) {
      assert.equal(await region.getAttribute("tabindex"), "0");
    }
  });
});

test("what the processor did not count is marked, and what is missing has a reason", async () => {
  await using(`${madeUp}#measure=instructions`, DESKTOP, async (page) => {
    const row = (name) => page.locator("#views tr", { hasText: name });
    assert.match(await row("delimark/avx2").textContent(), /1\.69simulated/);
    assert.match(await row("delimark/avx512").textContent(), /1\.10single-stepped/);
    const bars = page.locator("#views svg");
    assert.match(await bars.first().textContent(), /simulated/);
    assert.ok((await bars.first().locator("rect[fill='url(#hatch)']").count()) > 0);
    await page.getByText("reasons for missing numbers").click();
    const reasons = page.getByText("this virtual machine has no hardware counters");
    assert.ok(await reasons.first().isVisible());
    // Predictions carry their mark in every cell.
    const predicted = page.locator("section[aria-labelledby=models] td:not(.measured)");
    for (const text of await predicted.allTextContents()) assert.match(text, /model|n\/a/);
  });
});

test("a screen reader finds names, headings and one row header a row", async () => {
  await using(madeUp, DESKTOP, async (page) => {
    const unnamed = await page.evaluate(() => {
      const named = (box) => box.labels.length > 0 && box.labels[0].textContent.trim() !== "";
      const boxes = [...document.querySelectorAll("input, select")];
      const pictures = [...document.querySelectorAll("#views svg")];
      const wrong = boxes.filter((box) => !named(box)).map((box) => box.value);
      return wrong.concat(pictures.filter((svg) => !svg.getAttribute("aria-label")).map(String));
    });
    assert.deepEqual(unnamed, []);
    assert.equal(await page.getByRole("rowheader", { name: "delimark/avx2" }).count(), 1);
    assert.equal(await page.getByRole("columnheader", { name: /Example CPU/ }).count(), 1);
    assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1);
    assert.ok((await page.getByRole("img", { name: /^Chart: fields/ }).count()) >= 1);
    assert.equal(await page.getByRole("status").getAttribute("aria-live"), "polite");
  });
});

test("every measure of everything fits a phone", async () => {
  await using(madeUp, PHONE, async (page) => {
    await group(page, "Models").click();
    await page.getByRole("group", { name: "Models" }).getByRole("button", { name: "All" }).click();
    const measures = await page.locator("select option").evaluateAll((all) => {
      return all.map((option) => option.value);
    });
    assert.ok(measures.length >= 9);
    for (const measure of measures) {
      await page.getByLabel("Show").selectOption(measure);
      assert.equal(await overhang(page), 0, measure);
    }
    for (const name of ["Machines", "Engines", "Data sets"]) await group(page, name).click();
    for (const machine of await page.locator("section details").all()) {
      await machine.locator("summary").first().click();
    }
    assert.equal(await overhang(page), 0, "with all of it open");
    const isInside = await page.locator(".scroll").evaluateAll((all) => {
      return all.some((box) => box.scrollWidth > box.clientWidth);
    });
    assert.ok(isInside, "tables scroll by themselves");
  });
});

test("captions and choices can be read on a phone", async () => {
  await using(madeUp, PHONE, async (page) => {
    const titles = page.locator("caption span.title");
    assert.ok((await titles.count()) >= 5);
    for (const title of await titles.all()) {
      const region = title.locator("xpath=ancestor::div[@role='region']");
      for (const scrolled of [0, 10_000]) {
        await region.evaluate((box, left) => { box.scrollLeft = left; }, scrolled);
        const { x, width } = await title.boundingBox();
        const text = await title.textContent();
        assert.ok(x >= 0 && x + width <= PHONE.viewport.width, `${text}: ${x}, ${width}`);
      }
    }
    // A box as wide as its longest text asks for has no text cut off.
    const isCut = await page.getByLabel("Show").evaluate((select) => {
      const width = select.offsetWidth;
      select.style.maxWidth = "none";
      return select.offsetWidth > width;
    });
    assert.equal(isCut, false);
  });
});

test("it is dark where the reader's system is", async () => {
  assert.equal(await ground(using, madeUp, "light"), "rgb(255, 255, 255)");
  assert.equal(await ground(using, madeUp, "dark"), "rgb(13, 17, 23)");
});

test("no script but its own runs", async () => {
  await using(madeUp, DESKTOP, async (page, said) => {
    assert.equal(await runsStrangeScript(page), false);
    // The browser says that it was refused, and nothing else.
    assert.match(said.splice(0).join(), /^[^,]*Content Security Policy/);
  });
});

for (const url of others) {
  test(`${url.split("/").slice(-2).join("/")} opens on a desktop and on a phone`, async () => {
    for (const options of [DESKTOP, PHONE]) {
      await using(url, options, async (page) => {
        assert.ok((await rows(page)).length > 1);
        assert.match(await summary(page), /\d+ numbers/);
        assert.equal(await overhang(page), 0);
      });
    }
  });
}
