// The keyboard: on the picture, and of the page.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LARGE = 10; // pixels that a step with Shift has

overlay.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const hit = hitBy(event);
  const known = placing ? placingKey(event) : hit && shapeKey(event, hit);
  if (known) event.preventDefault();
});
/** A pixel of the picture that way, as ratios; null where the key is no arrow. */
function stepOf(event) {
  const way = ARROWS[event.key],
    pixels = event.shiftKey ? LARGE : 1;
  return way && [(way[0] * pixels) / picture.width, (way[1] * pixels) / picture.height];
}
/** Whether a key does something while points are placed. */
function placingKey(event) {
  const step = stepOf(event);
  if (step) {
    const [x, y] = placing.cross ?? [0.5, 0.5];
    placing.cross = [x + step[0], y + step[1]].map((ratio) => Math.min(1, Math.max(0, ratio)));
    drawPlacing();
    say(`${percent(placing.cross[0])} from the left, ${percent(placing.cross[1])} from the top`);
  } else if (event.key === " ") place(placing.cross ?? [0.5, 0.5]);
  else if (event.key === "Enter") finish();
  else if (event.key === "Backspace" || event.key === "Delete") takeBack();
  else return false;
  return true;
}
/** Whether a key does something with the shape, point or arrow that has the focus. */
function shapeKey(event, { kind, index, corner, arrow }) {
  const step = stepOf(event);
  if (arrow) {
    if (event.key !== "Enter" && event.key !== " ") return false;
    turnLine(index);
  } else if (step) nudge(kind, index, corner, step);
  else if (event.key === "Delete" || event.key === "Backspace") deleteAt(kind, index, corner);
  else if (corner !== null && (event.key === "Insert" || event.key === "+"))
    cornerOf(kind, index, insertPoint(kind, index, corner)).focus();
  else if (event.key === "Enter" && corner === null) cornerOf(kind, index, 0).focus();
  else if (event.key === "Escape" && corner !== null) drawn(kind, index).focus();
  else if (event.key === "Escape") leave();
  else return false;
  return true;
}
function nudge(kind, index, corner, [across, down]) {
  const points = pointsOf(kind, index);
  if (corner === null) {
    setPoints(`nudge ${kind} ${index}`, kind, index, shifted(points, across, down));
    return;
  }
  const [x, y] = cornersOf(points)[corner];
  setPoints(
    `nudge ${kind} ${index} ${corner}`,
    kind,
    index,
    withMoved(points, corner, [x + across, y + down]),
  );
}
function deleteAt(kind, index, corner) {
  if (corner === null) {
    deleteShape(kind, index);
    $(`add-${kind}`).focus();
  } else if (deletePoint(kind, index, corner)) cornerOf(kind, index, Math.max(0, corner - 1)).focus();
}
function leave() {
  select(null);
  document.activeElement.blur();
}
addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  const letter = event.key.toLowerCase(),
    control = (event.ctrlKey || event.metaKey) && !event.altKey;
  if (event.key === "Escape" && placing) {
    const { kind } = placing;
    cancel();
    $(`add-${kind}`).focus();
  } else if (control && letter === "z") (event.shiftKey ? redo : undo)();
  else if (control && letter === "y") redo();
  else if (control && letter === "s") save();
  else return;
  event.preventDefault();
});
addEventListener("focusout", endStep);
$("undo").addEventListener("click", undo);
$("redo").addEventListener("click", redo);
