// The data that the page carries, and how to find a cell in it.

"use strict";

const data = JSON.parse(document.getElementById("data").textContent);

const machineTitles = new Map(data.machines);
const families = new Map(data.engines);
const measures = new Map(data.measures.map((measure) => [measure.name, measure]));

const keyOf = ({ machine, engine, model, dataset }) => [machine, engine, model, dataset].join("\n");
const cells = new Map(data.cells.map((cell) => [keyOf(cell), cell.values]));
const gaps = new Map(data.gaps.map((gap) => [keyOf(gap), gap.reason]));

/** What there is of a cell in a measure; `missing` says why it is not there. */
function valueAt(place, measure) {
  const values = cells.get(keyOf(place));
  if (values) return values[measure];
  return { missing: gaps.get(keyOf(place)) ?? "not part of that run" };
}

/** What stands where a number is missing; the reason is told beside the table. */
function absenceOf(value) {
  return value.missing.startsWith("disqualified") ? "disqualified" : "not measured";
}

/** The number that a value is ranked and drawn by; undefined where there is none. */
function numberOf(value) {
  return value.spread ? value.spread[0] : value.count;
}
