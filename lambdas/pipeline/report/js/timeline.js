// The timeline: how many were in view, and a bar for each time somebody was.

const LANE = 20,
  EDGE = 16;
const LABEL =
  72 + 8 * Math.max(2, String(people.reduce((most, person) => Math.max(most, person.index), 0)).length);
const across = (t, width) => LABEL + (t / duration) * (width - LABEL - EDGE);
const timeAt = (x, width) =>
  Math.min(duration, Math.max(0, ((x - LABEL) / (width - LABEL - EDGE)) * duration));
const counts = (() => {
  const bins = Math.min(600, Math.max(40, Math.ceil(duration / 200))),
    most = new Float32Array(bins);
  const steps = [];
  for (const person of people)
    for (const [start, end] of person.spans) steps.push([times[start], 1], [times[end - 1] + 1, -1]);
  steps.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const binOf = (t) => Math.min(bins - 1, Math.floor((t / duration) * bins));
  let there = 0;
  steps.forEach(([t, step], place) => {
    there += step;
    const until = place + 1 < steps.length ? steps[place + 1][0] - 1 : t;
    for (let bin = binOf(t); bin <= binOf(until); bin++) most[bin] = Math.max(most[bin], there);
  });
  return most;
})();
function drawCrowd() {
  const { pen, width, height } = sheets.crowd,
    base = height - 22,
    most = counts.reduce((a, b) => Math.max(a, b), 0);
  pen.clearRect(0, 0, width, height);
  pen.beginPath();
  pen.moveTo(across(0, width), base);
  for (let bin = 0; bin < counts.length; bin++) {
    const y = base - (counts[bin] / Math.max(most, 1)) * (base - 6);
    pen.lineTo(across((bin / counts.length) * duration, width), y);
    pen.lineTo(across(((bin + 1) / counts.length) * duration, width), y);
  }
  pen.lineTo(across(duration, width), base);
  pen.closePath();
  pen.globalAlpha = 0.2;
  pen.fillStyle = ink.accent;
  pen.fill();
  pen.globalAlpha = 0.8;
  pen.strokeStyle = ink.accent;
  pen.lineWidth = 1;
  pen.stroke();
  pen.globalAlpha = 1;
  pen.fillStyle = ink.soft;
  pen.font = "11.5px system-ui, sans-serif";
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  pen.fillText("In view", 16, base - 18);
  pen.fillText(most ? `at most ${most}` : "nobody", 16, base - 4);
  const every = timeStep(duration / (width - LABEL), 64);
  pen.textAlign = "center";
  for (let t = 0; t <= duration; t += every) {
    const x = across(t, width);
    pen.fillStyle = ink.line;
    pen.fillRect(x, base, 1, 5);
    const text = asText.clock(t);
    pen.fillStyle = ink.soft;
    pen.fillText(text, Math.min(x, width - 4 - pen.measureText(text).width / 2), height - 9);
  }
  playhead(pen, width, base); // not over the times below
}
function playhead(pen, width, height) {
  pen.fillStyle = ink.ink;
  pen.fillRect(across(state.now, width) - 0.75, 0, 1.5, height);
}
function drawBars() {
  const { pen, width, height } = sheets.bars,
    scrolled = $("lanes").scrollTop;
  pen.clearRect(0, 0, width, height);
  pen.font = "12px system-ui, sans-serif";
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  const from = Math.floor(scrolled / LANE),
    to = Math.min(people.length, Math.ceil((scrolled + height) / LANE));
  for (let row = from; row < to; row++) {
    const person = people[row],
      y = row * LANE - scrolled,
      hovered = state.hover === row,
      chosen = state.chosen.has(row);
    if (hovered || chosen) {
      pen.fillStyle = chosen ? ink.accent : ink.lane;
      pen.globalAlpha = chosen ? 0.16 : 1;
      pen.fillRect(0, y, width, LANE);
      pen.globalAlpha = 1;
    }
    pen.fillStyle = ink.line;
    pen.globalAlpha = 0.6;
    pen.fillRect(LABEL, y + LANE / 2, width - LABEL - EDGE, 1);
    pen.globalAlpha = 1;
    const dimmed = state.chosen.size && !chosen && !hovered;
    pen.fillStyle = chosen || hovered ? ink.ink : ink.soft;
    pen.fillText(`Person ${person.index}`, 16, y + LANE / 2 + 0.5);
    pen.fillStyle = person.color;
    pen.globalAlpha = dimmed ? 0.3 : 1;
    for (const [start, end] of person.spans) {
      const x = across(times[start], width);
      pen.beginPath();
      pen.roundRect(x, y + 5, Math.max(2.5, across(times[end - 1], width) - x), LANE - 10, 4);
      pen.fill();
    }
    pen.globalAlpha = 1;
  }
  playhead(pen, width, height);
}

const lanes = $("lanes");
const laneAt = (event) => {
  const row = Math.floor((event.clientY - lanes.getBoundingClientRect().top + lanes.scrollTop) / LANE);
  return row >= 0 && row < people.length ? row : -1;
};
lanes.addEventListener("scroll", () => redraw("bars"));
lanes.addEventListener("pointermove", (event) => {
  if (event.pointerType !== "touch") hover(laneAt(event));
});
lanes.addEventListener("pointerleave", () => hover(-1));
lanes.addEventListener("click", (event) => {
  const row = laneAt(event),
    x = event.clientX - lanes.getBoundingClientRect().left;
  if (x > LABEL) {
    seek(timeAt(x, sheets.bars.width));
    return;
  }
  if (row < 0) return;
  choose(row);
  showRow(row);
  if (state.chosen.has(row)) seek(people[row].first);
});
let dragging = false;
const drag = (event) => seek(timeAt(event.offsetX, sheets.crowd.width));
$("crowd").addEventListener("pointerdown", (event) => {
  dragging = true;
  $("crowd").setPointerCapture(event.pointerId);
  drag(event);
});
$("crowd").addEventListener("pointermove", (event) => {
  if (dragging) drag(event);
});
for (const end of ["pointerup", "pointercancel"])
  $("crowd").addEventListener(end, () => {
    dragging = false;
  });
