// Taking columns out: which, in what form, and where to.

import { wasCancelled } from "./calls.js";
import { choosePlace, download } from "./download.js";
import { commandByFormat, commandOf, parseFields, writeFields, writeNames } from "./fields.js";
import { Progress, say } from "./progress.js";
import { byId, counted, size, whole } from "./text.js";

const FORMATS = {
  tsv: { ending: "tsv", type: "text/tab-separated-values" },
  jsonl: { ending: "jsonl", type: "application/jsonl" },
};

/** Returns a name for the columns of a log: never as the log itself. */
function nameFor(file, ending) {
  const stem = file.replace(/\.[^.]*$/, "");
  const name = `${stem}.${ending}`;
  return name.toLowerCase() === file.toLowerCase() ? `${stem}.columns.${ending}` : name;
}

export class SaveView {
  #caller;
  #table;
  #log;
  #progress = new Progress("save");
  #isValid = false;
  #isSaving = false;
  /** Whether the log is the one on the page, and not one that is about to give way. */
  #isShown = false;

  constructor(caller, table) {
    this.#caller = caller;
    this.#table = table;
    byId("save").addEventListener("input", () => this.#follow());
    byId("save").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
  }

  /** Saves nothing until the next log is shown. */
  wait() {
    this.#progress.cancel();
    this.#isShown = false;
    this.#allow();
  }

  /** Takes over what a log is; at first all of its columns are taken. */
  show(log) {
    this.#progress.cancel();
    const areSame = this.#hasColumnsOf(log);
    this.#log = log;
    this.#isShown = true;
    byId("save-status").textContent = "";
    // Lines that are not in a format have no columns to keep.
    byId("policy-choice").hidden = log.format !== undefined;
    byId("fields").classList.toggle("wide", log.format !== undefined);
    // What was chosen of them stays, where only the bytes of their values change.
    if (areSame) this.#follow();
    else this.#set(Array.from({ length: this.#count() }, (_, index) => index));
  }

  /** Tells whether this log, read in this way, has the same columns as before. */
  #hasColumnsOf({ file, format }) {
    const before = this.#log;
    return format !== undefined && before?.file === file && before.format === format;
  }

  #allow() {
    byId("save-button").disabled = !this.#isShown || !this.#isValid || this.#isSaving;
  }

  /** The names of the columns, where they have any. */
  #names() {
    return this.#log.format?.columns ?? this.#log.names;
  }

  #count() {
    return this.#log.format?.columns.length ?? this.#log.columns;
  }

  /** A column was chosen, or is not any more: it comes in its place among the others. */
  toggle(column, isChosen) {
    const others = (this.#fields() ?? []).filter((index) => index !== column);
    if (isChosen) {
      const place = others.findIndex((index) => index > column);
      others.splice(place < 0 ? others.length : place, 0, column);
    }
    this.#set(others);
  }

  #set(indices) {
    const { format } = this.#log;
    byId("fields").value = format ? writeNames(indices, format.columns) : writeFields(indices);
    this.#follow();
  }

  /** The fields that are asked for; undefined, and said, where they cannot be. */
  #fields() {
    const text = byId("fields").value.trim();
    try {
      if (text === "") throw new Error("choose a column: there is none in the list of fields");
      const fields = parseFields(text, this.#count(), this.#names());
      say("save-problem");
      return fields;
    } catch (error) {
      say("save-problem", error.message);
      return undefined;
    }
  }

  #follow() {
    const fields = this.#fields();
    this.#isValid = fields !== undefined;
    this.#allow();
    byId("fields").setAttribute("aria-invalid", fields === undefined);
    this.#table.choose(fields ?? []);
    byId("command").textContent = fields === undefined ? "" : this.#command(fields);
  }

  #command(fields) {
    const task = this.#task(fields);
    return task.source === undefined ? commandOf(task) : commandByFormat(task);
  }

  #task(fields) {
    const { delimiter, columns, format, isDecoded, file } = this.#log;
    return {
      fields,
      delimiter,
      columns,
      source: format?.source,
      isDecoded,
      ragged: byId("policy").value,
      output: byId("format").value,
      names: this.#names(),
      file: file.name,
    };
  }

  async #save() {
    const fields = this.#fields();
    if (fields === undefined) return;
    byId("save-status").textContent = "";
    this.#isSaving = true;
    this.#allow();
    try {
      byId("save-status").textContent = await this.#write(this.#task(fields));
    } catch (error) {
      if (!wasCancelled(error)) say("save-problem", `Nothing was saved: ${error.message}`);
    } finally {
      this.#isSaving = false;
      this.#allow();
    }
  }

  /** Saves columns in a place that the reader chooses; returns what to say of it. */
  async #write(task) {
    const log = this.#log;
    const { ending, type } = FORMATS[task.output];
    const name = nameFor(task.file, ending);
    const handle = await choosePlace(name, { [type]: [`.${ending}`] });
    // Meanwhile another log may have been dropped on the page.
    if (log !== this.#log) return "";
    const saved = await this.#progress.during((tell, signal) => {
      return this.#call(task, handle, tell, signal);
    });
    if (saved === undefined) return log === this.#log ? "Cancelled: nothing was saved." : "";
    if (saved.blob !== undefined) download(saved.blob, name);
    return this.#words(saved, name);
  }

  #call(task, handle, tell, signal) {
    const { source, isDecoded, delimiter, columns, ragged, output, names, fields } = task;
    const keys = names && fields.map((field) => names[field]);
    const argument = {
      handle,
      fields: source === undefined ? fields : keys,
      source,
      isDecoded,
      dialect: { delimiter, columns, ragged, raggedLimit: 0 },
      output: output === "tsv"
        ? { format: "text", delimiter: "\t" }
        : { format: output, names: keys, invalidUtf8: "replace" },
    };
    const all = this.#log.file.size;
    const onProgress = ({ bytes, lines }) => {
      tell(bytes / all, `${size(bytes)} of ${size(all)}, ${counted(lines, "line")}`);
    };
    return this.#caller.call("save", argument, { onProgress, signal });
  }

  #words({ lines, raggedCount }, name) {
    const left = raggedCount > 0 ? `, ${whole(raggedCount)} ragged left out` : "";
    return `Saved ${name}: ${counted(lines, "line")} gone through${left}.`;
  }
}
