// Zones and lines: their colours, short names, and where names and arrows stand. Several pages use it.

const LONGEST_NAME = 24;
const shortName = (name, longest = LONGEST_NAME) => {
  const letters = [...shown(name)];
  return letters.length > longest ? `${letters.slice(0, longest - 1).join("")}…` : letters.join("");
};
/** One colour for everything that is of a zone; greyer than those of people. */
function zoneColour(position) {
  return `oklch(0.66 0.11 ${((position * 137.508 + 150) % 360).toFixed(0)})`;
}
/** The middle of a line's longest part, and the direction from there to the side that is in, of length 1. */
function middleOf(points, inner) {
  let best = null;
  for (let i = 0; i + 1 < points.length; i++) {
    const [x, y] = points[i],
      across = points[i + 1][0] - x,
      down = points[i + 1][1] - y,
      length = Math.hypot(across, down);
    if (!best || length > best.length)
      best = { length, place: [x + across / 2, y + down / 2], way: [across / length, down / length] };
  }
  const [across, down] = best.way;
  // Right of someone who goes along it: downwards on the way to the right, since y grows downwards.
  return [...best.place, ...(inner === "right" ? [-down, across] : [down, -across])];
}
/** Where a zone's name begins: within its upper left corner. */
function labelPlace(points) {
  const [x, y] = points.reduce((best, point) => (point[0] + point[1] < best[0] + best[1] ? point : best));
  return [x + 5, y + 5];
}
