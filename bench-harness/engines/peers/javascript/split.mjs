// node split.mjs
//
// The rival `peer/js-split@node`: what one writes in JavaScript without a library. Lines and fields
// come from String.split.

import { serveText } from "./text_host.mjs";

serveText((text, { delimiter, stripsCarriageReturn }, visit) => {
  const lines = text.split("\n");
  // Behind the last newline there is no line; where it is missing there is one, with its \r.
  const last = lines.pop();
  for (const line of lines) {
    const end = stripsCarriageReturn && line.endsWith("\r") ? line.slice(0, -1) : line;
    visit(end.split(delimiter));
  }
  if (last !== "") visit(last.split(delimiter));
});
