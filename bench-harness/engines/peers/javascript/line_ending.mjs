// The line ending of a text, for libraries that take only one: that of its first line.

export function lineEnding(text) {
  const newline = text.indexOf("\n");
  return newline > 0 && text[newline - 1] === "\r" ? "\r\n" : "\n";
}
