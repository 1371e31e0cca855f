// Links to the figures as files.

const FILES = [
  ["zones-by-hour", "Zones by hour", () => zones.length],
  ["lines-by-hour", "Lines by hour", () => lines.length],
  ["dwell", "Dwell", () => zones.length],
  ["flow", "From zone to zone", () => zones.length],
  ["comparison", "Comparison", (words) => words.has("with_from")],
];
function showFiles(words) {
  $("files-card").hidden = false;
  $("files").replaceChildren(
    ...FILES.filter(([, , wanted]) => wanted(words)).map(([file, name]) =>
      made("a", { class: "button", href: `/days/${file}.csv?${words}`, download: "" }, `${name} (CSV)`),
    ),
  );
}
