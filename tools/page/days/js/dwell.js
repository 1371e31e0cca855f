// How long visits lasted.

/** 5 as 5 s, 120 as 2 min, 3600 as 1 h. */
const endText = (seconds) =>
  seconds < 60 ? `${seconds} s` : seconds < 3600 ? `${seconds / 60} min` : `${seconds / 3600} h`;
function showDwell({ zones: figures }, bands) {
  const names = bands.map((end, place) => (place ? `to ${endText(end)}` : `under ${endText(end)}`));
  names.push("longer");
  const lasting = (value) => (value === null ? "–" : asText.duration(value));
  const rows = figures.map((zone, place) => [
    zoneName(place),
    wholeText(zone.visits),
    zone.paths === null ? "–" : wholeText(zone.paths),
    lasting(zone.dwell.median_ms),
    lasting(zone.dwell.longest_ms),
    lasting(zone.dwell.mean_ms),
    ...zone.dwell.bands.map((count) => (zone.dwell.known ? wholeText(count) : "–")),
  ]);
  const heads = ["Zone", "Visits", "Paths", "Median", "Longest", "Mean", ...names];
  $("dwell").replaceChildren(
    table("Dwell in each zone", heads, rows, (cell, place, column) => {
      const counts = figures[place].dwell.bands;
      if (column >= 5) shade(cell, counts[column - 5], Math.max(...counts));
    }),
  );
  $("dwell-note").textContent = dwellNote(figures);
}
function dwellNote(figures) {
  const visits = figures.reduce((sum, zone) => sum + zone.visits, 0),
    known = figures.reduce((sum, zone) => sum + zone.dwell.known, 0);
  const cut =
    "A visit that a video’s begin or end cuts off, or that ends where a path is lost, lasts as long as it was seen.";
  if (known >= visits) return cut;
  if (!known)
    return `No visit is known by itself, since the videos keep counts only: there is a mean, and no median, longest or distribution. ${cut}`;
  return `${wholeText(known)} of ${wholeText(visits)} visits are known one by one, since videos keep counts only: median, longest and distribution are of those, the mean is of all. ${cut}`;
}
