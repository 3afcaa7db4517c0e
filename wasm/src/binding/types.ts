/** What happens to records with another number of columns than expected. */
export type RaggedPolicy =
  /** Stop with a {@link DelimarkError} that says which line. */
  | "error"
  /** Leave the record out and list it, see `takeRagged`. */
  | "report"
  /** Take the record as it is, with as many fields as it has. */
  | "keep"
  /** Let the last column take the rest of the line. */
  | "rest";

/** What a line is. */
export interface SplitterOptions {
  /** What is between two fields: a character of ASCII, or the byte as a number. Default: `"|"`. */
  delimiter?: string | number;
  /** How many columns a record should have. Default: any number. */
  columns?: number;
  /** What happens to records with another number of columns. Default: `"error"`. */
  ragged?: RaggedPolicy;
  /**
   * How many records that were left out are kept until `takeRagged` takes them; more are only
   * counted. Default: all of them.
   */
  raggedLimit?: number;
  /** `"auto"`: lines end in `\n` or `\r\n`; `"lf"`: a `\r` is data. Default: `"auto"`. */
  lineEnding?: "auto" | "lf";
  /** The most bytes of a line; a longer one is an error. Default: 16 MiB. */
  lineLimit?: number;
}

/** What extracted columns look like. */
export interface ExtractionOptions {
  /** `"text"`: fields with a delimiter between them; `"jsonl"`: a JSON object a record, `null`
   * where it lacks a column. Default: `"text"`. */
  format?: "text" | "jsonl";
  /** What goes between fields of text. Default: the delimiter of the input. */
  delimiter?: string;
  /** The keys of the objects. Default: the numbers of the columns, from 1. */
  names?: string[];
  /** What JSON does about a field that is not UTF-8: `"error"` stops after the records before it,
   * `"replace"` puts U+FFFD in the place of what is wrong. Default: `"error"`. */
  invalidUtf8?: "error" | "replace";
}

/** A record that was left out under the policy `"report"`. */
export interface RaggedLine {
  /** The number of its line, from 1. */
  line: number;
  /** The offset of its first byte in the input. */
  offset: number;
  /** How many fields it has. */
  found: number;
}

/** How much an input holds. */
export interface Counts {
  /** Its lines, an unterminated last one included. */
  records: number;
  /** The fields of all lines together. */
  fields: number;
}

/** Where the fields are in a part of the input: whole lines, about 64 KiB. */
export interface IndexBatch {
  /** Where the part begins in the input. */
  offset: number;
  /**
   * Where each field ends, counted from `offset`: the places of all delimiters and newlines,
   * ascending. An unterminated last line ends after its last byte. Lines that were left out as
   * ragged are in here, too, and so is a `\r` before a newline.
   */
  separators: Uint32Array;
  /** How many records the part holds, without those left out. */
  records: number;
  /** How many columns each of its records has; undefined where they differ. */
  columns: number | undefined;
}

/** Why an input was not gone through to its end, or what was passed is not taken. */
export interface DelimarkError extends Error {
  name: "DelimarkError";
  /** What is wrong. */
  kind: "ragged" | "line-too-long" | "not-utf8" | "options" | "argument" | "memory";
  /** The number of the line, from 1; only where a line is wrong. */
  line?: number;
  /** The offset of the line's first byte; for `"not-utf8"`, of the byte that is wrong. */
  offset?: number;
  /** The number of the field, from 1; only for `"not-utf8"`. */
  field?: number;
  /** How many fields the line has; only for `"ragged"`. */
  found?: number;
  /** How many fields the line should have; only for `"ragged"`. */
  expected?: number;
}
