// Draws the people in view at one time.

/** The time whose people are drawn: that of the video's frame on the screen, which may be on show for long. */
const timeShown = () => (state.video && state.frame !== null ? state.frame : state.now);

function drawNow() {
  const { pen, width, height } = sheets.now,
    t = timeShown();
  const stale = !state.video && $("still") !== null && t !== data.stillAt;
  $("still")?.classList.toggle("stale", stale);
  $("when").hidden = !stale;
  pen.clearRect(0, 0, width, height);
  const hovered = people[state.hover],
    present = [];
  if (hovered && state.paths) strokePath(pen, hovered, width, height, 3.4, 1);
  pen.font = "600 12px system-ui, sans-serif";
  pen.textBaseline = "middle";
  for (const person of people) {
    if (!spanAt(person, t)) continue;
    present.push(person);
    if (!state.boxes) continue;
    const dimmed =
      (hovered && hovered !== person) ||
      (!hovered && state.chosen.size && !state.chosen.has(person.position));
    if (!dimmed && !state.paths) {
      pen.beginPath();
      trace(pen, person, width, height, t - 4000, t);
      pen.strokeStyle = person.color;
      pen.globalAlpha = 0.8;
      pen.lineWidth = 2.4;
      pen.stroke();
      pen.globalAlpha = 1;
    }
    drawBox(pen, person, boxAt(person, t), width, height, dimmed);
  }
  $("inview").textContent = present.length
    ? `In view at ${asText.clock(t)}: ${listed(present)}`
    : `Nobody in view at ${asText.clock(t)}`;
  return present;
}
function drawBox(pen, person, [left, top, wide, tall], width, height, dimmed) {
  const x = left * width,
    y = top * height;
  pen.globalAlpha = dimmed ? 0.4 : 1;
  pen.lineWidth = dimmed ? 1.2 : 4;
  pen.strokeStyle = "rgb(11 13 18 / .55)";
  pen.strokeRect(x, y, wide * width, tall * height);
  pen.lineWidth = dimmed ? 1 : 2;
  pen.strokeStyle = !dimmed ? person.color : pictured() ? "#fff" : ink.soft;
  pen.strokeRect(x, y, wide * width, tall * height);
  if (!dimmed) {
    const label = String(person.index),
      boxWidth = pen.measureText(label).width + 10;
    pen.fillStyle = person.color;
    const above = y < 18 ? y : y - 18;
    pen.beginPath();
    pen.roundRect(x - 1, above, boxWidth, 18, 5);
    pen.fill();
    pen.fillStyle = person.written;
    pen.fillText(label, x + 4, above + 9.5);
  }
  pen.globalAlpha = 1;
}
