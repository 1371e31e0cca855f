// Mouse, pen and touch on the picture: points, sides and whole shapes are dragged, arrows switched.

const STILL = 4; // CSS pixels within which a press is no drag
let drag = null;

/** Where an event is in the picture. */
function ratiosAt(event) {
  const box = overlay.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}
/** What an event is on: the shape's kind and index, and which part of it. */
function hitBy(event) {
  const group = event.target.closest(".shape");
  if (!group) return null;
  const corner = event.target.closest(".corner"),
    middle = event.target.closest(".middle");
  return {
    kind: group.dataset.kind,
    index: Number(group.dataset.index),
    corner: corner && Number(corner.dataset.corner),
    after: middle && Number(middle.dataset.after),
    arrow: Boolean(event.target.closest(".arrow")),
  };
}
/** The handle of the selected shape at a place, whatever else lies over it there. */
function handleAt(event) {
  if (!selected) return null;
  const { kind, index } = selected,
    points = pointsOf(kind, index),
    corners = onScreen(cornersOf(points)),
    sides = sidesOf(kind, points),
    [at] = onScreen([ratiosAt(event)]),
    isAt = ([x, y]) => Math.hypot(x - at[0], y - at[1]) <= (event.pointerType === "touch" ? 20 : 12);
  const corner = corners.findIndex(isAt),
    side = sides.findIndex((_, i) => isAt(middlePlace(sides, i, corners)));
  if (corner < 0 && side < 0) return null;
  return {
    kind,
    index,
    corner: corner < 0 ? null : corner,
    after: corner < 0 ? sides[side][0] : null,
    arrow: false,
  };
}
overlay.addEventListener("pointerdown", (event) => {
  if (placing || !event.isPrimary || event.button !== 0) return;
  const hit = handleAt(event) ?? hitBy(event);
  endStep();
  if (!hit) {
    select(null);
    return;
  }
  // On a touch screen the picture is scrolled over a shape that is not selected.
  const held = event.pointerType !== "touch" || isSelected(hit.kind, hit.index) || hit.corner !== null;
  drag = { ...hit, held, from: [event.clientX, event.clientY], at: ratiosAt(event), moved: false };
  drag.points = pointsOf(hit.kind, hit.index);
  if (held) {
    overlay.setPointerCapture(event.pointerId);
    select(hit.kind, hit.index);
  }
});
// What is held by a finger is dragged, and the page not scrolled; touch-action does not apply to groups of an SVG.
overlay.addEventListener(
  "touchstart",
  (event) => {
    if (drag?.held) event.preventDefault();
  },
  { passive: false },
);
overlay.addEventListener("pointermove", (event) => {
  if (placing && event.pointerType !== "touch") {
    placing.cross = ratiosAt(event);
    drawPlacing();
  }
  if (!drag?.held || drag.arrow) return;
  const [x, y] = ratiosAt(event),
    far = Math.hypot(event.clientX - drag.from[0], event.clientY - drag.from[1]);
  if (!drag.moved && far < STILL) return;
  drag.moved = true;
  const across = x - drag.at[0],
    down = y - drag.at[1];
  setPoints("drag", drag.kind, drag.index, draggedPoints(across, down));
});
function draggedPoints(across, down) {
  const { points, corner, after } = drag,
    corners = cornersOf(points);
  if (corner !== null)
    return withMoved(points, corner, [corners[corner][0] + across, corners[corner][1] + down]);
  if (after === null) return shifted(points, across, down);
  return withInserted(points, after, [drag.at[0] + across, drag.at[1] + down]);
}
overlay.addEventListener("pointerup", () => {
  if (!drag) return;
  const { kind, index, corner, after, arrow, moved } = drag,
    part = arrow ? drawn(kind, index, ".arrow") : drawn(kind, index),
    added = after === null || !moved ? null : after + 1;
  // Keys go on with what was pressed, even where something else lies over it.
  (cornerOf(kind, index, corner ?? added ?? -1) ?? part).focus({ preventScroll: true });
  drag = null;
  endStep();
  select(kind, index);
  if (arrow && !moved) turnLine(index);
});
overlay.addEventListener("pointercancel", () => {
  if (drag?.moved) undo();
  drag = null;
});
overlay.addEventListener("click", (event) => {
  if (placing) place(ratiosAt(event), event.pointerType === "touch");
});
overlay.addEventListener("focusin", (event) => {
  const hit = hitBy(event);
  if (hit && !drag) select(hit.kind, hit.index);
});
