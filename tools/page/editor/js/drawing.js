// Draws the zones and lines over the picture. Elements stay for as long as what they show, and so does the focus.

const overlay = $("overlay"),
  MARK = 7,
  LETTER = 7.4; // CSS pixels that one takes at most, near enough
let wide = 1,
  high = 1; // of the overlay, in CSS pixels

function element(name, parent, classes = "", attributes = {}) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  if (classes) made.setAttribute("class", classes);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
}
/** The children of a group, made or removed until there are as many. */
function counted(group, many, make) {
  while (group.children.length > many) group.lastElementChild.remove();
  while (group.children.length < many) group.append(make());
  return [...group.children];
}
const onScreen = (points) => points.map(([x, y]) => [x * wide, y * high]);
const asPath = (places, closed) =>
  `M${places.map((place) => place.map((each) => each.toFixed(1)).join(" ")).join("L")}${closed ? "Z" : ""}`;

function draw() {
  wide = overlay.clientWidth || 1;
  high = overlay.clientHeight || 1;
  overlay.setAttribute("viewBox", `0 0 ${wide} ${high}`);
  for (const kind of Object.keys(KINDS)) {
    const groups = counted($(`drawn-${kind}`), shapesOf(kind).length, () => makeShape(kind));
    for (const [index, group] of groups.entries()) drawShape(group, kind, index);
  }
  drawPlacing();
}
function makeShape(kind) {
  const group = element("g", null, `shape ${kind}`),
    body = element("g", group, "body", { tabindex: 0, role: "button" });
  for (const part of ["grip", "halo", "edge"]) element("path", body, part);
  if (kind === "lines") {
    const arrow = element("g", group, "arrow", { tabindex: 0, role: "button" });
    for (const part of ["grip", "halo", "edge"]) element("path", arrow, part);
    element("text", group, "side").textContent = "in";
  }
  element("text", group, "label");
  element("g", group, "middles", { "aria-hidden": "true" });
  element("g", group, "corners");
  return group;
}
function drawShape(group, kind, index) {
  const shape = shapesOf(kind)[index],
    points = pointsOf(kind, index),
    places = onScreen(points),
    corners = cornersOf(places),
    body = group.querySelector(".body");
  group.dataset.kind = kind;
  group.dataset.index = index;
  group.classList.toggle("selected", isSelected(kind, index));
  group.classList.toggle("faulty", isFaulty(kind, index));
  if (kind === "zones") group.style.setProperty("--color", zoneColour(index));
  for (const path of body.children) path.setAttribute("d", asPath(places, kind === "zones"));
  body.setAttribute(
    "aria-label",
    `${nameOf(kind, index)}, ${corners.length} points. Arrow keys move it, Delete deletes it.`,
  );
  drawLabel(group.querySelector(".label"), shape, kind, places);
  if (kind === "lines") drawArrow(group, shape, places, index);
  drawMiddles(group.querySelector(".middles"), isSelected(kind, index) ? sidesOf(kind, points) : [], corners);
  drawCorners(group.querySelector(".corners"), kind, index, corners);
}
/** Writes a name within the corner of a zone, or beside a line on the side that is out. */
function drawLabel(label, shape, kind, places) {
  const text = shortName(String(shape.name)),
    long = LETTER * text.length + 8,
    [x, y] = kind === "zones" ? labelPlace(places) : placeBehind(places, shape.in, long / 2);
  const left = kind === "zones" ? x + 4 : x - long / 2 + 4;
  label.textContent = text;
  label.setAttribute("x", Math.max(4, Math.min(left, wide - long)));
  label.setAttribute("y", Math.max(16, Math.min(kind === "zones" ? y + 14 : y + 4, high - 8)));
}
/** The middle of a name of that half length that keeps clear of the middle of a line, on the side that is out. */
function placeBehind(places, inner, half) {
  const [x, y, across, down] = middleOf(places, inner),
    far = 7 + Math.abs(across) * half + Math.abs(down) * 8;
  return Number.isFinite(across) ? [x - across * far, y - down * far] : [x, y];
}
function drawArrow(group, shape, places, index) {
  const [x, y, across, down] = middleOf(places, shape.in),
    arrow = group.querySelector(".arrow"),
    side = group.querySelector(".side");
  arrow.classList.toggle("none", !Number.isFinite(across));
  if (!Number.isFinite(across)) return;
  const tip = [x + across * 26, y + down * 26],
    wing = (way) => [tip[0] - across * 8 - way * down * 6, tip[1] - down * 8 + way * across * 6];
  const path = `${asPath([[x, y], tip])}${asPath([wing(1), tip, wing(-1)])}`;
  for (const part of arrow.children) part.setAttribute("d", path);
  arrow.setAttribute(
    "aria-label",
    `In is on the ${shape.in} of ${nameOf("lines", index)}. Enter switches the side.`,
  );
  side.setAttribute("x", Math.max(8, Math.min(x + across * 38, wide - 8)));
  side.setAttribute("y", Math.max(12, Math.min(y + down * 38 + 4, high - 4)));
}
function drawMiddles(group, sides, corners) {
  const made = counted(group, sides.length, () => {
    const middle = element("g", null, "middle");
    element("circle", middle, "grip", { r: 13 });
    element("circle", middle, "dot", { r: 4.5 });
    return middle;
  });
  made.forEach((middle, i) => {
    middle.dataset.after = sides[i][0];
    middle.setAttribute("transform", `translate(${middlePlace(sides, i, corners).join(" ")})`);
  });
}
/** Where the handle is that adds a point to a side. */
function middlePlace(sides, i, corners) {
  const [from, to] = sides[i].map((corner) => corners[corner]),
    middle = between(from, to);
  return sides.length === 1 ? between(from, middle) : middle; // the arrow of a line begins at the middle
}
function drawCorners(group, kind, index, corners) {
  const made = counted(group, corners.length, () => {
    const corner = element("g", null, "corner", { role: "button" });
    element("circle", corner, "grip", { r: 15 });
    element("circle", corner, "dot", { r: MARK });
    return corner;
  });
  made.forEach((corner, i) => {
    const [x, y] = corners[i];
    corner.dataset.corner = i;
    corner.setAttribute("tabindex", isSelected(kind, index) ? 0 : -1);
    corner.setAttribute("transform", `translate(${x} ${y})`);
    corner.setAttribute(
      "aria-label",
      `Point ${i + 1} of ${nameOf(kind, index)}: ${percent(x / wide)} from the left, ${percent(y / high)} from the top`,
    );
  });
}
const percent = (ratio) => `${(100 * ratio).toFixed(1)} %`;
/** The element of a shape, or of its part. */
const drawn = (kind, index, part = "") => $(`drawn-${kind}`).children[index]?.querySelector(part || ".body");
const cornerOf = (kind, index, corner) => drawn(kind, index, ".corners")?.children[corner];
new ResizeObserver(draw).observe(overlay);
