// What the tests of pages share: a headless browser, a page in it that is used and watched, and a
// few questions to ask of any page. Anything on the browser's console fails a test.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import playwright from "playwright-core";

export const DESKTOP = { viewport: { width: 1280, height: 900 } };
export const PHONE = { viewport: { width: 360, height: 740 } };

/** Whether the browser is Firefox; any other is Chromium or its like. */
export const isFirefox = /firefox/.test(process.env.BROWSER);

// Root, as in containers, has no sandbox; the page is this project's own.
const CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];

let browser;

before(async () => {
  // A Firefox that Playwright did not build speaks only the protocol that browsers have in common.
  const kind = isFirefox ? playwright._bidiFirefox : playwright.chromium;
  const args = isFirefox ? [] : CHROMIUM;
  browser = await kind.launch({ executablePath: process.env.BROWSER, args });
});

after(() => browser?.close());

/** The browser itself, once the tests have begun. */
export const theBrowser = () => browser;

/**
 * Makes `using(url, options, use)`, which opens a page, has it used, and looks at what the browser
 * had to say. The page may only ask for what is allowed; `arrive` waits until it is ready.
 */
export function pages(isAllowed, shared, arrive = async () => undefined) {
  return async (url, options, use) => {
    const { prepare = async () => undefined, ...own } = options;
    const context = await browser.newContext({ ...shared, ...own });
    context.setDefaultTimeout(5_000);
    const page = await context.newPage();
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    page.on("request", (request) => {
      if (!isAllowed(request.url())) said.push(`asked for ${request.url()}`);
    });
    try {
      await prepare(page);
      await page.goto(url);
      await arrive(page, said);
      await use(page, said);
      assert.deepEqual(said, []);
    } finally {
      await context.close();
    }
  };
}

/** Uses a page that is a file, without a network. */
export const using = pages((address) => address.startsWith("file:"), { offline: true });

/** How far the page can be scrolled sideways. */
export const overhang = (page) => page.evaluate(() => {
  return document.documentElement.scrollWidth - document.documentElement.clientWidth;
});

/** The colour behind everything, where the reader's system is light or dark. */
export async function ground(using, url, colorScheme) {
  let colour;
  await using(url, { ...DESKTOP, colorScheme }, async (page) => {
    colour = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  });
  return colour;
}

/** Puts a script into a page as somebody else would; whether it runs. */
export const runsStrangeScript = (page) => page.evaluate(() => {
  const script = document.createElement("script");
  script.textContent = "globalThis.strange = true";
  document.body.append(script);
  return globalThis.strange === true;
});
