// Draws people's paths.

function trace(pen, person, width, height, from = 0, to = Infinity) {
  for (const [start, end] of person.spans) {
    if (times[end - 1] < from || times[start] > to) continue;
    let first = true;
    for (let i = start; i < end; i++) {
      if (times[i] < from && i + 1 < end && times[i + 1] <= from) continue;
      if (times[i] > to) break;
      const x = feetX[i] * width,
        y = feetY[i] * height;
      if (first) {
        pen.moveTo(x, y);
        first = false;
      } else pen.lineTo(x, y);
    }
  }
}
function strokePath(pen, person, width, height, thick, alpha) {
  if (!person.spans.length) return;
  pen.lineJoin = pen.lineCap = "round";
  pen.beginPath();
  trace(pen, person, width, height);
  pen.globalAlpha = alpha * 0.55;
  pen.strokeStyle = "#0b0d12";
  pen.lineWidth = thick + 2;
  pen.stroke();
  pen.globalAlpha = alpha;
  pen.strokeStyle = person.color;
  pen.lineWidth = thick;
  pen.stroke();
  const last = person.spans[person.spans.length - 1][1] - 1,
    first = person.spans[0][0];
  ring(pen, feetX[first] * width, feetY[first] * height, thick + 2.2, person.color);
  square(pen, feetX[last] * width, feetY[last] * height, thick + 2, person.color);
  pen.globalAlpha = 1;
}
/** Where a path begins. */
function ring(pen, x, y, radius, color) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 7);
  pen.fillStyle = "#fff";
  pen.fill();
  pen.lineWidth = 4;
  pen.strokeStyle = "#0b0d12";
  pen.stroke();
  pen.lineWidth = 2.2;
  pen.strokeStyle = color;
  pen.stroke();
}
/** Where a path ends; `half` is half its side. */
function square(pen, x, y, half, color) {
  pen.fillStyle = "#0b0d12";
  pen.fillRect(x - half - 1, y - half - 1, 2 * half + 2, 2 * half + 2);
  pen.fillStyle = color;
  pen.fillRect(x - half, y - half, 2 * half, 2 * half);
}
/** Whether there is a picture of the scene to draw on, rather than a plain ground. */
const pictured = () => state.video || $("still") !== null;
const MANY = 12000; // points from which paths are drawn as hairlines, a part a frame, so that nothing stalls
let nextPath = 0;
/** Draw all paths, or as many as one frame should; true while there are more to draw. */
function drawPaths(again) {
  const { pen, width, height } = sheets.paths;
  if (again) {
    pen.clearRect(0, 0, width, height);
    nextPath = state.paths ? 0 : people.length;
  }
  const crowd = people.length,
    many = times.length > MANY || crowd > 150,
    hair = 1 / pen.getTransform().a;
  const thick = crowd > 40 ? 1.7 : 2.2,
    alpha = (crowd > 40 ? 0.75 : 0.95) * (state.heat ? 0.5 : 1);
  let points = 0;
  for (; nextPath < crowd && points < MANY; nextPath++) {
    const person = people[nextPath],
      chosen = state.chosen.has(nextPath);
    if (chosen) continue; // drawn last, over the others
    points += 30; // what a path costs however short
    for (const [start, end] of person.spans) points += end - start;
    if (!state.chosen.size && !many) strokePath(pen, person, width, height, thick, alpha);
    else if (state.chosen.size)
      hairlines(pen, person, width, height, hair, pictured() ? "#fff" : ink.soft, pictured() ? 0.1 : 0.35);
    else hairlines(pen, person, width, height, hair, person.color, state.heat ? 0.3 : 0.6);
  }
  if (nextPath < crowd) return true;
  if (state.paths)
    for (const position of state.chosen) strokePath(pen, people[position], width, height, 3.2, 1);
  return false;
}
function hairlines(pen, person, width, height, hair, color, alpha) {
  pen.strokeStyle = color;
  pen.globalAlpha = alpha;
  pen.lineWidth = hair;
  pen.lineJoin = "bevel";
  pen.lineCap = "butt";
  for (const [start, end] of person.spans)
    for (let from = start; from < end - 1; from += 64) {
      pen.beginPath();
      pen.moveTo(feetX[from] * width, feetY[from] * height);
      for (let i = from + 1; i <= Math.min(from + 64, end - 1); i++)
        pen.lineTo(feetX[i] * width, feetY[i] * height);
      pen.stroke();
    }
  pen.globalAlpha = 1;
}
