// The measurement on the page: what is measured, how far it is, what came of it, and saving that.

import { BUILD } from "./build.js";
import { Caller } from "./calls.js";
import { download } from "./download.js";
import { WrongAnswer, measure, threadsMost } from "./measure.js";
import { readOldResults, resultsText } from "./old-results.js";
import { barsOf } from "./plot.js";
import { Progress, say } from "./progress.js";
import { resultsOf } from "./results.js";
import { byId, counted, duration, element, figure, size, whole } from "./text.js";

/** The made log that is measured: as large as what the harness measures in a quick run. */
const GENERATED_LINES = 200_000;

/** The bytes of a log that are measured: it is in memory several times. */
const BYTES_MOST = 48e6;

/** A pass of fewer steps of the clock is not shown; one of fewer than are wanted is told of. */
const STEPS_LEAST = 5;
const STEPS_WANTED = 50;

const PLAIN = "peer/js-split@browser";
const ENGINES = [
  { name: PLAIN, title: "JavaScript split", kind: "js-split", isPeer: true },
  { name: "peer/udsv@browser", title: "uDSV", kind: "udsv", isPeer: true },
  { name: "delimark/scalar@browser", title: "Delimark, scalar", kind: "scalar" },
  { name: "delimark/simd128@browser", title: "Delimark, SIMD", kind: "simd128" },
];
const TITLES = new Map(ENGINES.map(({ name, title }) => [name, title]));

export class BenchView {
  #log;
  #data;
  #wasm;
  #hasSimd;
  #callers;
  #threads = [];
  #progress = new Progress("bench");
  #last;
  #old;

