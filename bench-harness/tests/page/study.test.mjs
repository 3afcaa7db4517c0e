// Uses the study's page as people do, in a headless browser: with the mouse, with the keyboard
// alone, on a phone, by a link. Anything on the browser's console fails the test.
//
//   BROWSER=chromium PAGES=made-up.html,committed.html node --test study.test.mjs
//
// The first page is made from two machines that do not exist, so that what it has to show is known;
// the others are only opened.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [madeUp, ...others] = process.env.PAGES.split(",").map((path) => pathToFileURL(path).href);
const DESKTOP = { viewport: { width: 1280, height: 900 } };
const PHONE = { viewport: { width: 360, height: 740 } };

let browser;

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.BROWSER,
    // Root, as in containers, has no sandbox; the page is this project's own.
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
});

after(() => browser?.close());

/** Opens a page, has it used, and looks at what the browser had to say. */
async function using(url, options, use) {
  const context = await browser.newContext({ ...options, offline: true });
  context.setDefaultTimeout(5_000);
  const page = await context.newPage();
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) said.push(`asked for ${request.url()}`);
  });
  try {
    await page.goto(url);
    await use(page);
    assert.deepEqual(said, []);
  } finally {
    await context.close();
  }
}

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

/** How far the page can be scrolled sideways. */
const overhang = (page) => page.evaluate(() => {
  return document.documentElement.scrollWidth - document.documentElement.clientWidth;
});

test("it opens with every engine on the model fields, the best first", async () => {
  await using(madeUp, DESKTOP, async (page) => {
    const names = await rows(page);
    assert.equal(names.length, 12);
    assert.deepEqual(names.slice(0, 3), ["limit/read", "delimark/avx512", "delimark/avx2"]);
    assert.match(await summary(page), /2 machines, 12 engines, 1 model, 1 data set; 15 numbers/);
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
    assert.deepEqual(await rows(page), ["delimark/neon", "delimark/simd128@node"]);
    assert.equal(hash(page), "#engine=delimark/neon,delimark/simd128@node");
    assert.equal(await page.getByText("Engines 2 of 12").count(), 1);
    await engines.getByRole("button", { name: "All" }).click();
    assert.equal((await rows(page)).length, 12);
    assert.equal(hash(page), "");
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
  assert.match(link, /#machine=181d183a0b6c\/2026-01-30&model=index,fields&measure=time$/);
  await using(link, DESKTOP, async (page) => {
    assert.deepEqual(await seen(page), sent);
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByText("2 machines, 12 engines").waitFor();
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

test("it is dark where the reader's system is", async () => {
  const ground = async (colorScheme) => {
    let colour;
    await using(madeUp, { ...DESKTOP, colorScheme }, async (page) => {
      colour = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    });
    return colour;
  };
  assert.equal(await ground("light"), "rgb(255, 255, 255)");
  assert.equal(await ground("dark"), "rgb(13, 17, 23)");
});

test("no script but its own runs", async () => {
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  await page.goto(madeUp);
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "globalThis.strange = true";
    document.body.append(script);
    return globalThis.strange === true;
  });
  await context.close();
  assert.equal(ran, false);
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
