// The guess at a file by its first lines: its delimiter, its columns and their names, or why
// it is no log.

import { whole } from "./text.js";

const CANDIDATES = [
  ["|", "|"], ["\t", "tab"], [",", ","], [";", ";"], [" ", "space"], ["\x01", "^A"], ["\x1f", "US"],
];

/** The bytes of a file that are looked at. */
export const LOOKED_AT_BYTES = 64 << 10;

/** More make no table; a line of nothing but delimiters has millions. */
export const MOST_COLUMNS = 2000;

/** A delimiter that gives more columns may give them to so many fewer of the lines. */
const SHARE_LESS = 0.1;

/** nginx's names of the fields of `nginx12`. */
const NGINX12 = [
  "remote_addr", "time_iso8601", "request_method", "request_uri", "server_protocol", "status",
  "body_bytes_sent", "http_referer", "http_user_agent", "request_time", "upstream_addr",
  "upstream_response_time",
];

/** First bytes of what has to be unpacked, with the command that does it. */
const PACKED = [
  ["gzip", "gzip -d", [0x1f, 0x8b]],
  ["zstd", "zstd -d", [0x28, 0xb5, 0x2f, 0xfd]],
  ["xz", "xz -d", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["bzip2", "bzip2 -d", [0x42, 0x5a, 0x68]],
  ["zip", "unzip", [0x50, 0x4b, 0x03, 0x04]],
];

/** Delimiters that no format with a name has. */
const NAMELESS = ["|", "\x01", "\x1f"];

/** Formats with names have so many words in a line, or tell of their columns in the first. */
const WORDS_LEAST = 6;

const latin1 = new TextDecoder("latin1");

/** A byte as the character that the decoder makes of it: some are not of the same number. */
export const characterOf = (byte) => latin1.decode(Uint8Array.of(byte));

const startsWith = (bytes, first) => first.every((byte, index) => bytes[index] === byte);

/** Says why these are the first bytes of no log; undefined if they may be. */
export function refusal(bytes, name) {
  if (bytes.length === 0) return `${name} is empty: there is nothing to take apart.`;
  const packed = PACKED.find(([, , first]) => startsWith(bytes, first));
  if (packed) return `${name} is packed with ${packed[0]}. Unpack it first: ${packed[1]} ${name}`;
  if (startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff])) {
    return `${name} is UTF-16. Fields are found byte by byte: save it as UTF-8 first.`;
  }
  return undefined;
}

/** Says what is odd about the first bytes of a log; undefined if nothing is. */
export function oddity(bytes) {
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    return `This does not look like text: there is a NUL at byte ${nul}. Bytes are bytes, so it ` +
      "is split all the same.";
  }
  if (bytes.length === LOOKED_AT_BYTES && !bytes.includes(10)) {
    return `No line ends within the first ${LOOKED_AT_BYTES >> 10} KiB. Is this a log?`;
  }
  return undefined;
}

/** The lines of the first bytes of a file, without one that is cut off. */
function linesOf(bytes) {
  const lines = latin1.decode(bytes).split(/\r?\n/);
  const last = lines.pop();
  const isWhole = bytes.length < LOOKED_AT_BYTES && last !== "";
  return isWhole || lines.length === 0 ? [...lines, last] : lines;
}

/** Returns the columns that most lines have with a delimiter, and the share of those lines. */
function consistency(lines, delimiter) {
  const counts = new Map();
  for (const line of lines) {
    const columns = line.split(delimiter).length;
    counts.set(columns, (counts.get(columns) ?? 0) + 1);
  }
  const [columns, most] = [...counts].reduce((best, other) => (other[1] > best[1] ? other : best));
  return { columns, share: most / lines.length };
}

/** The columns that are taken, and what to say where there are more. */
function cutColumns(columns) {
  if (columns <= MOST_COLUMNS) return { columns, cut: "" };
  const most = whole(MOST_COLUMNS);
  const cut = `; this page takes ${most} of ${whole(columns)} columns, so these lines are ragged`;
  return { columns: MOST_COLUMNS, cut };
}

