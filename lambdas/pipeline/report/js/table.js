// The table of people.

const body = document.querySelector("#people tbody");
const positionOf = (target) => Number(target.closest("tr")?.dataset.position ?? -1);
body.addEventListener("pointerover", (event) => hover(positionOf(event.target)));
body.addEventListener("pointerleave", () => hover(-1));
body.addEventListener("focusin", (event) => hover(positionOf(event.target)));
body.addEventListener("focusout", () => hover(-1));
body.addEventListener("click", (event) => {
  const position = positionOf(event.target);
  if (position < 0) return;
  choose(position);
  showLane(position);
  if (state.chosen.has(position) && !state.playing && !spanAt(people[position], state.now))
    seek(people[position].first);
});
/** Sorts the rows by a column: at first the index and the first time ascend, other numbers descend; then the reverse. */
function sortBy(column, head) {
  const fresh = !head.hasAttribute("aria-sort"),
    ascending = fresh ? column === 0 || column === 3 : head.getAttribute("aria-sort") !== "ascending";
  for (const each of document.querySelectorAll("#people thead th")) each.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
  const value = (row) => (column ? Number(row.cells[column].dataset.value) : Number(row.dataset.index));
  body.append(
    ...[...body.rows].sort(
      (a, b) => (value(a) - value(b)) * (ascending ? 1 : -1) || a.dataset.index - b.dataset.index,
    ),
  );
}
for (const [column, button] of document.querySelectorAll("#people thead button").entries())
  button.addEventListener("click", () => sortBy(column, button.parentElement));
$("clear").addEventListener("click", () => {
  clearChosen();
  document.querySelector(".rows").focus({ preventScroll: true });
});
