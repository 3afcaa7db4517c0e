// What is chosen: kept in the form's boxes, and written after the # of the address, so that a view
// can be linked. What is as the page opens with is left out there.

const form = document.getElementById("filters");
const CHOICES = ["machine", "engine", "model", "dataset"];

const boxesOf = (choice) => [...form.querySelectorAll(`input[name="${choice}"]`)];

/** The names that are chosen, in the order of the boxes. */
function chosen(choice) {
  return boxesOf(choice).filter((box) => box.checked).map((box) => box.value);
}

function chosenMeasure() {
  return measures.get(form.elements.measure.value);
}

/** The choices as they go after the #. */
function toHash() {
  // These are readable as they are, and stand for nothing there.
  const escape = (name) => encodeURIComponent(name).replaceAll("%2F", "/").replaceAll("%40", "@");
  const parts = CHOICES.filter((choice) => {
    return boxesOf(choice).some((box) => box.checked !== box.defaultChecked);
  }).map((choice) => `${choice}=${chosen(choice).map(escape).join(",")}`);
  const measure = chosenMeasure().name;
  if (measure !== data.measures[0].name) parts.push(`measure=${measure}`);
  return parts.length > 0 ? `#${parts.join("&")}` : "";
}

/** Sets the boxes by what stands after the #; returns what the page does not know. */
function fromHash(hash) {
  // Not form.reset(), which the page takes for the reader's wish.
  for (const box of CHOICES.flatMap(boxesOf)) box.checked = box.defaultChecked;
  form.elements.measure.selectedIndex = 0;
  const unknown = [];
  for (const part of hash.replace(/^#/, "").split("&").filter(Boolean)) {
    const [choice, list = ""] = part.split("=");
    const names = list.split(",").filter(Boolean).map(decoded);
    if (choice === "measure" && measures.has(names[0])) {
      form.elements.measure.value = names[0];
    } else if (CHOICES.includes(choice)) {
      const boxes = boxesOf(choice);
      for (const box of boxes) box.checked = names.includes(box.value);
      unknown.push(...names.filter((name) => !boxes.some((box) => box.value === name)));
    } else {
      unknown.push(decoded(part));
    }
  }
  return unknown;
}

/** A link can be cut off in the middle of an escape. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
