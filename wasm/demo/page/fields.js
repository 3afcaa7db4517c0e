// The list of fields, as `delimark extract --fields` takes it, and the command that does the same.

/**
 * Reads a list such as status,6,2-4 into indices from 0; throws what is wrong with it. A name comes
 * before a number.
 */
export function parseFields(text, columns, names = []) {
  const indices = text.split(",").map((part) => part.trim()).flatMap((part) => {
    if (names.includes(part)) return [names.indexOf(part)];
    const range = /^(\d*)(-?)(\d*)$/.exec(part);
    if (range === null || part === "" || part === "-") {
      const what = names.length === 0 ? "neither" : "neither the name of a column nor";
      throw new Error(`“${part}” is ${what} a field number nor a range such as 2-4, 7- or -3`);
    }
    const [, first, dash, last] = range;
    const from = first === "" ? 1 : Number(first);
    const to = dash === "" ? from : last === "" ? columns : Number(last);
    if (from < 1 || to < 1) throw new Error("fields are numbered from 1");
    if (Math.max(from, to) > columns) {
      throw new Error(`field ${Math.max(from, to)} never exists: there are ${columns} columns`);
    }
    if (to < from) throw new Error(`the range ${part} ends before it starts`);
    return Array.from({ length: to - from + 1 }, (_, index) => from - 1 + index);
  });
  const seen = new Set();
  const twice = indices.find((index) => seen.size === seen.add(index).size);
  if (twice !== undefined) throw new Error(`field ${twice + 1} is in it twice`);
  return indices;
}

/** Writes indices as such a list, neighbours as ranges. */
export function writeFields(indices) {
  const ranges = [];
  for (const index of indices) {
    const open = ranges.at(-1);
    if (open !== undefined && open[1] === index - 1) open[1] = index;
    else ranges.push([index, index]);
  }
  const number = ([first, last]) => (first === last ? `${first + 1}` : `${first + 1}-${last + 1}`);
  return ranges.map(number).join(",");
}

/** Writes indices as the names of columns. */
export const writeNames = (indices, names) => indices.map((index) => names[index]).join(",");

/** Tells whether a shell takes a word as it is. */
const isPlain = (word) => /^[\w.,/@%+=:-]+$/.test(word);

const quoted = (word) => (isPlain(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

function byteWord(byte) {
  if (byte === 9) return "'\\t'";
  const isPrintable = byte > 0x20 && byte < 0x7f;
  const hex = `\\x${byte.toString(16).padStart(2, "0")}`;
  return quoted(isPrintable ? String.fromCharCode(byte) : hex);
}

/** The file as a word: what begins with a dash would be an option. */
const fileWord = (file) => quoted(file.startsWith("-") ? `./${file}` : file);

/** The format of the output as words. */
function outputWords(output, names) {
  if (output === "tsv") return ["--output-delimiter '\\t'"];
  const keys = names === undefined ? [] : [`--names ${quoted(names.join(","))}`];
  return ["--format jsonl", ...keys, "--invalid-utf8 replace"];
}

/** The command line that writes the same bytes by a format. */
export function commandByFormat({ source, names, fields, isDecoded, output, file }) {
  const format = source.preset === undefined
    ? `--log-format ${quoted(source.pasted)}`
    : `--preset ${source.preset}`;
  const words = ["delimark extract", format];
  const areAll = fields.length === names.length && fields.every((field, index) => field === index);
  if (!areAll) words.push(`--fields ${quoted(writeNames(fields, names))}`);
  if (isDecoded) words.push("--decode");
  return [...words, ...outputWords(output), fileWord(file)].join(" ");
}

/** The command line that writes the same bytes by a delimiter. */
export function commandOf({ fields, delimiter, columns, ragged, output, names, file }) {
  const words = ["delimark extract", `--fields ${writeFields(fields)}`];
  if (delimiter !== "|".charCodeAt(0)) words.push(`--delimiter ${byteWord(delimiter)}`);
  words.push(`--columns ${columns}`);
  if (ragged !== "report") words.push(`--ragged ${ragged}`);
  const keys = names && fields.map((field) => names[field]);
  return [...words, ...outputWords(output, keys), fileWord(file)].join(" ");
}
