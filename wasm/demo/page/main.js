// The page's beginning: loads all that it will ever load, and lets logs in.

import { BUILD } from "./build.js";
import { BenchView, pinnedLog } from "./bench-view.js";
import { Caller } from "./calls.js";
import { LogView } from "./log-view.js";
import loadDemo from "./module/delimark_demo.js";
import { say } from "./progress.js";
import { byId, duration, element, size, whole } from "./text.js";

/** The log that the page opens with. */
const FIRST_LINES = 10_000;

const MODULES = {
  scalar: "package/delimark.scalar.wasm",
  simd128: "package/delimark.simd128.wasm",
  demo: "module/delimark_demo.wasm",
};

async function fetchModules() {
  const entries = Object.entries(MODULES).map(async ([name, address]) => {
    const response = await fetch(new URL(address, import.meta.url));
    if (!response.ok) throw new Error(`${address} is not there (${response.status})`);
    return [name, await response.arrayBuffer()];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Says what was chosen, and why. */
async function tellOfHere(bench, hasSimd) {
  const timer = await bench.timer();
  const isolated = self.crossOriginIsolated;
  const facts = [
    ["Module", hasSimd
      ? "simd128: this browser finds the module with SIMD valid"
      : "scalar: this browser refuses the module with SIMD"],
    ["Threads", bench.threads > 1
      ? `${bench.threads}: the page is cross-origin isolated, so workers can share memory`
      : isolated
        ? "one: this machine has no more"
        : "one: the page is not cross-origin isolated, since its host does not ask for that"],
    ["Clock", timer.granularityNs === undefined
      ? "it did not move while it was looked at"
      : `moves in steps of ${duration(timer.granularityNs)}, measured`],
    ["Version", `${BUILD.version}, ${BUILD.commit.value ?? "no commit"}`],
    ["Network", "none after loading: turn it off and go on. Only the part for log formats comes " +
      "when a log first needs it"],
    ["Licence", [
      "Delimark: ", element("a", { href: "package/LICENSE-MIT" }, "MIT"), " or ",
      element("a", { href: "package/LICENSE-APACHE" }, "Apache 2.0"), "; uDSV: ",
      element("a", { href: "engines/uDSV.LICENSE" }, "MIT"),
    ]],
  ];
  const items = facts.flatMap(([name, fact]) => {
    return [element("dt", {}, name), element("dd", {}, ...[fact].flat())];
  });
  byId("here").replaceChildren(...items);
}

/** Lets files in by choosing and by dropping; results of measurements are told apart. */
function letIn(view, bench) {
  const open = async (file) => {
    if (file === undefined || await bench.setOld(file)) return;
    await view.open(file);
  };
  byId("choose").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", ({ target }) => {
    open(target.files[0]);
    // The same file can be chosen again.
    target.value = "";
  });
  byId("generate").addEventListener("click", () => {
    view.generate(pinnedLog(Number(byId("lines").value)));
  });
  byId("lines").replaceChildren(...BUILD.logs.map(({ lines, bytes }) => {
    return element("option", { value: lines }, `${whole(lines)} lines of nginx, ${size(bytes)}`);
  }));
  byId("lines").value = FIRST_LINES;
  addEventListener("dragover", () => document.body.classList.add("dropping"));
  for (const name of ["dragleave", "drop"]) {
    addEventListener(name, () => document.body.classList.remove("dropping"));
  }
  addEventListener("drop", (event) => open(event.dataTransfer.files[0]));
}

/** Ends the waiting. */
function show() {
  byId("loading").hidden = true;
  document.querySelector("main").inert = false;
}

async function start() {
  const wasm = await fetchModules();
  const hasSimd = WebAssembly.validate(wasm.simd128);
  const backend = hasSimd ? "simd128" : "scalar";
  const [module, demo] = await Promise.all([wasm[backend], wasm.demo].map((bytes) => {
    return WebAssembly.compile(bytes);
  }));
  await loadDemo({ module_or_path: demo });
  const data = new Caller("log-worker.js");
  await data.call("start", { module, demo, backend });
  const bench = new BenchView(data, wasm, hasSimd);
  const view = new LogView(data, (log) => bench.setLog(log));
  letIn(view, bench);
  show();
  const loaded = bench.loaded().then(() => tellOfHere(bench, hasSimd));
  await Promise.all([view.generate(pinnedLog(FIRST_LINES)), loaded]);
}

start().catch((error) => {
  show();
  say("problem", `This page cannot start: ${error.message}`);
});
