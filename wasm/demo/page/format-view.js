// The choice of a log's format: guessed, by a delimiter, by name, or pasted from a configuration.

import { BUILD } from "./build.js";
import { wasCancelled } from "./calls.js";
import { say } from "./progress.js";
import { byId, element } from "./text.js";

/** The beginning of the choices that are names. */
const BY_NAME = "preset:";

export class FormatView {
  #caller;
  #onChange;
  /** The number of choices made: of two at about the same time, the later one counts. */
  #choices = 0;

  /** `onChange(found)` is told of what another choice finds in the log. */
  constructor(caller, onChange) {
    this.#caller = caller;
    this.#onChange = onChange;
    const names = BUILD.presets.map((name) => {
      return element("option", { value: `${BY_NAME}${name}` }, name);
    });
    byId("log-format").replaceChildren(
      element("option", { value: "guess" }, "guess"),
      element("option", { value: "delimiter" }, "by delimiter"),
      element("option", { value: "pasted" }, "paste one"),
      element("optgroup", { label: "by name" }, ...names),
    );
    byId("log-format").addEventListener("change", ({ target }) => this.#choose(target.value));
    byId("paste").addEventListener("submit", (event) => {
      event.preventDefault();
      const pasted = byId("pasted").value;
      this.#change("pasted", "format", { source: { pasted } });
    });
    byId("decode").addEventListener("change", ({ target }) => {
      this.#onChange({ isDecoded: target.checked });
    });
  }

  /** Shows the choice that a log is read by. */
  show({ choice, format, isDecoded }) {
    this.#choices += 1;
    say("format-problem");
    byId("log-format").value = choice;
    byId("paste").hidden = choice !== "pasted";
    byId("by-delimiter").hidden = format !== undefined;
    byId("by-format").hidden = format === undefined;
    byId("decode").checked = isDecoded;
    byId("ragged-what").textContent = format === undefined
      ? "A ragged line has another number of fields than the log has columns: somebody's " +
        "delimiter is in it, or it was cut off."
      : "A ragged line is not in the format: it was cut off, or something else wrote it.";
  }

  #choose(choice) {
    this.#choices += 1;
    say("format-problem");
    byId("paste").hidden = choice !== "pasted";
    if (choice === "pasted") byId("pasted").focus();
    else if (choice.startsWith(BY_NAME)) {
      this.#change(choice, "format", { source: { preset: choice.slice(BY_NAME.length) } });
    } else this.#change(choice, "look", { mayNameFormat: choice === "guess" });
  }

  /** Has the worker read the log in another way; what is wrong is said beside the choice. */
  async #change(choice, name, argument) {
    this.#choices += 1;
    const place = this.#choices;
    say("format-problem");
    try {
      const found = await this.#caller.call(name, argument);
      if (place !== this.#choices) return;
      this.#onChange({ choice, ...(name === "format" ? { format: found } : found) });
    } catch (error) {
      if (!wasCancelled(error) && place === this.#choices) say("format-problem", error.message);
    }
  }
}
