// A headless browser for the tests of pages: anything on a page's console, and any request that
// leaves the machine, fails the test. BROWSER names the program.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { chromium } from "playwright-core";

export const DESKTOP = { viewport: { width: 1280, height: 900 } };
export const PHONE = { viewport: { width: 360, height: 740 } };

let browser;

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.BROWSER,
    // Root, as in containers, has no sandbox; the pages are this project's own.
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
});

after(() => browser?.close());

/** Opens a page, has it used, and looks at what the browser had to say. */
export async function using(url, options, use) {
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
    await use(page, said);
    assert.deepEqual(said, []);
  } finally {
    await context.close();
  }
}

/** How far the page can be scrolled sideways. */
export const overhang = (page) => page.evaluate(() => {
  return document.documentElement.scrollWidth - document.documentElement.clientWidth;
});
