// Takes the pictures of the demo page that the README shows: a desktop, a phone, and in the dark,
// each with a measurement made there and then.
//
//   BROWSER=chromium ADDRESS=http://127.0.0.1:8000/ PICTURES=pictures \
//     LOG=access.log node demo-pictures.mjs

import { join } from "node:path";
import { chromium } from "playwright-core";

const { BROWSER, ADDRESS, PICTURES, LOG } = process.env;

const KINDS = [
  ["desktop", { viewport: { width: 1200, height: 900 } }],
  ["phone", { viewport: { width: 390, height: 844 }, isMobile: true }],
  ["dark", { viewport: { width: 1200, height: 900 }, colorScheme: "dark" }],
];

const args = [
  "--no-sandbox", "--disable-gpu", "--disable-background-networking",
  // Smaller files, and the same on any screen.
  "--disable-lcd-text", "--font-render-hinting=none",
];
const browser = await chromium.launch({ executablePath: BROWSER, args });
for (const [name, options] of KINDS) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(ADDRESS);
  await page.locator("#here dt").first().waitFor();
  if (name === "dark") {
    await page.locator("#file").setInputFiles(LOG);
    await page.locator("#ragged summary").waitFor();
  }
  await page.getByRole("button", { name: "Measure" }).click();
  await page.locator("#measured").waitFor({ timeout: 120_000 });
  // The bars have grown to their lengths.
  await page.waitForTimeout(600);
  await page.evaluate(() => scrollTo(0, 0));
  const path = join(PICTURES, `${name}.png`);
  await page.screenshot({ path, fullPage: name !== "phone" });
  await context.close();
}
await browser.close();
