// The log on the page: opening it, what was guessed of it, going through it, its ragged lines.

import { wasCancelled } from "./calls.js";
import { FormatView } from "./format-view.js";
import { DELIMITERS, MOST_COLUMNS, delimiterName, delimiterOf } from "./guess.js";
import { Progress, say } from "./progress.js";
import { SaveView } from "./save-view.js";
import { LogTable } from "./table.js";
import { byId, counted, element, size, whole } from "./text.js";

/** The lines that are looked at for the columns' widths. */
const SAMPLE_ROWS = 60;

/** The most ragged lines in the list. */
const RAGGED_SHOWN = 200;

/** The choice that names a delimiter that is not in the list. */
const OTHER = "other";

export class LogView {
  #caller;
  #log;
  #progress = new Progress("log");
  #table;
  #save;
  #formats;
  #onOpen;

  /** `onOpen(log)` is told of a log when it is opened or read in another way. */
  constructor(caller, onOpen) {
    this.#caller = caller;
    this.#onOpen = onOpen;
    const fetch = (first, count, cellsMost, lettersMost) => {
      return caller.call("rows", { first, count, cellsMost, lettersMost });
    };
    const onToggle = (column, isChosen) => this.#save.toggle(column, isChosen);
    const onFailure = (error) => this.#tellOfFailure(this.#log.file, error);
    this.#table = new LogTable(byId("table"), { fetch, onToggle, onFailure });
    this.#save = new SaveView(caller, this.#table);
    this.#formats = new FormatView(caller, (found) => this.#show({ ...this.#log, ...found }));
    byId("delimiter").addEventListener("change", ({ target }) => {
      byId("other").hidden = target.value !== OTHER;
      if (target.value !== OTHER) this.#reread({ delimiter: Number(target.value) });
      else byId("other").focus();
    });
    byId("other").addEventListener("change", ({ target }) => {
      const delimiter = delimiterOf(target.value);
      target.setAttribute("aria-invalid", delimiter === undefined);
      if (delimiter !== undefined) this.#reread({ delimiter });
      else say("problem", "A delimiter is one byte: a character such as ~, or \\x1f.");
    });
    byId("columns").addEventListener("change", ({ target }) => {
      const columns = Math.round(Number(target.value));
      if (columns >= 1 && columns <= MOST_COLUMNS) this.#reread({ columns });
      else target.value = this.#log.columns;
    });
    byId("ragged").addEventListener("click", ({ target }) => {
      if (target.dataset.line === undefined) return;
      this.#table.goTo(Number(target.dataset.line));
      byId("table").focus();
    });
  }

  /** Opens a file; `origin` says where it comes from if it is not the reader's own. */
  async open(file, origin) {
    say("problem");
    try {
      const found = await this.#caller.call("open", { file });
      say("problem", found.refused ?? found.oddity);
      if (found.refused !== undefined) return;
      await this.#show({ file, origin, choice: "guess", isDecoded: false, ...found });
    } catch (error) {
      this.#tellOfFailure(file, error);
    }
  }