/** Counts the columns of the first lines with this delimiter; tells what was cut. */
export function columnsOf(bytes, delimiter) {
  return cutColumns(consistency(linesOf(bytes), characterOf(delimiter)).columns);
}

/**
 * Tells whether lines may be in a format that has a name: which, a module finds out that is fetched
 * for it.
 */
export function mayHaveName(bytes, { delimiter, share }) {
  const lines = linesOf(bytes);
  if (lines[0].startsWith("#")) return true;
  const isNameless = NAMELESS.includes(String.fromCharCode(delimiter)) && share > 1 - SHARE_LESS;
  const wordy = lines.filter((line) => line.split(/ +/, WORDS_LEAST).length === WORDS_LEAST);
  return !isNameless && wordy.length * 2 >= lines.length;
}

/**
 * Guesses the delimiter: the one that most lines have the same number of, at least one; of several
 * that are about as good the one with the most columns. Returns its byte, the columns, the share of
 * lines that have them, and in words why.
 */
export function guess(bytes) {
  const lines = linesOf(bytes);
  const found = CANDIDATES.map(([delimiter, name]) => {
    return { delimiter, name, ...consistency(lines, delimiter) };
  }).filter(({ columns }) => columns > 1);
  if (found.length === 0) {
    const why = "none was found, so this is a default";
    return { delimiter: "|".charCodeAt(0), columns: 1, share: 0, why };
  }
  const least = Math.max(...found.map(({ share }) => share)) - SHARE_LESS;
  const good = found.filter(({ share }) => share >= least);
  good.sort((a, b) => b.columns - a.columns || b.share - a.share);
  const [best] = good;
  const others = found.filter((one) => one !== best);
  const next = others.sort((a, b) => b.share - a.share || b.columns - a.columns)[0];
  const percent = (share) => `${Math.floor(share * 100)} %`;
  const other = () => `${percent(next.share)} of them ${whole(next.columns)}`;
  const rest = next ? `; “${next.name}” gives ${other()}` : "";
  const { columns, cut } = cutColumns(best.columns);
  const isQuoted = best.delimiter === "," && lines.some((line) => line.includes('"'));
  const quotes = isQuoted ? "; quotes mean nothing here: a comma within them splits, too" : "";
  const first = lines.length === 1 ? "line" : `${lines.length} lines`;
  const why = `guessed: it gives ${percent(best.share)} of the first ${first} ` +
    `${whole(best.columns)} columns${rest}${cut}${quotes}`;
  return { delimiter: best.delimiter.charCodeAt(0), columns, share: best.share, why };
}

/** The names of the columns, where the first line tells what they are; else undefined. */
export function namesOf(bytes, delimiter, columns) {
  if (columns !== NGINX12.length) return undefined;
  const fields = linesOf(bytes)[0].split(characterOf(delimiter));
  const isNginx = /^\d{4}-\d\d-\d\dT/.test(fields[1]) && /^\d{3}$/.test(fields[5]);
  return isNginx ? NGINX12 : undefined;
}

/** A delimiter as people write it. */
export function delimiterName(byte) {
  const known = CANDIDATES.find(([delimiter]) => delimiter.charCodeAt(0) === byte);
  if (known) return known[1];
  const isPrintable = byte > 0x20 && byte < 0x7f;
  return isPrintable ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
}

/** The byte that somebody means; undefined where it is none, or ends lines. */
export function delimiterOf(text) {
  const hex = /^\\x([0-9a-f]{2})$/i.exec(text)?.[1];
  const byte = hex ? parseInt(hex, 16) : text === "\\t" ? 9 : text.charCodeAt(0);
  const isOne = hex !== undefined || text === "\\t" || (text.length === 1 && byte < 128);
  return isOne && byte !== 10 && byte !== 13 ? byte : undefined;
}

export const DELIMITERS = CANDIDATES.map(([delimiter, name]) => [delimiter.charCodeAt(0), name]);
