// How uDSV goes through a text: quoting is off where nothing is quoted, no line is a header, and rows go to the consumer
// one by one instead of into a list. A browser runs it as well as the runner under Node.

import { lineEnding } from "./line_ending.mjs";

/** Makes the function that calls `visit` with the fields of each record, of the library. */
export function udsvRecords({ inferSchema, initParser }) {
  return (text, { delimiter, quote = "" }, visit) => {
    const options = { col: delimiter, row: lineEnding(text), encl: quote, header: () => [] };
    const parser = initParser(inferSchema(text, options));
    parser.stringArrs(text, visit);
  };
}
