// Hover and selection, the same for scene, table and timeline.

const rows = new Map();
const positions = new Map(people.map((person, position) => [person.index, position]));
for (const row of document.querySelectorAll("#people tbody tr[data-index]")) {
  const position = positions.get(Number(row.dataset.index));
  rows.set(position, row);
  row.dataset.position = position;
  row.querySelector(".swatch").style.background = people[position].color;
}
function hover(position) {
  if (position === state.hover) return;
  rows.get(state.hover)?.classList.remove("hover");
  rows.get(position)?.classList.add("hover");
  state.hover = position;
  $("paths").classList.toggle("dim", position >= 0 && state.paths);
  redraw("now", "bars");
}
function choose(position, only = false) {
  if (only) state.chosen.clear();
  if (!state.chosen.delete(position)) state.chosen.add(position);
  chosenChanged();
}
function chosenChanged() {
  for (const [position, row] of rows) {
    const chosen = state.chosen.has(position);
    if (chosen !== row.classList.contains("chosen")) {
      row.classList.toggle("chosen", chosen);
      row.querySelector("button").setAttribute("aria-pressed", chosen);
    }
  }
  $("clear").hidden = !state.chosen.size;
  const some = [...state.chosen].map((position) => people[position]).sort((a, b) => a.index - b.index);
  say(
    some.length
      ? `Selected: ${some.length > 1 ? "people" : "person"} ${listed(some)}`
      : "Nobody selected: everybody is shown",
  );
  redraw("paths", "heat", "now", "bars");
}
function clearChosen() {
  if (state.chosen.size) {
    state.chosen.clear();
    chosenChanged();
  }
}

/** Scrolls the table, where it scrolls by itself, to a person. */
function showRow(position) {
  const scroller = document.querySelector(".rows"),
    row = rows.get(position);
  if (!row || scroller.scrollHeight <= scroller.clientHeight + 1) return;
  const head = scroller.querySelector("thead").offsetHeight;
  if (
    row.offsetTop - head < scroller.scrollTop ||
    row.offsetTop + row.offsetHeight > scroller.scrollTop + scroller.clientHeight
  ) {
    scroller.scrollTo({
      top: row.offsetTop - scroller.clientHeight / 2,
      behavior: lessMotion.matches ? "auto" : "smooth",
    });
  }
}
/** Scrolls the timeline to a person. */
function showLane(position) {
  const top = position * LANE,
    scroller = $("lanes");
  if (top < scroller.scrollTop || top + LANE > scroller.scrollTop + scroller.clientHeight)
    scroller.scrollTop = top - scroller.clientHeight / 2;
}
