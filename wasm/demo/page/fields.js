// The list of fields, as `delimark extract --fields` takes it, and the command that does the same.

/** Reads a list such as 1,6,4-2 into indices from 0; throws what is wrong with it. */
export function parseFields(text, columns) {
  const indices = text.split(",").map((part) => part.trim()).flatMap((part) => {
    const range = /^(\d*)(-?)(\d*)$/.exec(part);
    if (range === null || part === "" || part === "-") {
      throw new Error(`“${part}” is neither a field number nor a range such as 2-4, 7- or -3`);
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

/** Tells whether a shell takes a word as it is. */
const isPlain = (word) => /^[\w.,/@%+=:-]+$/.test(word);

const quoted = (word) => (isPlain(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

function byteWord(byte) {
  if (byte === 9) return "'\\t'";
  const isPrintable = byte > 0x20 && byte < 0x7f;
  const hex = `\\x${byte.toString(16).padStart(2, "0")}`;
  return quoted(isPrintable ? String.fromCharCode(byte) : hex);
}

/** The command line that writes the same bytes. */
export function commandOf({ fields, delimiter, columns, ragged, format, names, file }) {
  const words = ["delimark extract", `--fields ${writeFields(fields)}`];
  if (delimiter !== "|".charCodeAt(0)) words.push(`--delimiter ${byteWord(delimiter)}`);
  words.push(`--columns ${columns}`);
  if (ragged !== "report") words.push(`--ragged ${ragged}`);
  if (format === "tsv") words.push("--output-delimiter '\\t'");
  else {
    words.push("--format jsonl");
    if (names !== undefined) words.push(`--names ${quoted(names.join(","))}`);
    words.push("--invalid-utf8 replace");
  }
  // What begins with a dash would be an option.
  words.push(quoted(file.startsWith("-") ? `./${file}` : file));
  return words.join(" ");
}
