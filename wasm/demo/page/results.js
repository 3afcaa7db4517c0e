// Measurements as `results.json`, the file that `delimark-bench report`, `compare` and `study` read.

import { BUILD } from "./build.js";
import { MODEL } from "./measure.js";
import { fingerprint, minimumRounds, rustc, seal, version } from "./module/delimark_demo.js";

/** The format that such a file names. */
export const SCHEMA = "delimark-results/1";

/** The least that a measurement of memory, and not of caches, goes through. */
const BYTES_LEAST = 32e6;

const unavailable = (reason) => ({ unavailable: reason });
const NOT_TOLD = unavailable("a browser does not tell");

/** The name and version of the browser, as far as it tells them. */
function browser() {
  const brands = navigator.userAgentData?.brands ?? [];
  const real = brands.filter(({ brand }) => !/not.?a.?brand/i.test(brand.replace(/[^a-z ]/gi, "")));
  const told = real.map(({ brand, version: number }) => `${brand} ${number}`).join(", ");
  return told || navigator.userAgent;
}

function operatingSystem() {
  const told = navigator.userAgentData?.platform || navigator.platform || "unknown";
  return `${told}, as the browser says`;
}

function environment({ processor, timer, compileNs }) {
  const cores = navigator.hardwareConcurrency;
  const isolation = `${self.crossOriginIsolated ? "" : "not "}cross-origin isolated`;
  return {
    cpu: {
      model: processor ? { value: processor } : NOT_TOLD,
      vendor: NOT_TOLD,
      logical_cores: cores,
      features: [],
      caches: NOT_TOLD,
      base_clock: NOT_TOLD,
      measured_clock: NOT_TOLD,
    },
    memory_bytes: unavailable("a browser tells no more than a rounded number, if any"),
    operating_system: operatingSystem(),
    kernel: NOT_TOLD,
    virtualisation: NOT_TOLD,
    governor: NOT_TOLD,
    transparent_huge_pages: NOT_TOLD,
    rustc: { value: rustc() },
    target: "wasm32-unknown-unknown",
    rustflags: "",
    commit: BUILD.commit,
    dirty: BUILD.dirty,
    delimark_version: version(),
    runtimes: [browser()],
    compile_ns: compileNs,
    timer: {
      value: {
        granularity_ns: timer.granularityNs === undefined
          ? unavailable("the clock did not move while it was looked at")
          : { value: timer.granularityNs },
        cost_ns: timer.costNs,
        clock_source: { value: `performance.now, ${isolation}` },
      },
    },
    fingerprint: fingerprint(processor || undefined, cores),
  };
}

function dataset({ name, fileName, pinned, dialect, columns, material }) {
  const { size, sha256, facts } = material;
  const { records, fields, line_ending, traits } = facts;
  const isGenerated = pinned !== undefined;
  return {
    name,
    shape: isGenerated ? name : null,
    source: isGenerated ? "generated" : "file",
    file_name: fileName,
    seed: isGenerated ? pinned.seed : null,
    lines: records,
    bytes: size,
    records,
    fields,
    columns,
    columns_source: isGenerated ? "shape" : "inferred",
    delimiter: String.fromCharCode(dialect.delimiter),
    ...quoting(dialect),
    line_ending,
    sha256,
    sha256_check: isGenerated ? "pinned" : "computed",
    traits,
  };
}

/** A file of results names a quote only where there is one. */
function quoting({ quote, escape = "none" }) {
  return quote === undefined ? {} : { quote: String.fromCharCode(quote), quote_escape: escape };
}

const interval = ({ low, high }) => ({ low, high });

function cell(measured, { name, material }) {
  const { records, fields, answer } = material.facts;
  const { median, low, high } = measured.nsPerRecord;
  return {
    engine: measured.name,
    backend_executed: measured.backend,
    model: MODEL,
    dataset: name,
    bytes: material.size,
    records,
    fields,
    answer,
    first_pass_ns: measured.firstNs,
    samples_ns: measured.samples,
    ns_per_record: { median, ci_low: low, ci_high: high, p50: null, p99: null, p999: null },
    gigabytes_per_second: measured.gigabytesPerSecond.median,
    gigabytes_per_second_interval: interval(measured.gigabytesPerSecond),
    bursts: null,
    records_per_burst: null,
    burst_quantiles: null,
    burst_unavailable: "it runs in a worker of a browser, which times whole passes",
    allocations_per_record: null,
    allocations_unavailable: "a browser does not count them",
    counters: { instructions: unavailable("a browser has no counters") },
  };
}

function scalingPoint(point, engine, { name, material }) {
  return {
    engine,
    model: MODEL,
    dataset: name,
    threads: point.threads,
    padded: true,
    working_set_bytes: material.size,
    bytes_per_sample: material.size,
    samples_ns: point.samples,
    gigabytes_per_second: point.gigabytesPerSecond.median,
    gigabytes_per_second_interval: interval(point.gigabytesPerSecond),
  };
}

/** Returns a measurement as it goes into the file: sealed, so that a change of it shows. */
export function resultsOf(measurement, processor) {
  const results = unsealed(measurement, processor);
  return { ...results, seal: seal(JSON.stringify(results)) };
}

function unsealed(measurement, processor) {
  const { measured, data, skipped, timer, scaledEngine, created, isDisturbed } = measurement;
  const compiled = measured.cells.filter(({ compileNs }) => compileNs !== undefined);
  const compileNs = Object.fromEntries(compiled.map((engine) => [engine.name, engine.compileNs]));
  const isLarge = data.material.size >= BYTES_LEAST;
  const names = measured.cells.map(({ name }) => name);
  return {
    schema: SCHEMA,
    created: created.toISOString(),
    command: ["delimark", "demo"],
    duration_seconds: measured.seconds,
    order_seed: measured.seed,
    rounds: measured.rounds,
    quick: !isLarge || isDisturbed || measured.rounds < minimumRounds(),
    environment: environment({ processor, timer, compileNs }),
    datasets: [dataset(data)],
    cells: measured.cells.map((one) => cell(one, data)),
    skipped: skipped.map(({ name, reason }) => {
      return { engine: name, model: MODEL, dataset: data.name, reason };
    }),
    declared: BUILD.declared.filter(({ engine }) => names.includes(engine)).map((declared) => {
      return { ...declared, version: declared.version ?? browser() };
    }),
    ladder: [],
    scaling: measured.scaling.map((point) => scalingPoint(point, scaledEngine, data)),
  };
}
