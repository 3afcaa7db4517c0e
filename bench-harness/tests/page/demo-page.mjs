// What the tests of the demo share: the page opened and then cut off from the network, logs dropped
// on it, its table read, and the programs that it is compared with.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isFirefox, pages } from "./browser.mjs";

export const { ADDRESS, SCRATCH, LOG, LOGS } = process.env;

/** What the page says when it has made a log, and gone through it. */
const READY = /10,000 lines.*gone through in/;

/** Waits until the page has loaded all that it loads at first. */
async function wait(page) {
  await page.locator("#log-status").getByText(READY).waitFor({ timeout: 30_000 });
  await page.locator("#here").getByText("none after loading").waitFor({ timeout: 30_000 });
}

/** Waits for the page, then takes the network away: from here on it has to do without. */
async function arrive(page, said) {
  await wait(page);
  await page.context().setOffline(true);
  page.on("request", (request) => {
    if (!request.url().startsWith("blob:")) said.push(`asked for ${request.url()} when loaded`);
  });
}

const isOwn = (address) => address.startsWith(ADDRESS) || address.startsWith("blob:");

export const using = pages(isOwn, { acceptDownloads: true }, arrive);

/** Uses the page with the network there, for what comes when it is first needed. */
export const usingOnline = pages(isOwn, { acceptDownloads: true }, wait);

/** Has the browser save by a download, without asking where. */
export async function withoutPicker(page) {
  await page.addInitScript(() => {
    delete globalThis.showSaveFilePicker;
  });
  // Firefox tells nobody of its downloads: what would be downloaded is looked at instead.
  if (isFirefox) {
    await page.addInitScript(() => {
      const { createObjectURL } = URL;
      URL.createObjectURL = (blob) => {
        globalThis.downloaded = blob;
        return createObjectURL(blob);
      };
      HTMLAnchorElement.prototype.click = () => undefined;
    });
  }
}

/** Runs the tool; returns what it writes. */
export const delimark = (...words) => output(process.env.DELIMARK, words);

/** Runs the suite; returns what it writes. */
export const suite = (...words) => output(process.env.DELIMARK_BENCH, words);

function output(program, words) {
  return execFileSync(program, words, { maxBuffer: 1 << 30, stdio: ["ignore", "pipe", "ignore"] });
}

/** Drops a small file on the page, as the mouse does. */
export async function drop(page, path, name = basename(path)) {
  const text = readFileSync(path).toString("base64");
  const transfer = await page.evaluateHandle(([encoded, called]) => {
    const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
    const made = new DataTransfer();
    made.items.add(new File([bytes], called));
    return made;
  }, [text, name]);
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}

/** Chooses a file of any size. */
export const choose = (page, path) => page.locator("#file").setInputFiles(path);

/** Waits until a log has been gone through; returns what is said of it. */
export async function settled(page, name, timeout = 10_000) {
  const status = page.locator("#log-status").getByText(new RegExp(`^${name}: .*gone through in`));
  await status.waitFor({ timeout });
  return status.textContent();
}

/** The rows on the screen: the head of each, its title, and its cells. */
export const rows = (page) => page.locator("#table tbody tr").evaluateAll((all) => {
  return all.map((row) => ({
    head: row.cells[0].textContent,
    title: row.cells[0].title,
    cells: [...row.cells].slice(1).map((cell) => cell.textContent),
  }));
});

/** Waits for a row with this head; returns it. */
export async function row(page, head) {
  const found = page.locator("#table tbody tr", { has: page.locator("th", { hasText: head }) });
  await found.first().waitFor();
  return (await rows(page)).find((one) => one.head === head);
}

/** Presses a button that downloads something; returns the path of what came. */
export async function save(page, name, button = "Save") {
  const path = join(SCRATCH, name);
  const press = () => page.getByRole("button", { name: button, exact: true }).click();
  if (isFirefox) {
    await page.evaluate(() => { delete globalThis.downloaded; });
    await press();
    await page.waitForFunction(() => globalThis.downloaded !== undefined);
    const text = await page.evaluate(async () => {
      const bytes = new Uint8Array(await globalThis.downloaded.arrayBuffer());
      return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    });
    writeFileSync(path, text, "latin1");
    return path;
  }
  const coming = page.waitForEvent("download", { timeout: 60_000 });
  const [download] = await Promise.all([coming, press()]);
  await download.saveAs(path);
  return path;
}
