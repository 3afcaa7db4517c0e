// The code that one writes in JavaScript without a library: lines and fields come from
// String.split. A browser runs it as well as the runner under Node.

/** Calls `visit` with the fields of each record. */
export function splitRecords(text, { delimiter, stripsCarriageReturn }, visit) {
  const lines = text.split("\n");
  // Behind the last newline there is no line; where it is missing there is one, with its \r.
  const last = lines.pop();
  for (const line of lines) {
    const end = stripsCarriageReturn && line.endsWith("\r") ? line.slice(0, -1) : line;
    visit(end.split(delimiter));
  }
  if (last !== "") visit(last.split(delimiter));
}
