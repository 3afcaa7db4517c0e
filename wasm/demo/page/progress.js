// Work that takes a while: its bar, its words, its Cancel, and what is said where it fails. One at
// a time in each place: what begins ends what was going on.

import { wasCancelled } from "./calls.js";
import { byId } from "./text.js";

export class Progress {
  /** The amount of work that has begun in all places. */
  static begun = 0;
  /** The work that is going on, by its place. */
  static #going = new Map();

  #parts;
  #controller;

  /** `name` is the first half of the ids: `log-progress`, `log-doing`, `log-cancel`. */
  constructor(name) {
    const box = byId(`${name}-progress`);
    this.#parts = { box, bar: box.querySelector("progress"), words: byId(`${name}-doing`) };
    byId(`${name}-cancel`).addEventListener("click", () => this.cancel());
  }

  cancel() {
    this.#controller?.abort();
  }

  /**
   * Does something: `work(tell, signal)`, where `tell(share, words)` moves the bar. Returns what it
   * returns, or undefined where it was cancelled.
   */
  async during(work) {
    this.cancel();
    const controller = new AbortController();
    this.#controller = controller;
    const isCurrent = () => this.#controller === controller;
    const tell = (share, words) => {
      if (!isCurrent()) return;
      this.#parts.bar.value = share;
      this.#parts.words.textContent = words;
    };
    tell(0, "");
    this.#parts.box.hidden = false;
    const going = work(tell, controller.signal);
    Progress.begun += 1;
    Progress.#going.set(this, going);
    try {
      return await going;
    } catch (error) {
      if (wasCancelled(error)) return undefined;
      throw error;
    } finally {
      if (isCurrent()) {
        this.#parts.box.hidden = true;
        this.#controller = undefined;
        Progress.#going.delete(this);
      }
    }
  }

  /** From within work: waits until nothing goes on in other places. */
  async alone(tell, signal) {
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    for (;;) {
      signal.throwIfAborted();
      const others = [...Progress.#going].filter(([place]) => place !== this);
      if (others.length === 0) return;
      tell(0, "Waiting until the log has been gone through");
      await Promise.race([aborted, Promise.allSettled(others.map(([, going]) => going))]);
    }
  }
}

/** Says what is wrong, in the place for it; nothing takes it away. */
export function say(id, problem) {
  const place = byId(id);
  place.textContent = problem ?? "";
  place.hidden = problem === undefined;
}
