// Points of zones and lines, as ratios of the picture's width and height. A shape whose last point is its first
// again is a ring: the two are one point here.

const KINDS = {
  zones: { one: "zone", points: "polygon", fewest: 3 },
  lines: { one: "line", points: "points", fewest: 2 },
};
const rounded = (ratio) => Math.min(1, Math.max(0, Math.round(ratio * 1e4) / 1e4));
const isRing = (points) =>
  points.length > 3 && points[0][0] === points.at(-1)[0] && points[0][1] === points.at(-1)[1];
/** The points that can be taken hold of. */
const cornersOf = (points) => (isRing(points) ? points.slice(0, -1) : points);
const withCorners = (points, corners) => (isRing(points) ? [...corners, corners[0]] : corners);

/** Pairs of numbers of corners that a side joins. */
function sidesOf(kind, points) {
  const corners = cornersOf(points),
    sides = corners.map((_, i) => [i, (i + 1) % corners.length]);
  return kind === "zones" || isRing(points) ? sides : sides.slice(0, -1);
}
function withMoved(points, corner, [x, y]) {
  const corners = cornersOf(points).map((each, i) => (i === corner ? [rounded(x), rounded(y)] : each));
  return withCorners(points, corners);
}
function withInserted(points, after, [x, y]) {
  const corners = [...cornersOf(points)];
  corners.splice(after + 1, 0, [rounded(x), rounded(y)]);
  return withCorners(points, corners);
}
const withoutCorner = (points, corner) =>
  withCorners(
    points,
    cornersOf(points).filter((_, i) => i !== corner),
  );

/** All points as far as that way as the picture goes. */
function shifted(points, across, down) {
  const within = (by, values) => Math.min(1 - Math.max(...values), Math.max(-Math.min(...values), by));
  const x = within(
      across,
      points.map((point) => point[0]),
    ),
    y = within(
      down,
      points.map((point) => point[1]),
    );
  return points.map((point) => [rounded(point[0] + x), rounded(point[1] + y)]);
}
const between = (one, other) => [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];
