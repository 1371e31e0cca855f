// Which zone or line is selected, and what can be done with it and its points.

let selected = null; // kind and index

const isSelected = (kind, index) => selected?.kind === kind && selected.index === index;
const pointsOf = (kind, index) => shapesOf(kind)[index][KINDS[kind].points];
/** A shape in words: zone till; zone 2 where that is its name. */
function nameOf(kind, index) {
  const name = shown(String(shapesOf(kind)[index].name)),
    { one } = KINDS[kind];
  return name.startsWith(`${one} `) ? name : `${one} ${name}`;
}

function select(kind, index) {
  if (kind === null ? selected === null : isSelected(kind, index)) return;
  selected = kind === null ? null : { kind, index };
  show();
}
function setPoints(label, kind, index, points) {
  change(label, () => {
    shapesOf(kind)[index][KINDS[kind].points] = points;
  });
}
function addShape(kind, points) {
  const taken = new Set(shapesOf(kind).map((shape) => shape.name));
  let number = 1;
  while (taken.has(`${KINDS[kind].one} ${number}`)) number++;
  const name = `${KINDS[kind].one} ${number}`;
  change("", () => {
    const shape = kind === "zones" ? { name, polygon: points } : { name, points, in: "right" };
    scene[kind] = [...shapesOf(kind), shape];
    selected = { kind, index: scene[kind].length - 1 };
  });
}
/** Deletes a shape; a zone goes with its rules. */
function deleteShape(kind, index) {
  const words = nameOf(kind, index),
    { name } = shapesOf(kind)[index];
  const watched = kind === "zones" && shapesOf("zones").filter((zone) => zone.name === name).length === 1,
    kept = rulesOf().filter((rule) => !watched || rule.zone !== name),
    gone = rulesOf().length - kept.length;
  selected = null;
  change("", () => {
    scene[kind].splice(index, 1);
    if (gone) scene.rules = kept;
  });
  say(
    `Deleted: ${words}${gone ? ` and ${gone === 1 ? "its rule" : `its ${gone} rules`}` : ""}. Undo brings it back.`,
  );
}
/** Inserts a point in the middle of the side after a corner; its number. */
function insertPoint(kind, index, corner) {
  const points = pointsOf(kind, index),
    corners = cornersOf(points),
    side = sidesOf(kind, points).find(([from]) => from === corner) ?? sidesOf(kind, points).at(-1);
  setPoints("", kind, index, withInserted(points, side[0], between(corners[side[0]], corners[side[1]])));
  return side[0] + 1;
}
/** Deletes a point; whether it could be. */
function deletePoint(kind, index, corner) {
  const points = pointsOf(kind, index),
    { fewest, one } = KINDS[kind];
  if (cornersOf(points).length <= Math.max(fewest, isRing(points) ? 3 : 0)) {
    say(`A ${one} needs its last ${cornersOf(points).length} points; delete the ${one} instead.`);
    return false;
  }
  setPoints("", kind, index, withoutCorner(points, corner));
  return true;
}
function turnLine(index) {
  change("", () => {
    const line = shapesOf("lines")[index];
    line.in = line.in === "left" ? "right" : "left";
  });
  say(`In is now on the ${shapesOf("lines")[index].in} of ${nameOf("lines", index)}.`);
}
