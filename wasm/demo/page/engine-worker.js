// A worker that holds one engine with the bytes that it goes through: an isolate of its own, so
// that no engine's garbage is collected while another one's time is taken.

import { answer } from "./calls.js";
import { makeEngine } from "./engines.js";
import { follow, lead } from "./threads.js";
import { look } from "./timer.js";

let engine;

/** Goes through the bytes once; the clock runs around nothing else. */
function pass() {
  const begin = performance.now();
  const numbers = engine.run();
  return { nanoseconds: nanosecondsSince(begin), numbers };
}

/** A file of results takes whole nanoseconds, at least one. */
function nanosecondsSince(begin) {
  return Math.max(1, Math.round((performance.now() - begin) * 1e6));
}

answer({
  timer: look,

  async load({ kind, module, bytes, dialect }) {
    engine = await makeEngine(kind, { module, bytes, dialect });
    return { backend: engine.backend, compileNs: engine.compileNs };
  },

  run: pass,

  /** Goes through the bytes again and again, each time at the leader's sign. */
  follow({ gate, rounds }) {
    return follow(gate, rounds, () => engine.run());
  },

  /** Gives the sign, and takes the time until the last of all is done. */
  lead({ gate, followers, rounds }) {
    const numbers = { last: undefined };
    const run = () => { numbers.last = engine.run(); };
    const samples = lead(gate, followers, rounds, run, nanosecondsSince);
    return { samples, numbers: numbers.last };
  },

  forget() {
    engine = undefined;
  },
});
