// Numbers and words as text, and elements made of text alone.

/** Three digits that matter, as in the reports: 0.452, 7.45, 31.2, 1,240. */
function figure(number) {
  if (number === 0) return "0";
  const decimals = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(number)))));
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return number.toLocaleString("en-US", digits);
}

/** A number with what it is a number of. */
function withUnit(number, measure) {
  return measure.unit ? `${figure(number)} ${measure.unit}` : figure(number);
}

/** What qualifies a value: its interval, and how it came to be. */
function notesOf(value) {
  const notes = [];
  if (value.spread) notes.push(`${figure(value.spread[1])}–${figure(value.spread[2])}`);
  if (value.is_even) notes.push("not significant");
  if (value.mark) notes.push(value.mark);
  return notes;
}

/** A number with its noun: 1 engine, 2 engines. */
function counted(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Makes an element; children are elements or text, which is never read as markup. */
function element(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** Makes an element of a picture. */
function shape(name, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