  #tellOfFailure(file, error) {
    if (wasCancelled(error)) return;
    // Browsers tell a folder from a file only by this.
    const isGone = /^Not(Found|Readable)Error$/.test(error.name);
    const why = isGone ? "it is a folder, or has gone, or must not be read" : error.message;
    say("problem", `${file.name} cannot be read: ${why}.`);
  }

  /** Makes a log, opens it, and says whether it is the one that is pinned. */
  async generate({ name, lines, bytes: pinnedBytes, sha256 }) {
    const made = await this.#progress.during((tell, signal) => {
      const onProgress = ({ bytes }) => tell(bytes / pinnedBytes, `Making ${size(bytes)}`);
      return this.#caller.call("generate", { lines }, { onProgress, signal });
    });
    if (made === undefined) return;
    const origin = made.sha256 === sha256
      ? `made here; its SHA-256, ${sha256.slice(0, 12)}…, is the one that is pinned for ${name}`
      : `made here, but its SHA-256 is ${made.sha256}, not the pinned one`;
    await this.open(made.file, origin);
  }

  /** Reads the same log in another way. */
  async #reread({ delimiter = this.#log.delimiter, columns }) {
    say("problem");
    try {
      const found = await this.#caller.call("columns", { delimiter, columns });
      await this.#show({ ...this.#log, choice: "delimiter", delimiter, ...found });
    } catch (error) {
      this.#tellOfFailure(this.#log.file, error);
    }
  }

  async #show(log) {
    this.#progress.cancel();
    this.#log = log;
    this.#table.clear();
    this.#save.wait();
    byId("opened").hidden = false;
    byId("ragged").hidden = true;
    delete byId("ragged").querySelector("ol").dataset.shown;
    // It is read aloud, so it is written once: when all is known.
    byId("log-status").textContent = "";
    this.#formats.show(log);
    this.#showDialect();
    const names = log.format?.columns ?? log.names ??
      Array.from({ length: log.columns }, (_, index) => String(index + 1));
    let shown;
    let found = { lines: 0, bytes: 0 };
    const take = async (latest) => {
      found = latest;
      shown ??= this.#showTable(log, names, latest.lines);
      await shown;
      if (this.#log === log) this.#take(latest);
    };
    this.#onOpen(log);
    try {
      const all = await this.#progress.during((tell, signal) => {
        return this.#survey(log, take, tell, signal);
      });
      if (this.#log !== log) return;
      if (all !== undefined) await this.#end(log, all, take);
      else this.#tell(log, found, " Cancelled: the rest is not counted.");
    } catch (error) {
      if (this.#log === log) this.#tellOfFailure(log.file, error);
    }
  }

  #survey(log, take, tell, signal) {
    const { delimiter, columns, format, isDecoded, file } = log;
    const begun = performance.now();
    const onProgress = (found) => {
      const lines = counted(found.lines, "line");
      tell(found.bytes / file.size, `${lines}, ${size(found.bytes)} of ${size(file.size)}`);
      take(found).catch((error) => {
        if (this.#log === log) this.#tellOfFailure(file, error);
      });
    };
    const task = { delimiter, columns, source: format?.source, isDecoded };
    return this.#caller.call("survey", task, { onProgress, signal }).then((all) => {
      return { ...all, seconds: (performance.now() - begun) / 1000 };
    });
  }

  async #end(log, all, take) {
    await take(all);
    if (this.#log !== log) return;
    const { stopped, lines, seconds } = all;
    const speed = stopped === undefined ? `, gone through in ${seconds.toFixed(2)} s` : "";
    this.#tell(log, all, "", speed);
    if (stopped === undefined) return;
    const shown = lines === 0 ? "There is nothing before it." : `Shown is what is before it.`;
    if (stopped.kind === "format") {
      say("problem", `${stopped.message}. ${shown}`);
      return;
    }
    say("problem", `Line ${whole(stopped.line)} begins at byte ${whole(stopped.offset)} and is ` +
      `longer than 16 MiB, which no line of a log is. ${shown}`);
  }

  async #showTable(log, names, lines) {
    const count = Math.min(SAMPLE_ROWS, lines);
    const task = { first: 0, count, cellsMost: 100, lettersMost: 40 };
    const sample = count > 0 ? await this.#caller.call("rows", task) : [];
    if (this.#log !== log) return;
    this.#table.show(names, sample);
    this.#save.show(log);
  }

  #showDialect() {
    const { delimiter, columns, format } = this.#log;
    const known = DELIMITERS.some(([byte]) => byte === delimiter);
    const all = known ? DELIMITERS : [...DELIMITERS, [delimiter, delimiterName(delimiter)]];
    byId("delimiter").replaceChildren(...all.map(([byte, name]) => {
      return element("option", { value: byte }, name);
    }), element("option", { value: OTHER }, "other…"));
    byId("other").hidden = true;
    byId("other").value = "";
    byId("delimiter").value = delimiter;
    byId("columns").value = columns;
    byId("why").textContent = format?.why ?? this.#log.why;
  }

  /** Says what was found in the end. */
  #tell({ file, origin }, { lines, bytes }, rest, speed = "") {
    const all = bytes < file.size ? ` of ${size(file.size)}` : "";
    const parts = [`${file.name}: ${counted(lines, "line")}, ${size(bytes)}${all}${speed}`];
    if (origin !== undefined) parts.push(origin);
    byId("log-status").textContent = `${parts.join("; ")}.${rest}`;
  }

  /** Shows how much was found by now. */
  #take({ lines, raggedCount, ragged }) {
    this.#table.setRows(lines);
    this.#showRagged(raggedCount, ragged);
  }

  #showRagged(count, lines) {
    const box = byId("ragged");
    box.hidden = count === 0;
    if (count === 0) return;
    const shown = lines.slice(0, RAGGED_SHOWN);
    const rest = count > shown.length ? `; the first ${shown.length} are listed` : "";
    box.querySelector("summary").textContent = `⚠ ${counted(count, "ragged line")}${rest}`;
    const list = box.querySelector("ol");
    if (list.dataset.shown === `${shown.length} ${shown[0].offset}`) return;
    list.dataset.shown = `${shown.length} ${shown[0].offset}`;
    list.replaceChildren(...shown.map(({ line, offset, found, reason }) => {
      const fields = found === 1 ? "1 field" : `${found} fields`;
      const what = reason === undefined ? `: ${fields}` : ` ${reason}`;
      const text = `line ${whole(line)} at byte ${whole(offset)}${what}`;
      return element("li", {}, element("button", { type: "button", "data-line": line }, text));
    }));
  }
}
