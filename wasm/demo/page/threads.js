// Several workers that go through their parts of a log at the same time: they wait for a sign in
// memory that they share, which a page has only where it is cross-origin isolated.

/** Places in the shared memory: which round it is, and how many followers are done in all. */
const ROUND = 0;
const DONE = 1;

/** A worker that never comes back must not keep the others for ever. */
const PATIENCE_MS = 30_000;

/** The memory that they share. */
export const makeGate = () => new Int32Array(new SharedArrayBuffer(8));

function waitWhile(gate, place, value) {
  if (Atomics.wait(gate, place, value, PATIENCE_MS) === "timed-out") {
    throw new Error("a thread did not come back");
  }
}

/** Runs once a round, at the leader's sign; returns what the last run found. */
export function follow(gate, rounds, run) {
  let numbers;
  for (let round = 0; round < rounds; round += 1) {
    while (Atomics.load(gate, ROUND) === round) waitWhile(gate, ROUND, round);
    numbers = run();
    Atomics.add(gate, DONE, 1);
    Atomics.notify(gate, DONE);
  }
  return numbers;
}

/** Gives the sign, runs too, and waits for all; returns how long each round took. */
export function lead(gate, followers, rounds, run, nanosecondsSince) {
  const samples = [];
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    Atomics.store(gate, ROUND, round + 1);
    Atomics.notify(gate, ROUND);
    run();
    const expected = followers * (round + 1);
    for (let done; (done = Atomics.load(gate, DONE)) < expected; ) waitWhile(gate, DONE, done);
    samples.push(nanosecondsSince(begin));
  }
  return samples;
}
