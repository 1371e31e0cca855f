// How often a path went from one zone to another next.

function showFlow(figures) {
  const names = figures.zones.map((zone) => zone.name),
    counts = new Map(figures.flow.map(([from, to, count]) => [JSON.stringify([from, to]), count])),
    count = (from, to) => counts.get(JSON.stringify([names[from], names[to]])) ?? 0,
    most = Math.max(1, ...counts.values());
  if (!counts.size) {
    $("flow").replaceChildren(
      made("p", { class: "none" }, "No path went from one zone to another, or came back."),
    );
    return;
  }
  const rows = names.map((_, from) => [zoneName(from), ...names.map((_, to) => wholeText(count(from, to)))]);
  $("flow").replaceChildren(
    table(
      "From zone to zone",
      ["From \\ to", ...names.map((name) => shortName(name))],
      rows,
      (cell, from, to) => shade(cell, count(from, to), most),
    ),
  );
}
