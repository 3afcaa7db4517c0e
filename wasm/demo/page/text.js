// Numbers and words as text, and elements made of text alone.

/** Three digits that matter, as in the reports: 0.452, 7.45, 31.2, 1,240. */
export function figure(number) {
  if (number === 0) return "0";
  const decimals = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(number)))));
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return number.toLocaleString("en-US", digits);
}

/** A whole number with its thousands apart. */
export const whole = (number) => number.toLocaleString("en-US");

/** A number with its noun: 1 line, 2 lines. */
export const counted = (number, noun) => `${whole(number)} ${noun}${number === 1 ? "" : "s"}`;

/** A size in decimal units, as speeds are. */
export function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let power = 0;
  while (power < units.length - 1 && bytes >= 1000 ** (power + 1)) power += 1;
  return power === 0 ? counted(bytes, "byte") : `${figure(bytes / 1000 ** power)} ${units[power]}`;
}

/** A time in the unit that suits it. */
export function duration(nanoseconds) {
  if (nanoseconds < 1e3) return `${figure(nanoseconds)} ns`;
  if (nanoseconds < 1e6) return `${figure(nanoseconds / 1e3)} µs`;
  if (nanoseconds < 1e9) return `${figure(nanoseconds / 1e6)} ms`;
  return `${figure(nanoseconds / 1e9)} s`;
}

export const byId = (id) => document.getElementById(id);

/** Makes an element; children are elements or text, which is never read as markup. */
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** Makes an element of a picture. */
export function shape(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
