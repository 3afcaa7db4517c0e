// Writes columns of a log, in a worker: slice by slice, so that neither the log nor what comes of it
// has to fit in memory.

import { Splitter } from "./package/index.js";
import { pieces } from "./log-reader.js";

/** How much goes to a file, or into a part of a Blob, at once. */
const WRITE_BYTES = 4 << 20;

/** Where the page's own files are kept while they are being saved. */
const FOLDER = "delimark";

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

/** A file of the browser's own, where it has such files. */
async function ownFile() {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
  return folder.getFileHandle(crypto.randomUUID(), { create: true });
}

/** Removes the files of earlier visits, where the browser has any. */
export async function removeOwnFiles() {
  try {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry(FOLDER, { recursive: true });
  } catch {
    // There are none, or one is being written to.
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
 * Writes columns to a file, or where none is given returns what was written. Tells how far it is.
 */
export async function save({ file, handle, dialect, fields, format }, progress, signal) {
  const splitter = new Splitter(dialect);
  const { sink, result } = await open(handle);
  const output = new Gathered(sink.write);
  const extractor = splitter.extractor(fields, format);
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
  } catch (error) {
    await sink.abort();
    throw error;
  } finally {
    splitter.free();
  }
  const { lines, raggedCount } = extractor;
  extractor.free();
  return { lines, raggedCount, blob: await result() };
}
