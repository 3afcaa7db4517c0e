// Writes columns of a log, in a worker: slice by slice, so that neither the log nor what comes of
// it has to fit in memory.

import { pieces } from "./log-reader.js";

/** The bytes that go to a file, or into a part of a Blob, at once. */
const WRITE_BYTES = 4 << 20;

/** The beginning of the names of folders that keep the page's own files while they are saved. */
const FOLDERS = "delimark-";

/** Collects what is written into pieces of a useful size. */
class Gathered {
  #pieces = [];
  #bytes = 0;
  #write;

  constructor(write) {
    this.#write = write;
  }

  async add(bytes) {
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= WRITE_BYTES) await this.flush();
  }

  async flush() {
    if (this.#bytes > 0) await this.#write(new Blob(this.#pieces));
    this.#pieces = [];
    this.#bytes = 0;
  }
}

/** Writes to a file that the reader of the page chose, or that the browser keeps for the page. */
async function fileSink(handle) {
  const file = await handle.createWritable();
  return {
    write: (blob) => file.write(blob),
    close: () => file.close(),
    abort: () => file.abort(),
  };
}

/** The folder of this visit, once there is one. */
let folder;

/** Holds a lock of the folder's name for as long as the page is open: others leave it alone. */
async function makeFolder() {
  const name = `${FOLDERS}${crypto.randomUUID()}`;
  const root = await navigator.storage.getDirectory();
  await new Promise((resolve, reject) => {
    const holdForEver = () => {
      resolve();
      return new Promise(() => undefined);
    };
    navigator.locks.request(name, holdForEver).catch(reject);
  });
  return root.getDirectoryHandle(name, { create: true });
}

/** A file of the browser's own, where it has such files. */
async function ownFile() {
  folder ??= makeFolder();
  return (await folder).getFileHandle(crypto.randomUUID(), { create: true });
}

/** Removes the files of visits that are over, where the browser has any. */
export async function removeFilesOfOthers() {
  try {
    const root = await navigator.storage.getDirectory();
    const { held } = await navigator.locks.query();
    const open = new Set(held.map(({ name }) => name));
    for await (const name of root.keys()) {
      if (!name.startsWith(FOLDERS) || open.has(name)) continue;
      await root.removeEntry(name, { recursive: true });
    }
  } catch {
    // This browser has no such files, or no locks.
  }
}

/** Keeps it as a list of pieces; the browser moves large ones out of memory. */
function blobSink() {
  const blobs = [];
  const write = async (blob) => { blobs.push(blob); };
  return { write, close: async () => undefined, abort: async () => undefined, blobs };
}

/** Opens the best of the ways there are to keep what is written. */
async function open(handle) {
  if (handle !== undefined) return { sink: await fileSink(handle), result: async () => undefined };
  try {
    const own = await ownFile();
    return { sink: await fileSink(own), result: () => own.getFile() };
  } catch {
    const sink = blobSink();
    return { sink, result: async () => new Blob(sink.blobs) };
  }
}

/**
 * Writes what an extractor makes of a log to a file, or where none is given returns what was
 * written. Tells how far it is. The extractor is freed.
 */
export async function save({ file, handle, extractor }, progress, signal) {
  const { sink, result } = await open(handle);
  const output = new Gathered(sink.write);
  try {
    let bytes = 0;
    for await (const piece of pieces(file, signal)) {
      await output.add(extractor.push(piece));
      bytes += piece.length;
      progress({ bytes, lines: extractor.lines });
    }
    await output.add(extractor.finish());
    await output.flush();
    await sink.close();
    const { lines, raggedCount } = extractor;
    return { lines, raggedCount, blob: await result() };
  } catch (error) {
    await sink.abort();
    throw error;
  } finally {
    extractor.free();
  }
}
