// Two periods, figure by figure.

function showComparison(comparison, figures) {
  $("comparison-card").hidden = !comparison;
  if (!comparison) return;
  const now = periodText(figures.first, figures.last),
    before = periodText(comparison.first, comparison.last);
  $("comparison-days").textContent = `${now}, other period: ${before}`;
  $("cautions").replaceChildren(...comparison.cautions.map((text) => made("li", {}, text)));
  const unequal = comparison.cautions.length > 0;
  const heads = ["Figure", "This period", "Other period", "Change", "in %"];
  const filled = table("Two periods compared", heads, []);
  filled.tBodies[0].remove();
  for (const row of comparison.rows) {
    const above = filled.tBodies[filled.tBodies.length - 1];
    const body = above?.dataset.place === placeOf(row) ? above : placeBody(row);
    filled.append(body);
    body.append(comparedRow(row, unequal));
  }
  $("comparison").replaceChildren(filled);
}
const placeOf = (row) => `${row.kind} ${row.place}`;
/** The part of the table that is about one place, under its name. */
function placeBody(row) {
  const body = made("tbody", { "data-place": placeOf(row) });
  if (row.kind !== "scene") {
    const name =
      row.kind === "zone"
        ? zoneName(zones.findIndex((zone) => zone.name === row.place))
        : made("bdi", {}, shown(row.place));
    body.append(made("tr", { class: "place" }, made("th", { scope: "rowgroup", colspan: "5" }, name)));
  }
  return body;
}
/** Counts stand back where the periods have unequal hours of video. */
function comparedRow(row, unequal) {
  const texts = [
    figureText(row.now, row.unit),
    figureText(row.before, row.unit),
    changeText(row.change, row.unit),
    percentText(row.percent),
  ];
  const line = made("tr", {}, made("th", { scope: "row" }, row.figure));
  line.append(...texts.map((text) => made("td", {}, text)));
  line.classList.toggle("uneven", unequal && row.unit === "count");
  line.classList.toggle("rate", row.unit === "rate");
  return line;
}