  /** `data` is the worker that has the log; `wasm` the bytes of both modules. */
  constructor(data, wasm, hasSimd) {
    this.#data = data;
    this.#wasm = wasm;
    this.#hasSimd = hasSimd;
    // All workers now: later there is no network.
    this.#callers = ENGINES.map(() => new Caller("engine-worker.js"));
    const threads = threadsMost();
    if (threads > 1) {
      this.#threads = Array.from({ length: threads }, () => new Caller("engine-worker.js"));
    }
    const pinned = pinnedLog(GENERATED_LINES);
    byId("material-generated").textContent =
      `${whole(pinned.lines)} made lines of nginx, ${size(pinned.bytes)}`;
    byId("bench").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#measure();
    });
    byId("keep").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#keep();
    });
  }

  get threads() {
    return this.#threads.length;
  }

  /** Waits until every worker has its scripts: from then on there is no network. */
  loaded() {
    return this.#forget();
  }

  /** Has the workers let go of what they went through. */
  async #forget() {
    const callers = [...this.#callers, ...this.#threads];
    await Promise.all(callers.map((caller) => caller.call("forget", undefined)));
  }

  /** Returns the resolution of a worker's clock. */
  timer() {
    return this.#callers[0].call("timer", undefined);
  }

  /** Takes over which log is open. */
  setLog(log) {
    this.#log = log;
    say("bench-problem");
    const bytes = Math.min(log.file.size, BYTES_MOST);
    const part = bytes < log.file.size ? `the first ${size(bytes)} of ` : "";
    byId("material-opened").textContent = `${part}${log.file.name}`;
  }

  /** Draws results of another time beside those of now; whether the file is of such. */
  async setOld(file) {
    const text = await resultsText(file);
    if (text === undefined) return false;
    try {
      this.#old = readOldResults(text, this.#last?.data.name ?? "nginx12");
      say("bench-problem");
      this.#draw();
    } catch (error) {
      const why = error.message ?? error;
      say("bench-problem", `${file.name} is no results.json to show: ${why}.`);
    }
    byId("bench-title").scrollIntoView();
    return true;
  }

  async #measure() {
    say("bench-problem");
    byId("bench-status").textContent = "";
    byId("measured").hidden = true;
    byId("measure").disabled = true;
    try {
      const found = await this.#progress.during((tell, signal) => this.#run(tell, signal));
      const before = this.#last;
      this.#last = found ?? before;
      this.#draw();
      if (found === undefined) {
        const rest = before === undefined ? "there is no result" : "the result of before stays";
        byId("bench-status").textContent = `Cancelled: ${rest}.`;
      }
    } catch (error) {
      const isWrong = error instanceof WrongAnswer;
      if (isWrong) this.#last = undefined;
      this.#draw();
      const what = isWrong ? " No time is shown." : "";
      say("bench-problem", `It cannot be measured: ${error.message}.${what}`);
    } finally {
      byId("measure").disabled = false;
      // A worker that broke down has nothing left to forget.
      await this.#forget().catch(() => undefined);
    }
  }

  async #run(tell, signal) {
    const created = new Date();
    await this.#progress.alone(tell, signal);
    const worksBefore = Progress.begun;
    const data = await this.#material(tell, signal);
    const { dialect, material } = data;
    const skipped = [];
    const engines = ENGINES.flatMap((engine, index) => {
      const reason = this.#refusal(engine, dialect, material.facts);
      if (reason !== undefined) skipped.push({ ...engine, reason });
      const wasm = this.#wasm[engine.kind];
      return reason === undefined ? [{ ...engine, wasm, caller: this.#callers[index] }] : [];
    });
    const kind = this.#hasSimd ? "simd128" : "scalar";
    const { name } = ENGINES.find((engine) => engine.kind === kind);
    const threads = { name, kind, wasm: this.#wasm[kind], callers: this.#threads };
    const seed = crypto.getRandomValues(new Uint32Array(1))[0];
    const timer = await this.timer();
    const task = { engines, material, dialect, seed, threads };
    const measured = await measure(task, tell, signal);
    if (stepsOf(measured.cells, material, timer) < STEPS_LEAST) {
      const read = size(material.size);
      throw new Error(`${read} are gone through within few steps of the clock; take a larger log`);
    }
    skipped.push(...measured.disqualified);
    const isDisturbed = Progress.begun !== worksBefore;
    // Results need to know of them, and not to have them.
    material.bytes = undefined;
    return { measured, data, skipped, timer, scaledEngine: name, created, isDisturbed };
  }

  /** Gets the bytes, and what the reference finds in them. */
  async #material(tell, signal) {
    const isGenerated = new FormData(byId("bench")).get("material") === "generated";
    if (isGenerated) {
      const pinned = pinnedLog(GENERATED_LINES);
      const onProgress = ({ bytes }) => tell(0, `Making ${size(bytes)}`);
      const made = await this.#data.call("generate", pinned, { onProgress, signal });
      tell(0, "Reading it with the reference");
      const [dialect, columns] = [{ delimiter: "|".charCodeAt(0) }, 12];
      const task = { file: made.file, bytesMost: made.file.size, dialect, columns };
      const material = await this.#data.call("material", task);
      if (material.sha256 !== pinned.sha256) {
        throw new Error("the log that was made here is not the one that is pinned");
      }
      return { name: "nginx12", fileName: made.file.name, pinned, dialect, columns, material };
    }
    tell(0, "Reading it with the reference");
    const { file, delimiter, quote, escape, columns } = this.#log;
    const dialect = { delimiter, quote, escape };
    const task = { file, bytesMost: BYTES_MOST, dialect, columns };
    const material = await this.#data.call("material", task);
    // So that nobody takes it for the whole.
    const isPart = material.size < file.size;
    const name = isPart ? `${file.name}, first ${size(material.size)}` : file.name;
    return { name, fileName: file.name, dialect, columns, material };
  }

  /** Says why an engine cannot be measured here. */
  #refusal({ kind }, dialect, { traits, line_ending }) {
    if (kind === "simd128" && !this.#hasSimd) return "this browser refuses modules with SIMD";
    const ofQuotes = quotesRefusal(kind, dialect, traits);
    if (ofQuotes !== undefined || kind !== "udsv") return ofQuotes;
    const refuses = BUILD.udsv_refuses;
    const { ragged, empty_lines, bare_carriage_returns, mixed_line_endings } = refuses;
    if (!traits.uniform) return ragged;
    if (line_ending === "mixed") return mixed_line_endings;
    if (traits.empty_lines > 0) return empty_lines;
    return traits.bare_carriage_returns > 0 ? bare_carriage_returns : undefined;
  }

  #draw() {
    const rows = this.#rows();
    byId("measured").hidden = rows.length === 0;
    if (rows.length === 0) return;
    byId("keep").hidden = this.#last === undefined;
    byId("bars").replaceChildren(barsOf(rows));
    byId("bench-notes").replaceChildren(...this.#notes().map((note) => element("li", {}, note)));
    if (this.#last !== undefined) byId("bench-status").textContent = this.#headline();
  }

  /** The engines of now, each followed by what it was at another time; then those of then only. */
  #rows() {
    const now = this.#last === undefined
      ? []
      : [...this.#last.measured.cells, ...this.#threadRows()];
    const bytes = this.#last?.data.material.size;
    const plain = now.find(({ name }) => name === PLAIN)?.gigabytesPerSecond.median;
    const fastest = Math.max(...now.map((cell) => cell.gigabytesPerSecond.median));
    const old = new Map(this.#old?.engines);
    const rows = [];
    for (const cell of now) {
      const { median } = cell.gigabytesPerSecond;
      const [times, isBest] = [plain && median / plain, median === fastest];
      rows.push({ bytes, ...cell, kind: familyOf(cell.name), times, isBest });
      if (!old.has(cell.name)) continue;
      rows.push(oldRow(cell.name, "then", old.get(cell.name)));
      old.delete(cell.name);
    }
    for (const [name, cell] of old) rows.push(oldRow(name, TITLES.get(name) ?? name, cell));
    return rows;
  }

  #threadRows() {
    const { measured: { scaling }, scaledEngine } = this.#last;
    return scaling.filter(({ threads }) => threads > 1).map((point) => ({
      ...point,
      name: `${scaledEngine}, ${point.threads} threads`,
      title: `${TITLES.get(scaledEngine)}, ${point.threads} threads`,
    }));
  }

  #headline() {
    const { measured: { cells }, data: { material } } = this.#last;
    const best = cells.at(-1);
    const plain = cells.find(({ name }) => name === PLAIN);
    const pass = best.nsPerRecord.median * material.facts.records;
    const speed = best.gigabytesPerSecond.median;
    const times = plain === undefined
      ? ""
      : `, ${figure(speed / plain.gigabytesPerSecond.median)} times as fast as split`;
    return `Here, Delimark hands out the ${whole(material.facts.fields)} fields of ` +
      `${size(material.size)} in ${duration(pass)}: ${figure(speed)} GB/s${times}.`;
  }

  #notes() {
    const notes = [];
    if (this.#old !== undefined) notes.push(...this.#oldNotes(this.#old));
    if (this.#last === undefined) return notes;
    const { measured: { rounds, cells }, skipped, timer, data, isDisturbed } = this.#last;
    const { material, fileName, name } = data;
    notes.push(`Medians of ${rounds} rounds, the engines in another order in each. The line on a ` +
      "bar is the median's 95 % interval, the band on it the middle half of the passes. The " +
      "first call, with what the browser still had to compile, counts in neither.");
    const engines = counted(cells.length, "engine");
    const { answer } = material.facts;
    notes.push(`All ${engines} gave the reference's answer in every pass: ${answer}.`);
    notes.push(...gains(cells));
    notes.push("A log is bytes, and a pass begins with them: split and uDSV, which take text, " +
      "make a string of them first, each time; the modules of Delimark read them as they are.");
    for (const { title, reason } of skipped) notes.push(`${title} was not measured: ${reason}.`);
    if (name !== fileName && name.startsWith(fileName)) notes.push(`It is a part: ${name}.`);
    if (isDisturbed) {
      notes.push("Something else was going on in this page meanwhile, such as another log being " +
        "gone through: the speeds may be too low. Measure again.");
    }
    if (timer.granularityNs !== undefined) {
      notes.push(`The clock moves in steps of ${duration(timer.granularityNs)}.`);
      if (stepsOf(cells, material, timer) < STEPS_WANTED) {
        notes.push("Some passes are short for this clock: measure a larger log.");
      }
    }
    return notes;
  }

  /** Says what has to be known of results of another time. */
  #oldNotes({ title, dataset, isSealed, isChanged }) {
    const notes = [`Pale bars are of ${title}.`];
    if (!isSealed) notes.push("It has no seal: nobody can tell whether that file was changed.");
    if (isChanged) notes.push("Its seal is broken: somebody changed that file after it was made.");
    const name = this.#last?.data.name;
    if (name !== undefined && name !== dataset) {
      notes.push(`They went through other data: ${dataset} then, ${name} now.`);
    }
    return notes;
  }

  #keep() {
    const results = resultsOf(this.#last, byId("processor").value.trim());
    const day = results.created.slice(0, 16).replaceAll(":", "");
    const text = `${JSON.stringify(results, undefined, 2)}\n`;
    download(new Blob([text], { type: "application/json" }), `results-${day}.json`);
  }
}

