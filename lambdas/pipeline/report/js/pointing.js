// People pointed at in the scene.

/** The person whose box now, or else whose path, is at a place of the scene. */
function pick(x, y, width, height) {
  let found = -1,
    best = Infinity;
  const u = x / width,
    v = y / height;
  if (state.boxes)
    for (const person of people) {
      const box = boxAt(person, state.now);
      if (
        box &&
        u >= box[0] &&
        v >= box[1] &&
        u <= box[0] + box[2] &&
        v <= box[1] + box[3] &&
        box[2] * box[3] < best
      ) {
        best = box[2] * box[3];
        found = person.position;
      }
    }
  if (found >= 0 || !state.paths) return found;
  const reach = 11;
  best = reach * reach;
  const dx = reach / width,
    dy = reach / height;
  for (const person of people) {
    if (u < person.left - dx || u > person.right + dx || v < person.top - dy || v > person.bottom + dy)
      continue;
    for (const [start, end] of person.spans)
      for (let i = start; i < end; i++) {
        const j = Math.min(i + 1, end - 1);
        const ax = feetX[i] * width,
          ay = feetY[i] * height,
          bx = feetX[j] * width - ax,
          by = feetY[j] * height - ay;
        const along = Math.min(1, Math.max(0, ((x - ax) * bx + (y - ay) * by) / (bx * bx + by * by || 1)));
        const far = (x - ax - along * bx) ** 2 + (y - ay - along * by) ** 2;
        if (far < best) {
          best = far;
          found = person.position;
        }
      }
  }
  return found;
}
const tip = $("tip");
function showTip(position, x, y, width) {
  const person = people[position];
  tip.hidden = !person;
  if (!person) return;
  tip.textContent = `Person ${person.index} · ${asText.clock(person.first)} – ${asText.clock(person.last)}`;
  const tipWidth = tip.offsetWidth;
  tip.style.transform = `translate(${Math.max(4, Math.min(width - tipWidth - 4, x + 14))}px, ${y > 46 ? y - 38 : y + 16}px)`;
}
let moved = null;
$("now").addEventListener("pointermove", (event) => {
  if (event.pointerType === "touch") return;
  const first = !moved;
  moved = event;
  if (first)
    requestAnimationFrame(() => {
      const { offsetX: x, offsetY: y } = moved,
        { width, height } = sheets.now;
      moved = null;
      const position = pick(x, y, width, height);
      hover(position);
      showTip(position, x, y, width);
    });
});
$("now").addEventListener("pointerleave", () => {
  hover(-1);
  tip.hidden = true;
});
$("now").addEventListener("click", (event) => {
  const position = pick(event.offsetX, event.offsetY, sheets.now.width, sheets.now.height);
  if (position < 0) {
    clearChosen();
    return;
  }
  choose(position);
  showRow(position);
  showLane(position);
});
