// Tables.

/** A table of rows of text, the first of each row its heading. `cell` may style a cell. */
function table(caption, heads, rows, cell = () => {}) {
  const head = made("tr", {}, ...heads.map((text) => made("th", { scope: "col" }, text)));
  const body = rows.map((row, place) => {
    const [first, ...others] = row;
    const name = first instanceof Node ? first : made("bdi", {}, first);
    const line = made("tr", {}, made("th", { scope: "row" }, name));
    others.forEach((text, column) => {
      const each = made("td", {}, text);
      line.append(each);
      cell(each, place, column);
    });
    return line;
  });
  return made(
    "table",
    {},
    made("caption", { class: "hidden" }, caption),
    made("thead", {}, head),
    made("tbody", {}, ...body),
  );
}
/** A zone's name after its colour. */
function zoneName(position) {
  const swatch = made("span", { class: "swatch", "aria-hidden": "true" });
  swatch.style.background = zones[position].color;
  return made("span", {}, swatch, made("bdi", {}, shown(zones[position].name)));
}
/** The class of a cell by its share of the largest. */
function shade(cell, count, most) {
  if (count > 0) cell.classList.add(`shade-${Math.max(1, Math.ceil((5 * count) / most))}`);
}
