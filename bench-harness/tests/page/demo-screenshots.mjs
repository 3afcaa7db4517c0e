// Takes the pictures of the demo page that the README shows: a desktop, a phone, and in the dark,
// each with a measurement made there and then.
//
//   BROWSER=chromium ADDRESS=http://127.0.0.1:8000/ FOLDER=pictures node demo-screenshots.mjs

import { join } from "node:path";
import { chromium } from "playwright-core";

const { BROWSER, ADDRESS, FOLDER, LOG } = process.env;

const PICTURES = [
  ["desktop", { viewport: { width: 1200, height: 900 } }],
  ["phone", { viewport: { width: 390, height: 844 }, isMobile: true }],
  ["dark", { viewport: { width: 1200, height: 900 }, colorScheme: "dark" }],
];

const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath: BROWSER, args });
for (const [name, options] of PICTURES) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(ADDRESS);
  if (name === "dark") await page.locator("#file").setInputFiles(LOG);
  await page.locator("#here dt").first().waitFor();
  await page.getByRole("button", { name: "Measure" }).click();
  await page.locator("#measured").waitFor({ timeout: 120_000 });
  // The bars have grown to their lengths.
  await page.waitForTimeout(600);
  await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true });
  await context.close();
}
await browser.close();
