// Draws zones and lines over the scene.

/** As much of a name as a label of that width can show. */
function fittingName(pen, name, wide) {
  let longest = LONGEST_NAME;
  while (longest > 2 && pen.measureText(shortName(name, longest)).width > wide) longest--;
  return shortName(name, longest);
}
function drawZones() {
  const { pen, width, height } = sheets.zones;
  pen.clearRect(0, 0, width, height);
  if (!state.zones) return;
  pen.lineJoin = pen.lineCap = "round";
  pen.font = "600 12px system-ui, sans-serif";
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  const onCanvas = (points) => points.map(([x, y]) => [x * width, y * height]);
  for (const zone of zones) drawZone(pen, zone, onCanvas(zone.polygon));
  for (const line of lines) drawLine(pen, line, onCanvas(line.points));
  // Names last, over all edges.
  for (const zone of zones) {
    const points = onCanvas(zone.polygon),
      [x, y] = labelPlace(points),
      text = fittingName(pen, zone.name, Math.max(...points.map((point) => point[0])) - x - 15);
    drawLabel(pen, text, x, y, width, height, zone.color, "#0b0d12");
  }
  for (const line of lines) {
    const [x, y, across, down] = middleOf(onCanvas(line.points), line.in),
      name = shortName(line.name);
    beside(pen, "in", [x + across * 24, y + down * 24], [across, down], width, height);
    beside(pen, name, [x, y], [-across, -down], width, height);
  }
}
/** A label that keeps clear of a place, on one side of it. */
function beside(pen, text, [x, y], [across, down], width, height) {
  const half = pen.measureText(text).width / 2 + 5,
    apart = 6 + Math.abs(across) * half + Math.abs(down) * 9;
  const left = x + across * apart - half,
    top = y + down * apart - 9;
  drawLabel(pen, text, left, top, width, height, "#fff", "#0b0d12");
}
function outline(pen, points, closed) {
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  if (closed) pen.closePath();
}
function drawZone(pen, zone, points) {
  outline(pen, points, true);
  pen.globalAlpha = 0.2;
  pen.fillStyle = zone.color;
  pen.fill();
  pen.globalAlpha = 1;
  doubleStroke(pen, zone.color, 2, [7, 4]);
}
/** Over a dark halo, so that it stands out from light pictures and dark ones. */
function doubleStroke(pen, color, thick, dashes = []) {
  pen.strokeStyle = "rgb(11 13 18 / .6)";
  pen.lineWidth = thick + 2;
  pen.stroke();
  pen.setLineDash(dashes);
  pen.strokeStyle = color;
  pen.lineWidth = thick;
  pen.stroke();
  pen.setLineDash([]);
}
/** A line, and an arrow at its middle to the side that is in. */
function drawLine(pen, line, points) {
  outline(pen, points, false);
  doubleStroke(pen, "#fff", 3);
  const [x, y, across, down] = middleOf(points, line.in),
    tipX = x + across * 22,
    tipY = y + down * 22;
  outline(
    pen,
    [
      [x, y],
      [tipX, tipY],
      [tipX - across * 8 - down * 5, tipY - down * 8 + across * 5],
      [tipX, tipY],
      [tipX - across * 8 + down * 5, tipY - down * 8 - across * 5],
    ],
    false,
  );
  doubleStroke(pen, "#fff", 2.2);
}
function drawLabel(pen, text, x, y, width, height, ground, written) {
  const wide = pen.measureText(text).width + 10,
    left = Math.max(2, Math.min(x, width - wide - 2)),
    top = Math.max(2, Math.min(y, height - 20));
  pen.fillStyle = ground;
  pen.beginPath();
  pen.roundRect(left, top, wide, 18, 5);
  pen.fill();
  pen.fillStyle = written;
  pen.fillText(text, left + 5, top + 9.5);
}
if (zones.length || lines.length) {
  $("show-zones").hidden = false;
  if (!lines.length) $("show-zones").textContent = "Zones";
  if (!zones.length) $("show-zones").textContent = "Lines";
}
