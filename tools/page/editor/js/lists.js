// The lists of zones and lines beside the picture.

const rowOf = (kind, index) => $(`list-${kind}`).children[index];

/** A list with as many rows as there are things, each filled. */
function fillList(list, many, template, fill) {
  const rows = counted(list, many, () => $(template).content.firstElementChild.cloneNode(true));
  rows.forEach((row, index) => {
    row.dataset.index = index;
    fill(row, index);
  });
}
/** Writes a value where it is another, so that the caret stays. */
function write(input, value) {
  if (input.value !== value) input.value = value;
}
function showLists() {
  for (const kind of Object.keys(KINDS)) {
    fillList($(`list-${kind}`), shapesOf(kind).length, "shape-row", (row, index) =>
      fillShape(row, kind, index),
    );
    $(`none-${kind}`).hidden = shapesOf(kind).length > 0;
    $(`add-${kind}`).setAttribute("aria-pressed", String(placing?.kind === kind));
  }
}
function fillShape(row, kind, index) {
  const shape = shapesOf(kind)[index],
    name = row.querySelector(".name"),
    turn = row.querySelector(".turn"),
    words = nameOf(kind, index);
  row.classList.toggle("selected", isSelected(kind, index));
  row.querySelector(".swatch").style.background = kind === "zones" ? zoneColour(index) : "";
  write(name, String(shape.name ?? ""));
  name.setAttribute("aria-label", `Name of ${KINDS[kind].one} ${index + 1}`);
  turn.hidden = kind === "zones";
  turn.textContent = `in: ${shape.in}`;
  turn.setAttribute("aria-label", `In is on the ${shape.in} of ${words}: switch the side`);
  row.querySelector(".delete").setAttribute("aria-label", `Delete ${words}`);
}
/** Renames a shape; the rules of a zone go on watching it. */
function rename(kind, index, name) {
  const before = shapesOf(kind)[index].name,
    alone = shapesOf(kind).filter((shape) => shape.name === before).length === 1;
  change(`name ${kind} ${index}`, () => {
    shapesOf(kind)[index].name = name;
    if (kind === "zones" && alone) for (const rule of rulesOf()) if (rule.zone === before) rule.zone = name;
  });
}
for (const kind of Object.keys(KINDS)) {
  const list = $(`list-${kind}`),
    indexOf = (event) => Number(event.target.closest("li").dataset.index);
  list.addEventListener("input", (event) => rename(kind, indexOf(event), event.target.value));
  list.addEventListener("focusin", (event) => select(kind, indexOf(event)));
  list.addEventListener("click", (event) => {
    if (event.target.closest(".turn")) turnLine(indexOf(event));
    else if (event.target.closest(".delete")) {
      deleteShape(kind, indexOf(event));
      $(`add-${kind}`).focus();
    }
  });
}
