// Measures in the demo page, in a headless browser, and keeps the results that the page saves.
// Started as demo.test.mjs is, with RESULTS, the file to write.

import { copyFileSync } from "node:fs";
import { cpus } from "node:os";
import { test } from "node:test";
import { DESKTOP } from "./browser.mjs";
import { ADDRESS, save, using, withoutPicker } from "./demo-page.mjs";

test("it measures, and the results are kept", async () => {
  await using(ADDRESS, { ...DESKTOP, prepare: withoutPicker }, async (demo) => {
    await demo.getByRole("button", { name: "Measure" }).click();
    await demo.locator("#measured:not([hidden])").waitFor({ timeout: 120_000 });
    await demo.getByLabel("Processor").fill(cpus()[0].model.trim());
    copyFileSync(await save(demo, "kept.json", "Save results"), process.env.RESULTS);
    console.log(`# ${await demo.locator("#bench-status").textContent()}`);
  });
});
