// How many were in each zone over time, a band a zone, with the time of day where it is known.

const BAND = 56,
  MARGIN = 16,
  FOOT = 24;
const occupancy = $("occupancy");
if (occupancy) {
  sheets.occupancy = { canvas: occupancy, pen: occupancy.getContext("2d"), width: 1, height: 1 };
  occupancy.addEventListener("click", (event) =>
    seek(((event.offsetX - MARGIN) / (sheets.occupancy.width - 2 * MARGIN)) * answers.shown),
  );
}
const along = (t, width) => MARGIN + (t / answers.shown) * (width - 2 * MARGIN);

function drawOccupancy() {
  if (!occupancy) return;
  const { pen, width, height } = sheets.occupancy,
    most = zones.reduce((all, zone) => Math.max(all, ...zone.most), 1);
  pen.clearRect(0, 0, width, height);
  pen.font = "12px system-ui, sans-serif";
  pen.textBaseline = "middle";
  for (const [row, zone] of zones.entries()) drawBand(pen, zone, row * BAND, width, most);
  drawTimes(pen, width, height - FOOT);
  pen.fillStyle = ink.ink;
  pen.fillRect(along(Math.min(state.now, answers.shown), width) - 0.75, 0, 1.5, height - FOOT);
}
/** One zone; all have the same scale, so that they compare. */
function drawBand(pen, zone, top, width, most) {
  const base = top + BAND - 1,
    tall = BAND - 26,
    parts = zone.most.length,
    peak = Math.max(...zone.most);
  pen.textAlign = "left";
  pen.fillStyle = ink.ink;
  pen.fillText(shortName(zone.name), MARGIN, top + 12);
  pen.textAlign = "right";
  pen.fillStyle = ink.soft;
  pen.fillText(peak ? `at most ${peak}` : "nobody", width - MARGIN, top + 12);
  pen.fillStyle = ink.line;
  pen.fillRect(MARGIN, base, width - 2 * MARGIN, 1);
  pen.beginPath();
  pen.moveTo(along(0, width), base);
  let y = base;
  for (const [part, people] of zone.most.entries()) {
    if (people === zone.most[part - 1]) continue;
    const x = along((part / parts) * answers.shown, width);
    pen.lineTo(x, y);
    y = base - (people / most) * tall;
    pen.lineTo(x, y);
  }
  pen.lineTo(along(answers.shown, width), y);
  pen.lineTo(along(answers.shown, width), base);
  pen.closePath();
  pen.fillStyle = zone.color;
  pen.globalAlpha = 0.75;
  pen.fill();
  pen.globalAlpha = 1;
}
/** Times below the bands, at whole minutes and hours of the clock. */
function drawTimes(pen, width, base) {
  const every = timeStep(answers.shown / width, 84);
  const begun = wallClock(0)?.getTime() ?? 0;
  pen.textAlign = "center";
  for (let t = (every - (begun % every)) % every; t <= answers.shown; t += every) {
    const x = along(t, width),
      text = timeOfDay(t, every < 60000),
      half = pen.measureText(text).width / 2;
    pen.fillStyle = ink.line;
    pen.fillRect(x, base, 1, 5);
    pen.fillStyle = ink.soft;
    pen.fillText(text, Math.min(Math.max(x, half + 4), width - half - 4), base + 14);
  }
}
