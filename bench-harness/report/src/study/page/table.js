// The numbers of one model and data set: a row an engine, a column a machine.

function tableOf(view) {
  const heads = view.machines.map((machine) => {
    return element("th", { scope: "col" }, machineTitles.get(machine));
  });
  const head = element("tr", {}, element("th", { scope: "col" }, "engine"), ...heads);
  const rows = view.engines.map((engine) => {
    const entries = view.machines.map((machine) => entryOf(view.value(engine, machine)));
    const name = element("th", { scope: "row" }, ...breakable(engine));
    return element("tr", { class: families.get(engine) }, name, ...entries);
  });
  const title = `${view.measure.title}${view.measure.unit ? `, ${view.measure.unit}` : ""}`;
  const table = element(
    "table",
    {},
    element("caption", {}, element("span", { class: "title" }, title)),
    element("thead", {}, head),
    element("tbody", {}, ...rows),
  );
  // A region that scrolls has to be reached with the keyboard.
  const label = `Table: ${view.title}`;
  const region = { class: "scroll", tabindex: "0", role: "region", "aria-label": label };
  return element("div", region, table);
}

/** A name that a narrow column can break where its parts meet. */
function breakable(engine) {
  const [first, ...rest] = engine.split(/(?<=\/)|(?=@)/);
  return [first, ...rest.flatMap((part) => [element("wbr", {}), part])];
}

function entryOf(value) {
  if (value.missing !== undefined) return element("td", {}, element("small", {}, absenceOf(value)));
  const notes = notesOf(value).map((note) => element("small", {}, note));
  return element("td", {}, figure(numberOf(value)), ...notes);
}

/** Why numbers are missing, each reason once with the engines that it is true of. */
function reasonsOf(view) {
  const reasons = new Map();
  for (const engine of view.engines) {
    for (const machine of view.machines) {
      const { missing } = view.value(engine, machine);
      if (missing === undefined) continue;
      reasons.set(missing, (reasons.get(missing) ?? new Set()).add(engine));
    }
  }
  return reasons;
}

function missingOf(view) {
  const reasons = reasonsOf(view);
  if (reasons.size === 0) return [];
  const items = [...reasons].map(([reason, engines]) => {
    return element("li", {}, `${[...engines].join(", ")}: ${reason}`);
  });
  const summary = element("summary", {}, `${counted(items.length, "reason")} for missing numbers`);
  return [element("details", {}, summary, element("ul", { class: "note" }, ...items))];
}
