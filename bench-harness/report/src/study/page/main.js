// Draws what is chosen, and draws it again when a choice, the address or the width changes.

const views = document.getElementById("views");
const summary = document.getElementById("summary");

/** One model and data set with what is chosen of the rest. */
function viewOf(model, dataset, engines, machines) {
  const measure = chosenMeasure();
  const value = (engine, machine) => valueAt({ machine, engine, model, dataset }, measure.name);
  const title = `${model} on ${titleOfBox("dataset", dataset)}`;
  return { model, dataset, title, measure, machines, engines, value };
}

function titleOfBox(choice, name) {
  const box = boxesOf(choice).find((candidate) => candidate.value === name);
  return box.parentElement.textContent.trim();
}

/** The best of the first machine first; those that it has no number of last, as they are. */
function ranked(view) {
  const sign = view.measure.is_more_better ? -1 : 1;
  const number = (engine) => numberOf(view.value(engine, view.machines[0]));
  const [measured, others] = [[], []];
  for (const engine of view.engines) {
    (number(engine) === undefined ? others : measured).push(engine);
  }
  measured.sort((a, b) => sign * (number(a) - number(b)));
  return { ...view, engines: [...measured, ...others] };
}

/** How the engines are ordered. */
function orderOf(view) {
  const [machine] = view.machines;
  const isThere = (engine) => numberOf(view.value(engine, machine)) !== undefined;
  const best = view.machines.length > 1
    ? `Ordered by ${machineTitles.get(machine)}, the best first`
    : "The best first";
  return view.engines.every(isThere) ? `${best}.` : `${best}, those without a number there last.`;
}

/** The backends, in their order, that were measured on a machine. */
function backendsOf(view, machine) {
  const engines = data.backend_order.filter((engine) => {
    return view.value(engine, machine).missing === undefined;
  });
  return { ...view, engines, machines: [machine] };
}

/** The other steps with why there is no number, those of one reason together. */
function stepsMissing(view, machine) {
  const reasons = reasonsOf({ ...view, engines: data.backend_order, machines: [machine] });
  const texts = [...reasons].map(([reason, engines]) => `${[...engines].join(", ")} (${reason})`);
  if (texts.length === 0) return [];
  return [element("p", { class: "note" }, `No number: ${texts.join("; ")}.`)];
}

/** How many times the speed of the plainest step a step has. */
function overScalar(view) {
  const time = (engine, machine) => {
    const { model, dataset } = view;
    return numberOf(valueAt({ machine, engine, model, dataset }, "time"));
  };
  return (engine, machine) => {
    const [plain, own] = [time(data.backend_order[0], machine), time(engine, machine)];
    if (plain === undefined || own === undefined || engine === data.backend_order[0]) return "";
    return `(${figure(plain / own)} × scalar's speed)`;
  };
}

function sectionOf(view, index, width) {
  const heading = element("h2", { id: `view-${index}` }, view.title);
  const charts = view.machines.map((machine) => backendsOf(view, machine))
    .filter((backends) => backends.engines.length > 1)
    .flatMap((backends) => [
      element("h4", {}, machineTitles.get(backends.machines[0])),
      chartOf(backends, width, overScalar(view)),
      ...stepsMissing(view, backends.machines[0]),
    ]);
  const below = charts.length > 0
    ? [element("h3", {}, "From scalar code to wider instruction sets"), ...charts]
    : [];
  return element(
    "section",
    { "aria-labelledby": `view-${index}` },
    heading,
    element("p", { class: "note" }, orderOf(view)),
    ...legendOf(view.machines),
    chartOf(view, width),
    tableOf(view),
    ...missingOf(view),
    ...below,
  );
}

/** Everything that is chosen, drawn into the page. */
function draw() {
  const [machines, engines, models, datasets] = CHOICES.map(chosen);
  // Before the first layout there is no width.
  const width = Math.min(Math.max(views.clientWidth, 280), 960);
  const drawn = machines.length > 0 && engines.length > 0
    ? datasets.flatMap((dataset) => models.map((model) => {
      return ranked(viewOf(model, dataset, engines, machines));
    }))
    : [];
  views.replaceChildren(...drawn.map((view, index) => sectionOf(view, index, width)));
  return drawn;
}

/** Says what is shown, for those who do not see it change. */
function tell(drawn, unknown) {
  const numbers = drawn.flatMap((view) => view.engines.flatMap((engine) => {
    return view.machines.map((machine) => view.value(engine, machine));
  }));
  const missing = numbers.filter((value) => value.missing !== undefined).length;
  const counts = CHOICES.map((choice) => [choice, chosen(choice).length]);
  for (const [choice, count] of counts) {
    const total = boxesOf(choice).length;
    document.getElementById(`count-${choice}`).textContent = `${count} of ${total}`;
  }
  const noun = (choice) => (choice === "dataset" ? "data set" : choice);
  const empty = counts.filter(([, count]) => count === 0).map(([choice]) => noun(choice));
  const parts = counts.map(([choice, count]) => counted(count, noun(choice)));
  const found = counted(numbers.length - missing, "number");
  const lacking = missing > 0 ? `, ${missing} not measured` : "";
  const sentences = empty.length > 0
    ? [`Nothing to show: no ${empty.join(" and no ")} is chosen.`]
    : [`${chosenMeasure().title}: ${parts.join(", ")}; ${found}${lacking}.`];
  if (unknown.length > 0) {
    sentences.push(`The link names what is not here: ${unknown.join(", ")}.`);
  }
  summary.textContent = sentences.join(" ");
}

function show(unknown = []) {
  tell(draw(), unknown);
}

/** A choice was made: the address follows. */
function follow() {
  history.replaceState(null, "", toHash() || location.pathname + location.search);
  show();
}

form.addEventListener("change", follow);
// The boxes change only after the event.
form.addEventListener("reset", () => setTimeout(follow));
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("click", ({ target }) => {
  const { choice, all } = target.dataset;
  if (choice === undefined) return;
  for (const box of boxesOf(choice)) box.checked = all !== undefined;
  follow();
});
window.addEventListener("hashchange", () => show(fromHash(location.hash)));

let width = views.clientWidth;
new ResizeObserver(() => {
  if (views.clientWidth === width) return;
  width = views.clientWidth;
  draw();
}).observe(views);

show(fromHash(location.hash));
