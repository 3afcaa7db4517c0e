/**
 * The policy for records with another number of columns than expected, and for those whose line
 * ends inside quotes.
 */
export type RaggedPolicy =
  /** Stop with a {@link DelimarkError} that says which line. */
  | "error"
  /** Leave the record out and list it, see `takeRagged`. */
  | "report"
  /** Take the record as it is, with as many fields as it has. */
  | "keep"
  /** Let the last column take the rest of the line. */
  | "rest";

/** The shape of a line. */
export interface SplitterOptions {
  /** The text between two fields: a character of ASCII, or the byte as a number. Default: `"|"`. */
  delimiter?: string | number;
  /**
   * The text that quotes fields: a character of ASCII, or the byte as a number. A delimiter between
   * two is data, a field that begins and ends with one loses both, and a newline ends a record
   * inside as well. Default: nothing is quoted.
   */
  quote?: string | number;
  /**
   * The way in which a quote is written inside quotes. `"none"`: not at all; `"backslash"`: behind
   * one, which stays in the field. Default: `"none"`.
   */
  quoteEscape?: "none" | "backslash";
  /** The number of columns that a record should have. Default: any number. */
  columns?: number;
  /** The policy for records with another number of columns, or an open quote. Default: `"error"`. */
  ragged?: RaggedPolicy;
  /**
   * The number of left-out records that are kept until `takeRagged` takes them; more are only
   * counted. Default: all of them.
   */
  raggedLimit?: number;
  /** `"auto"`: lines end in `\n` or `\r\n`; `"lf"`: a `\r` is data. Default: `"auto"`. */
  lineEnding?: "auto" | "lf";
  /** The most bytes of a line; a longer one is an error. Default: 16 MiB. */
  lineLimit?: number;
}

/** The format of extracted columns. */
export interface ExtractionOptions {
  /** `"text"`: fields with a delimiter between them; `"jsonl"`: a JSON object a record, `null`
   * where it lacks a column. Default: `"text"`. */
  format?: "text" | "jsonl";
  /** The byte between fields of text. Default: the delimiter of the input. */
  delimiter?: string;
  /** The keys of the objects. Default: the numbers of the columns, from 1. */
  names?: string[];
  /** The policy of JSON for a field that is not UTF-8: `"error"` stops after the records before it,
   * `"replace"` puts U+FFFD in the place of what is wrong. Default: `"error"`. */
  invalidUtf8?: "error" | "replace";
}

/** A record that was left out under the policy `"report"`. */
export interface RaggedLine {
  /** The number of its line, from 1. */
  line: number;
  /** The offset of its first byte in the input. */
  offset: number;
  /** The number of its fields. */
  found: number;
  /** The offset of its last quote, where the line ends inside quotes. */
  quote?: number;
}

/** The counts of an input. */
export interface Counts {
  /** Its lines, an unterminated last one included. */
  records: number;
  /** The fields of all lines together. */
  fields: number;
}

/** The places of the fields in a part of the input: whole lines, about 64 KiB. */
export interface IndexBatch {
  /** The part's offset in the input. */
  offset: number;
  /**
   * The end of each field, counted from `offset`: the places of all newlines and of all delimiters
   * outside of quotes, ascending. An unterminated last line ends after its last byte. Lines that were left out as
   * ragged are in here, too, and so is a `\r` before a newline.
   */
  separators: Uint32Array;
  /** The number of the part's records, without those left out. */
  records: number;
  /** The number of columns of each of its records; undefined where they differ. */
  columns: number | undefined;
}

/** The reason why an input was not read to its end, or why an argument is refused. */
export interface DelimarkError extends Error {
  name: "DelimarkError";
  /** The kind of error. */
  kind: "ragged" | "open-quote" | "line-too-long" | "not-utf8" | "options" | "argument" | "memory";
  /** The number of the line, from 1; only where a line is wrong. */
  line?: number;
  /** The offset of the line's first byte; for `"not-utf8"`, of the byte that is wrong. */
  offset?: number;
  /** The number of the field, from 1; only for `"not-utf8"`. */
  field?: number;
  /** The number of fields in the line; only for `"ragged"`. */
  found?: number;
  /** The number of fields that the line should have; only for `"ragged"`. */
  expected?: number;
  /** The offset of the line's last quote; only for `"open-quote"`. */
  quote?: number;
}
