// Log formats in the worker: the module that knows them, which is fetched when it is first needed,
// and lines taken apart by it.

const HASH = 0x23;
const NEWLINE = 10;

const decoder = new TextDecoder();

let backend;
let loading;

/** Says which of the modules this browser can run. */
export function choose(name) {
  backend = name;
}

async function load() {
  const address = new URL(`formats/${backend}.wasm`, import.meta.url);
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`the server says ${response.status}`);
    const bytes = await response.arrayBuffer();
    const module = await import("./formats/delimark_demo_formats.js");
    await module.default({ module_or_path: bytes });
    return module;
  } catch (error) {
    loading = undefined;
    throw new Error(`the page's part for log formats cannot be loaded (${error.message}); ` +
      "the network has to be there the first time");
  }
}

/** Returns the module; it is fetched once. */
function loaded() {
  loading ??= load();
  return loading;
}

/**
 * Makes a format; its source is a preset's name, or what was pasted. `firstBytes` are those of the
 * log, since in some formats its first lines name the columns.
 */
export async function formatOf({ preset, pasted }, firstBytes) {
  const { Format } = await loaded();
  return preset === undefined
    ? Format.pasted(pasted, firstBytes)
    : Format.preset(preset, firstBytes);
}

/** Returns what the page has to know of a format. */
export async function describe(source, firstBytes) {
  const format = await formatOf(source, firstBytes);
  const columns = format.columns();
  format.free();
  const about = source.preset && (await loaded()).description(source.preset);
  return { source, columns, why: about ? `as you say: ${about}` : "as pasted" };
}

/** Guesses the format of a log by its first lines; undefined where they are in none. */
export async function guessFormat(firstBytes) {
  const guessed = (await loaded()).guess(firstBytes);
  if (guessed === undefined) return undefined;
  const { name, reason } = guessed;
  guessed.free();
  const format = await describe({ preset: name }, firstBytes);
  return { ...format, why: `guessed: ${reason}` };
}

/** The way to take lines apart by a format. */
export class ByFormat {
  #format;
  #names;
  #rows;

  /** Takes over a format, which is freed with this. */
  constructor(format, isDecoded) {
    this.#format = format;
    this.#names = format.columns();
    // What the table shows is what would be saved.
    this.#rows = format.extractor("1-", true, isDecoded, 1);
  }

  /** Makes what goes through a log, and keeps so many of its ragged lines at a time. */
  surveyor(raggedLimit) {
    // Of one column: only what it finds on the way is wanted.
    return this.#format.extractor("1", false, false, raggedLimit);
  }

  part(bytes, place) {
    const { hasDirectives } = this.#format;
    return new FormatPart(bytes, place, this.#names, this.#rows, hasDirectives);
  }

  free() {
    this.#rows.free();
    this.#format.free();
  }
}

/** Some lines in a row, each taken apart when it is asked for. */
class FormatPart {
  #bytes;
  #names;
  #extractor;
  /** The beginning of each line, and the end of the last. */
  #starts = [0];
  /** Lines that say what the others are: the index of each, -1 for one before these, and bytes. */
  #directives;

  constructor(bytes, { line, start, end, directive }, names, extractor, hasDirectives) {
    this.#bytes = bytes;
    this.#names = names;
    this.#extractor = extractor;
    this.line = line;
    this.start = start;
    this.end = end;
    for (let at = 0; at < bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, at);
      at = newline < 0 ? bytes.length : newline + 1;
      this.#starts.push(at);
    }
    this.rows = this.#starts.length - 1;
    if (!hasDirectives) return;
    this.#directives = directive === undefined ? [] : [[-1, directive]];
    for (let index = 0; index < this.rows; index += 1) {
      if (bytes[this.#starts[index]] === HASH) this.#directives.push([index, this.#line(index)]);
    }
  }

  get memoryBytes() {
    return this.#bytes.length + this.#starts.length * 8;
  }

  row(index, cellsMost, lettersMost) {
    const bytes = this.#line(index);
    const place = { line: this.line + index + 1, offset: this.start + this.#starts[index] };
    // No character has more than four bytes.
    const start = bytes.subarray(0, (lettersMost + 1) * 4);
    const raw = () => cut(decoder.decode(start).trimEnd(), lettersMost);
    if (this.#directives !== undefined && bytes[0] === HASH) return { ...place, raw: raw() };
    this.#direct(index);
    this.#extractor.restart(place.offset, place.line - 1);
    const json = decoder.decode(this.#extractor.push(bytes)) +
      decoder.decode(this.#extractor.finish());
    const [ragged] = this.#extractor.takeRagged();
    if (ragged) return { ...place, raw: raw(), isRagged: true, reason: ragged.reason };
    const values = JSON.parse(json);
    const names = this.#names.slice(0, cellsMost);
    return { ...place, cells: names.map((name) => cut(values[name] ?? "", lettersMost)) };
  }

  #line(index) {
    return this.#bytes.subarray(this.#starts[index], this.#starts[index + 1]);
  }

  /** Tells the extractor of the lines that say what this one is. */
  #direct(index) {
    for (const [at, line] of this.#directives ?? []) {
      if (at > index) break;
      this.#extractor.restart(0, 0);
      this.#extractor.push(line);
      this.#extractor.finish();
    }
  }
}

/** Cuts a text, but not in the middle of a character. */
function cut(text, lettersMost) {
  if (text.length <= lettersMost) return text;
  const isPair = /[\ud800-\udbff]/.test(text[lettersMost - 1]);
  return `${text.slice(0, lettersMost - (isPair ? 1 : 0))}…`;
}
