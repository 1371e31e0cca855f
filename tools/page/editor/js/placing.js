// A new zone or line: its points are placed one by one, by pointer or keyboard.

const CLOSE = 14; // CSS pixels from the first point within which a zone is closed
const HINTS = {
  zones:
    "Click the corners of the zone, then its first corner again. By keyboard: arrows, Space, Enter to close.",
  lines: "Click where the line begins and where it ends. By keyboard: arrow keys and Space.",
};
let placing = null; // kind, points, and the cross: where the next one would be, if it is known

function begin(kind) {
  if (placing?.kind === kind) {
    cancel();
    return;
  }
  placing = { kind, points: [], cross: null };
  selected = null;
  endStep();
  show();
  overlay.focus({ preventScroll: true });
  say("");
}
function cancel() {
  placing = null;
  show();
  say("");
}
/** Takes the last point that was placed back. */
function takeBack() {
  if (placing.points.length) placing.points.pop();
  else placing = null;
  show();
}
function place(point, byTouch = false) {
  const { kind, points } = placing,
    placed = point.map(rounded);
  if (kind === "zones" && points.length > 2 && isNear(points[0], placed)) {
    finish(byTouch);
    return;
  }
  if (points.length && isNear(points.at(-1), placed, 2)) return; // the second click of two
  points.push(placed);
  if (kind === "lines" && points.length === 2) finish(byTouch);
  else show();
}
const isNear = (one, other, far = CLOSE) =>
  Math.hypot((one[0] - other[0]) * wide, (one[1] - other[1]) * high) <= far;

function finish(byTouch = false) {
  const { kind, points } = placing;
  if (points.length < KINDS[kind].fewest) {
    say(`A ${KINDS[kind].one} needs ${KINDS[kind].fewest} points or more; Escape leaves it.`);
    return;
  }
  placing = null;
  addShape(kind, points);
  const name = rowOf(kind, selected.index).querySelector(".name");
  if (byTouch) overlay.blur();
  else {
    name.focus({ preventScroll: true }); // a touch screen's keyboard would hide the picture
    name.select();
  }
  say(`Drawn: ${nameOf(kind, selected.index)}. Give it a name.`);
}
function drawPlacing() {
  const group = $("placing");
  overlay.classList.toggle("placing", Boolean(placing));
  overlay.setAttribute("tabindex", placing ? 0 : -1);
  $("hint").textContent = placing ? HINTS[placing.kind] : "";
  $("hint").hidden = !placing;
  group.replaceChildren();
  if (!placing) return;
  const places = onScreen(placing.points),
    cross = placing.cross && onScreen([placing.cross])[0];
  const path = [...places, ...(cross ? [cross] : [])];
  if (path.length > 1)
    for (const part of ["halo", "edge"]) element("path", group, part, { d: asPath(path, false) });
  places.forEach(([cx, cy], i) => {
    const first = i === 0 && placing.kind === "zones" && places.length > 2;
    element("circle", group, first ? "dot first" : "dot", { cx, cy, r: first ? MARK + 3 : MARK });
  });
  if (cross) {
    const [x, y] = cross;
    for (const part of ["halo", "edge"])
      element("path", group, `cross ${part}`, { d: `M${x - 11} ${y}H${x + 11}M${x} ${y - 11}V${y + 11}` });
  }
}
for (const kind of Object.keys(KINDS)) $(`add-${kind}`).addEventListener("click", () => begin(kind));