/** Returns the facts of a made log of this many lines. */
export function pinnedLog(lines) {
  return BUILD.logs.find((log) => log.lines === lines);
}

/** Says what SIMD is worth here, where all three were measured. */
function gains(cells) {
  const speeds = new Map(cells.map((cell) => [cell.name, cell.gigabytesPerSecond.median]));
  const [plain, scalar, simd] = [0, 2, 3].map((index) => speeds.get(ENGINES[index].name));
  if ([plain, scalar, simd].includes(undefined)) return [];
  const [overScalar, overPlain] = [simd / scalar, simd / plain].map(figure);
  return [`With SIMD it is ${overScalar} times as fast as without, and ${overPlain} times as fast ` +
    "as split."];
}

/** Counts the steps of the clock in a pass of the fastest engine. */
function stepsOf(cells, { facts: { records } }, { granularityNs }) {
  const shortest = Math.min(...cells.map(({ nsPerRecord: { median } }) => median * records));
  return shortest / (granularityNs ?? shortest);
}

function familyOf(name) {
  if (name.startsWith("delimark/")) return name.includes("@") ? "delimark" : "native";
  return "peer";
}

function oldRow(name, title, cell) {
  return { ...cell, name, title, kind: familyOf(name), isOld: true };
}

/** Says why peers, which are told no escapes, cannot take data with quotes; undefined if they can. */
function quotesRefusal(kind, { quote, escape }, { stray_quotes }) {
  if (quote === undefined || !["js-split", "udsv"].includes(kind)) return undefined;
  if (kind === "js-split") return "fields of the data are quoted, and it knows no quotes";
  if (stray_quotes === 0 && escape !== "backslash") return undefined;
  return "the data have quotes amid fields, which mean something else in CSV";
}
