// Calls between the page and its workers: each has one answer, progress on the way to it, and an
// end where it is not wanted any more.

/** The page's side of a worker. */
export class Caller {
  #worker;
  #next = 0;
  #open = new Map();
  #failure;

  constructor(address) {
    this.#worker = new Worker(address, { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#take(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#failAll(new Error(event.message || "a part of the page cannot be loaded"));
    };
  }

  /** Has the worker do something. What is transferred is gone from here. */
  call(name, argument, { transfer = [], onProgress, signal } = {}) {
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined || signal?.aborted) {
        reject(this.#failure ?? signal.reason);
        return;
      }
      signal?.addEventListener("abort", () => this.#worker.postMessage({ cancel: id }));
      this.#open.set(id, { resolve, reject, onProgress });
      this.#worker.postMessage({ id, name, argument }, transfer);
    });
  }

  #take({ id, progress, error, value }) {
    const call = this.#open.get(id);
    if (call === undefined) return;
    if (progress !== undefined) {
      call.onProgress?.(progress);
      return;
    }
    this.#open.delete(id);
    if (error === undefined) call.resolve(value);
    else call.reject(Object.assign(new Error(error.message), error));
  }

  #failAll(error) {
    // A worker whose scripts are not there answers nobody, later either.
    this.#failure = error;
    for (const { reject } of this.#open.values()) reject(error);
    this.#open.clear();
  }
}

/** The worker's side: `does[name](argument, { progress, signal })` answers a call. */
export function answer(does) {
  const open = new Map();
  self.onmessage = async ({ data: { id, name, argument, cancel } }) => {
    if (cancel !== undefined) {
      open.get(cancel)?.abort();
      return;
    }
    const controller = new AbortController();
    open.set(id, controller);
    const progress = (what) => self.postMessage({ id, progress: what });
    try {
      const value = await does[name](argument, { progress, signal: controller.signal });
      self.postMessage({ id, value }, value?.transfer ?? []);
    } catch (error) {
      self.postMessage({ id, error: facts(error) });
    } finally {
      open.delete(id);
    }
  };
}

/** An error's properties: those beyond its message would not survive the way. */
function facts(error) {
  const { name, message, kind, line, offset } = error;
  return { name, message: message ?? String(error), kind, line, offset };
}

/** Tells the end of what was cancelled from a failure. */
export const wasCancelled = (error) => error.name === "AbortError";

/** Lets what waits have its turn, such as a cancellation; a timer would wait for 4 ms. */
export function turn() {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
