// Two periods, figure by figure.

function showComparison(comparison, figures) {
  $("comparison-card").hidden = !comparison;
  if (!comparison) return;
  const now = periodText(figures.first, figures.last),
    before = periodText(comparison.first, comparison.last);
  $("comparison-days").textContent = `${now} with ${before}`;
  $("cautions").replaceChildren(...comparison.cautions.map((text) => made("li", {}, text)));
  const unequal = comparison.cautions.length > 0;
  const rows = comparison.rows.map((row) => [
    rowName(row),
    row.figure,
    figureText(row.now, row.unit),
    figureText(row.before, row.unit),
    changeText(row.change, row.unit),
    percentText(row.percent),
  ]);
  const heads = ["", "Figure", now, before, "Change", "in %"];
  $("comparison").replaceChildren(
    table("Two periods compared", heads, rows, (cell, place) => {
      const row = comparison.rows[place];
      cell.classList.toggle("uneven", unequal && row.unit === "count");
      cell.parentElement.classList.toggle("rate", row.unit === "rate");
      const above = comparison.rows[place - 1];
      cell.parentElement.classList.toggle(
        "next",
        !above || above.place !== row.place || above.kind !== row.kind,
      );
    }),
  );
}
/** The place's name; on the rows below its first for those who hear the table alone. */
function rowName(row) {
  if (row.kind === "scene") return made("span", {}, "Scene");
  if (row.kind === "zone") return zoneName(zones.findIndex((zone) => zone.name === row.place));
  return made("bdi", {}, shown(row.place));
}
