"use strict";
// Everything the page does. Data stands in inert blocks; see page.py. A "person" here is a position in `people`.

const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const numbers = (id, kind) => {
  const text = atob($(id).textContent.trim());
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return new kind(bytes.buffer);
};
const times = numbers("times-data", Uint32Array);
const boxes = numbers("boxes-data", Int16Array);
const duration = Math.max(data.duration, times.reduce((most, t) => Math.max(most, t), 0), 1);
const aspect = data.aspect; // width / height of the scene as it is shown
const HOLD = 70; // ms a box stays after its last report: one analysed instant at 15 Hz
const EARLY = 1; // ms by which a container's clock may round the time of a frame down to before its Timestamp
const dark = matchMedia("(prefers-color-scheme: dark)");
const quiet = matchMedia("(prefers-reduced-motion: reduce)");

// --- people: spans of points, feet, colours -----------------------------------------------------------------------

const feetX = new Float32Array(times.length), feetY = new Float32Array(times.length);
for (let i = 0; i < times.length; i++) {
  feetX[i] = (boxes[4 * i] + boxes[4 * i + 2] / 2) / data.scale;
  feetY[i] = (boxes[4 * i + 1] + boxes[4 * i + 3]) / data.scale;
}
let offset = 0;
const people = data.people.map((person, position) => {
  const spans = person.spans.map((length) => { const span = [offset, offset + length]; offset += length; return span; });
  let left = Infinity, right = -Infinity, top = Infinity, bottom = -Infinity;
  for (let i = spans.length ? spans[0][0] : offset; i < offset; i++) {
    left = Math.min(left, feetX[i]); right = Math.max(right, feetX[i]);
    top = Math.min(top, feetY[i]); bottom = Math.max(bottom, feetY[i]);
  }
  const hue = (position * 137.508 + 250) % 360; // the golden angle keeps neighbours apart
  const toned = (lights) => `oklch(${lights[position % 3]} 0.145 ${hue.toFixed(0)})`;
  // `deep` is for a white card, where `color` would be too pale.
  return { ...person, position, spans, left, right, top, bottom, color: toned([0.76, 0.68, 0.84]), deep: toned([0.55, 0.48, 0.59]) };
});

/** The last point of [from, to) not later than t. */
function pointBefore(t, from, to) {
  let low = from, high = to - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= t) low = middle; else high = middle - 1;
  }
  return low;
}
/** The span of a person at t, or null. */
function spanAt(person, t) {
  if (!person.spans.length || t < person.first - EARLY || t > person.last + HOLD) return null;
  let low = 0, high = person.spans.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[person.spans[middle][0]] <= t + EARLY) low = middle; else high = middle - 1;
  }
  const span = person.spans[low];
  return t >= times[span[0]] - EARLY && t <= times[span[1] - 1] + HOLD ? span : null;
}
const held = new Float64Array(4);
/** Left, top, width, height at t as ratios, in one array used again and again; null when away. */
function boxAt(person, t) {
  const span = spanAt(person, t);
  if (!span) return null;
  const i = pointBefore(t, span[0], span[1]), j = Math.min(i + 1, span[1] - 1);
  const part = j === i ? 0 : Math.max(0, (t - times[i]) / (times[j] - times[i]));
  for (let axis = 0; axis < 4; axis++) {
    held[axis] = (boxes[4 * i + axis] + (boxes[4 * j + axis] - boxes[4 * i + axis]) * part) / data.scale;
  }
  return held;
}
const inView = (t) => people.filter((person) => spanAt(person, t));
const clockText = (ms) => {
  const s = Math.floor(ms / 1000), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60, pad = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${pad(m)}:${pad(s % 60)}` : `${m}:${pad(s % 60)}`;
};
// Marks that turn the reading direction of what stands beside them are shown instead of obeyed.
const shown = (name) => name.replace(/[\u202a-\u202e\u2066-\u2069]/g, (mark) => `\u27e8U+${mark.charCodeAt(0).toString(16).toUpperCase()}\u27e9`);
const listed = (some) => some.slice(0, 12).map((person) => person.index).join(", ") + (some.length > 12 ? " …" : "");

// --- state ---------------------------------------------------------------------------------------------------------

// Until somebody plays or seeks, the moment the still was taken: its people stand in their boxes.
const state = { now: data.stillAt, fresh: true, playing: false, speed: 1, hover: -1, chosen: new Set(), paths: true, boxes: true, heat: false, video: false, frame: null };
const dirty = new Set();
let waiting = false;
function redraw(...layers) {
  for (const layer of layers) dirty.add(layer);
  if (!waiting) { waiting = true; requestAnimationFrame(frame); }
}
const say = (text) => { $("status").textContent = text; };

// --- canvases ------------------------------------------------------------------------------------------------------

const sheets = {};
for (const id of ["heat", "paths", "now", "crowd", "bars"]) sheets[id] = { canvas: $(id), pen: $(id).getContext("2d"), width: 1, height: 1 };
function fit(id, height) {
  const sheet = sheets[id], canvas = sheet.canvas, dense = Math.min(devicePixelRatio || 1, 2);
  if (height) canvas.style.height = `${height}px`;
  const width = canvas.clientWidth, tall = canvas.clientHeight;
  if (canvas.width !== Math.round(width * dense) || canvas.height !== Math.round(tall * dense)) {
    canvas.width = Math.round(width * dense); canvas.height = Math.round(tall * dense);
  }
  sheet.pen.setTransform(dense, 0, 0, dense, 0, 0);
  sheet.width = width; sheet.height = tall;
}
let ink = {};
function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["ink", "soft", "line", "lane", "accent", "card", "hover"]) ink[name] = style.getPropertyValue(`--${name}`).trim();
  const set = document.documentElement.dataset.theme;
  ink.person = (set ? set === "dark" : dark.matches) ? "color" : "deep";
  for (const [position, row] of rows) row.querySelector(".swatch").style.background = people[position][ink.person];
}

function trace(pen, person, width, height, from = 0, to = Infinity) {
  for (const [start, end] of person.spans) {
    if (times[end - 1] < from || times[start] > to) continue;
    let first = true;
    for (let i = start; i < end; i++) {
      if (times[i] < from && i + 1 < end && times[i + 1] <= from) continue;
      if (times[i] > to) break;
      const x = feetX[i] * width, y = feetY[i] * height;
      if (first) { pen.moveTo(x, y); first = false; } else pen.lineTo(x, y);
    }
  }
}
function strokePath(pen, person, width, height, thick, alpha) {
  if (!person.spans.length) return;
  pen.lineJoin = pen.lineCap = "round";
  pen.beginPath(); trace(pen, person, width, height);
  pen.globalAlpha = alpha * 0.55; pen.strokeStyle = "#0b0d12"; pen.lineWidth = thick + 2; pen.stroke();
  pen.globalAlpha = alpha; pen.strokeStyle = person.color; pen.lineWidth = thick; pen.stroke();
  const last = person.spans[person.spans.length - 1][1] - 1, first = person.spans[0][0];
  pen.beginPath(); pen.arc(feetX[first] * width, feetY[first] * height, thick + 1.2, 0, 7);
  pen.fillStyle = "#0b0d12"; pen.fill(); pen.lineWidth = 1.6; pen.stroke();
  pen.beginPath(); pen.arc(feetX[last] * width, feetY[last] * height, thick + 1.6, 0, 7);
  pen.fillStyle = person.color; pen.fill();
  pen.globalAlpha = 1;
}
/** Whether there is a picture of the scene to draw on, rather than a plain ground. */
const pictured = () => state.video || $("still") !== null;
const MANY = 12000; // points from which paths are drawn as hairlines, a part a frame, so that nothing stalls
let nextPath = 0;
/** Draw all paths, or as many as one frame should; true while there are more to draw. */
function drawPaths(anew) {
  const { pen, width, height } = sheets.paths;
  if (anew) { pen.clearRect(0, 0, width, height); nextPath = state.paths ? 0 : people.length; }
  const crowd = people.length, many = times.length > MANY || crowd > 150, hair = 1 / pen.getTransform().a;
  const thick = crowd > 40 ? 1.7 : 2.2, alpha = (crowd > 40 ? 0.75 : 0.95) * (state.heat ? 0.5 : 1);
  let points = 0;
  for (; nextPath < crowd && points < MANY; nextPath++) {
    const person = people[nextPath], chosen = state.chosen.has(nextPath);
    if (chosen) continue; // drawn last, over the others
    points += 30; // what a path costs however short
    for (const [start, end] of person.spans) points += end - start;
    if (!state.chosen.size && !many) strokePath(pen, person, width, height, thick, alpha);
    else if (state.chosen.size) hairlines(pen, person, width, height, hair, pictured() ? "#fff" : ink.soft, pictured() ? 0.1 : 0.35);
    else hairlines(pen, person, width, height, hair, person.color, state.heat ? 0.3 : 0.6);
  }
  if (nextPath < crowd) return true;
  if (state.paths) for (const position of state.chosen) strokePath(pen, people[position], width, height, 3.2, 1);
  return false;
}
function hairlines(pen, person, width, height, hair, color, alpha) {
  pen.strokeStyle = color; pen.globalAlpha = alpha; pen.lineWidth = hair; pen.lineJoin = "bevel"; pen.lineCap = "butt";
  for (const [start, end] of person.spans) for (let from = start; from < end - 1; from += 64) {
    pen.beginPath(); pen.moveTo(feetX[from] * width, feetY[from] * height);
    for (let i = from + 1; i <= Math.min(from + 64, end - 1); i++) pen.lineTo(feetX[i] * width, feetY[i] * height);
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

const GRID = 160;
function drawHeat() {
  const { pen, width, height } = sheets.heat;
  pen.clearRect(0, 0, width, height);
  if (!state.heat) return;
  const columns = GRID, rows = Math.max(8, Math.round(GRID / aspect));
  let cells = new Float32Array(columns * rows);
  const put = (x, y, weight) => {
    const column = Math.floor(x * columns), row = Math.floor(y * rows);
    if (column >= 0 && row >= 0 && column < columns && row < rows) cells[row * columns + column] += weight;
  };
  for (const person of people) {
    if (state.chosen.size && !state.chosen.has(person.position)) continue;
    for (const [start, end] of person.spans) for (let i = start; i + 1 < end; i++) {
      const across = (feetX[i + 1] - feetX[i]) * columns, down = (feetY[i + 1] - feetY[i]) * rows;
      const steps = Math.max(1, Math.ceil(Math.hypot(across, down))), weight = (times[i + 1] - times[i]) / steps;
      for (let step = 0; step < steps; step++) {
        const part = (step + 0.5) / steps;
        put(feetX[i] + (feetX[i + 1] - feetX[i]) * part, feetY[i] + (feetY[i + 1] - feetY[i]) * part, weight);
      }
    }
  }
  for (let pass = 0; pass < 3; pass++) cells = smooth(smooth(cells, columns, rows, 1, columns), rows, columns, columns, 1);
  const seen = cells.filter((value) => value > 0).sort();
  const top = seen.length ? seen[Math.floor(seen.length * 0.985)] : 1;
  const image = new ImageData(columns, rows), ramp = [[59, 28, 140], [181, 54, 122], [248, 118, 92], [252, 223, 126]];
  for (let i = 0; i < cells.length; i++) {
    const heat = Math.min(1, Math.sqrt(cells[i] / top)), place = Math.min(heat * 3, 2.999), low = Math.floor(place), part = place - low;
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = ramp[low][c] + (ramp[low + 1][c] - ramp[low][c]) * part;
    image.data[4 * i + 3] = 255 * Math.min(0.95, Math.max(0, heat - 0.05) * 2.1);
  }
  const small = document.createElement("canvas");
  small.width = columns; small.height = rows;
  small.getContext("2d").putImageData(image, 0, 0);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(small, 0, 0, width, height);
}
/** A running mean of five along one direction of a grid. */
function smooth(cells, length, lines, step, stride) {
  const out = new Float32Array(cells.length);
  for (let line = 0; line < lines; line++) {
    const base = line * stride;
    let sum = 0;
    for (let i = -2; i < length; i++) {
      if (i + 2 < length) sum += cells[base + (i + 2) * step];
      if (i - 3 >= 0) sum -= cells[base + (i - 3) * step];
      if (i >= 0) out[base + i * step] = Math.max(0, sum / 5);
    }
  }
  return out;
}

/** The time whose people are drawn: that of the video's frame on the screen, which may be on show for long. */
const timeShown = () => (state.video && state.frame !== null ? state.frame : state.now);

function drawNow() {
  const { pen, width, height } = sheets.now, t = timeShown();
  const stale = !state.video && $("still") !== null && t !== data.stillAt;
  $("still")?.classList.toggle("stale", stale);
  $("when").hidden = !stale;
  pen.clearRect(0, 0, width, height);
  const hovered = people[state.hover], present = [];
  if (hovered && state.paths) strokePath(pen, hovered, width, height, 3.4, 1);
  pen.font = "600 12px system-ui, sans-serif"; pen.textBaseline = "middle";
  for (const person of people) {
    if (!spanAt(person, t)) continue;
    present.push(person);
    if (!state.boxes) continue;
    const faint = (hovered && hovered !== person) || (!hovered && state.chosen.size && !state.chosen.has(person.position));
    if (!faint && !state.paths) {
      pen.beginPath(); trace(pen, person, width, height, t - 4000, t);
      pen.strokeStyle = person.color; pen.globalAlpha = 0.8; pen.lineWidth = 2.4; pen.stroke(); pen.globalAlpha = 1;
    }
    const [left, top, wide, tall] = boxAt(person, t);
    const x = left * width, y = top * height;
    pen.globalAlpha = faint ? 0.4 : 1;
    pen.lineWidth = faint ? 1.2 : 4; pen.strokeStyle = "rgb(11 13 18 / .55)"; pen.strokeRect(x, y, wide * width, tall * height);
    pen.lineWidth = faint ? 1 : 2; pen.strokeStyle = !faint ? person.color : pictured() ? "#fff" : ink.soft; pen.strokeRect(x, y, wide * width, tall * height);
    if (!faint) {
      const label = String(person.index), room = pen.measureText(label).width + 10;
      pen.fillStyle = person.color;
      const above = y < 18 ? y : y - 18;
      pen.beginPath(); pen.roundRect(x - 1, above, room, 18, 5); pen.fill();
      pen.fillStyle = "#0b0d12"; pen.fillText(label, x + 4, above + 9.5);
    }
    pen.globalAlpha = 1;
  }
  $("inview").textContent = present.length ? `In view at ${clockText(t)}: ${listed(present)}` : `Nobody in view at ${clockText(t)}`;
  return present;
}

// --- the timeline ----------------------------------------------------------------------------------------------------

const LANE = 20, EDGE = 16;
const LABEL = 72 + 8 * Math.max(2, String(people.reduce((most, person) => Math.max(most, person.index), 0)).length);
const across = (t, width) => LABEL + (t / duration) * (width - LABEL - EDGE);
const timeAt = (x, width) => Math.min(duration, Math.max(0, ((x - LABEL) / (width - LABEL - EDGE)) * duration));
const counts = (() => {
  const bins = Math.min(600, Math.max(40, Math.ceil(duration / 200))), most = new Float32Array(bins);
  const steps = [];
  for (const person of people) for (const [start, end] of person.spans) steps.push([times[start], 1], [times[end - 1] + 1, -1]);
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
  const { pen, width, height } = sheets.crowd, base = height - 22, most = counts.reduce((a, b) => Math.max(a, b), 0);
  pen.clearRect(0, 0, width, height);
  pen.beginPath(); pen.moveTo(across(0, width), base);
  for (let bin = 0; bin < counts.length; bin++) {
    const y = base - (counts[bin] / Math.max(most, 1)) * (base - 6);
    pen.lineTo(across((bin / counts.length) * duration, width), y); pen.lineTo(across(((bin + 1) / counts.length) * duration, width), y);
  }
  pen.lineTo(across(duration, width), base); pen.closePath();
  pen.globalAlpha = 0.2; pen.fillStyle = ink.accent; pen.fill();
  pen.globalAlpha = 0.8; pen.strokeStyle = ink.accent; pen.lineWidth = 1; pen.stroke(); pen.globalAlpha = 1;
  pen.fillStyle = ink.soft; pen.font = "11.5px system-ui, sans-serif"; pen.textBaseline = "middle"; pen.textAlign = "left";
  pen.fillText("In view", 16, base - 18); pen.fillText(most ? `at most ${most}` : "nobody", 16, base - 4);
  const every = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200].find((s) => (s * 1000 / duration) * (width - LABEL) > 64) || 14400;
  pen.textAlign = "center";
  for (let s = 0; s * 1000 <= duration; s += every) {
    const x = across(s * 1000, width);
    pen.fillStyle = ink.line; pen.fillRect(x, base, 1, 5);
    const text = clockText(s * 1000);
    pen.fillStyle = ink.soft; pen.fillText(text, Math.min(x, width - 4 - pen.measureText(text).width / 2), height - 9);
  }
  playhead(pen, width, height);
}
function playhead(pen, width, height) {
  pen.fillStyle = ink.ink; pen.fillRect(across(state.now, width) - 0.75, 0, 1.5, height);
}
function drawBars() {
  const { pen, width, height } = sheets.bars, scrolled = $("lanes").scrollTop;
  pen.clearRect(0, 0, width, height);
  pen.font = "12px system-ui, sans-serif"; pen.textBaseline = "middle"; pen.textAlign = "left";
  const from = Math.floor(scrolled / LANE), to = Math.min(people.length, Math.ceil((scrolled + height) / LANE));
  for (let row = from; row < to; row++) {
    const person = people[row], y = row * LANE - scrolled, hovered = state.hover === row, chosen = state.chosen.has(row);
    if (hovered || chosen) { pen.fillStyle = chosen ? ink.accent : ink.lane; pen.globalAlpha = chosen ? 0.16 : 1; pen.fillRect(0, y, width, LANE); pen.globalAlpha = 1; }
    pen.fillStyle = ink.line; pen.globalAlpha = 0.6; pen.fillRect(LABEL, y + LANE / 2, width - LABEL - EDGE, 1); pen.globalAlpha = 1;
    const faint = state.chosen.size && !chosen && !hovered;
    pen.fillStyle = chosen || hovered ? ink.ink : ink.soft; pen.fillText(`Person ${person.index}`, 16, y + LANE / 2 + 0.5);
    pen.fillStyle = person[ink.person]; pen.globalAlpha = faint ? 0.3 : 1;
    for (const [start, end] of person.spans) {
      const x = across(times[start], width);
      pen.beginPath(); pen.roundRect(x, y + 5, Math.max(2.5, across(times[end - 1], width) - x), LANE - 10, 4); pen.fill();
    }
    pen.globalAlpha = 1;
  }
  playhead(pen, width, height);
}

// --- the frame loop --------------------------------------------------------------------------------------------------

let before = 0, spoken = "";
function frame(at) {
  waiting = false;
  if (state.playing) {
    if (state.video) state.now = Math.min(duration, Math.max(0, ($("video").currentTime - begins) * 1000));
    else state.now += Math.min(at - before, 250) * state.speed;
    if (state.now >= duration || (state.video && $("video").ended)) { state.now = Math.min(state.now, duration); pause(); }
    dirty.add("now").add("crowd").add("bars").add("clock");
  }
  before = at;
  const todo = new Set(dirty);
  dirty.clear();
  if (todo.has("heat")) drawHeat();
  if ((todo.has("paths") || todo.has("more paths")) && drawPaths(todo.has("paths"))) redraw("more paths");
  if (todo.has("now")) drawNow();
  if (todo.has("crowd")) drawCrowd();
  if (todo.has("bars")) drawBars();
  if (todo.has("clock")) showClock();
  frames.push(performance.now() - at);
  if (frames.length > 600) frames.shift();
  if (state.playing) redraw();
}
const frames = [];
window.drawingTimes = frames; // milliseconds each frame took to draw, for whoever measures

function showClock() {
  const text = `${clockText(state.now)} / ${clockText(duration)}`;
  if (text !== spoken) { $("clock").textContent = spoken = text; $("time").setAttribute("aria-valuetext", `${clockText(state.now)} of ${clockText(duration)}`); }
  $("time").value = state.now;
}
function seek(t) {
  state.fresh = false;
  state.now = Math.min(duration, Math.max(0, t));
  if (state.video) $("video").currentTime = begins + state.now / 1000;
  redraw("now", "crowd", "bars", "clock");
}
function play() {
  if (state.fresh || state.now >= duration - 1) seek(0);
  state.playing = true; before = performance.now();
  if (state.video) { $("video").playbackRate = state.speed; $("video").play().catch(() => pause()); }
  $("play").textContent = "❚❚"; $("play").setAttribute("aria-label", "Pause");
  redraw("now");
}
function pause() {
  state.playing = false;
  if (state.video) $("video").pause();
  $("play").textContent = "▶"; $("play").setAttribute("aria-label", "Play");
  const present = inView(state.now);
  say(present.length ? `${clockText(state.now)}: ${present.length} in view (${listed(present)})` : `${clockText(state.now)}: nobody in view`);
}

// --- hover and selection, the same for scene, table and timeline -------------------------------------------------------

const rows = new Map();
const positions = new Map(people.map((person, position) => [person.index, position]));
for (const row of document.querySelectorAll("#people tbody tr[data-index]")) {
  const position = positions.get(Number(row.dataset.index));
  rows.set(position, row);
  row.dataset.position = position;
}
function hover(position) {
  if (position === state.hover) return;
  rows.get(state.hover)?.classList.remove("hover");
  rows.get(position)?.classList.add("hover");
  state.hover = position;
  $("paths").classList.toggle("dim", position >= 0 && state.paths);
  redraw("now", "bars");
}
function choose(position, only = false) {
  if (only) state.chosen.clear();
  if (!state.chosen.delete(position)) state.chosen.add(position);
  chosenChanged();
}
function chosenChanged() {
  for (const [position, row] of rows) {
    const chosen = state.chosen.has(position);
    if (chosen !== row.classList.contains("chosen")) {
      row.classList.toggle("chosen", chosen);
      row.querySelector("button").setAttribute("aria-pressed", chosen);
    }
  }
  $("clear").hidden = !state.chosen.size;
  const some = [...state.chosen].map((position) => people[position]).sort((a, b) => a.index - b.index);
  say(some.length ? `Selected: person ${listed(some)}` : "Nobody selected: everybody is shown");
  redraw("paths", "heat", "now", "bars");
}
function clearChosen() { if (state.chosen.size) { state.chosen.clear(); chosenChanged(); } }

/** Scrolls the table, where it scrolls by itself, to a person. */
function showRow(position) {
  const room = document.querySelector(".rows"), row = rows.get(position);
  if (!row || room.scrollHeight <= room.clientHeight + 1) return;
  const head = room.querySelector("thead").offsetHeight;
  if (row.offsetTop - head < room.scrollTop || row.offsetTop + row.offsetHeight > room.scrollTop + room.clientHeight) {
    room.scrollTo({ top: row.offsetTop - room.clientHeight / 2, behavior: quiet.matches ? "auto" : "smooth" });
  }
}
/** Scrolls the timeline to a person. */
function showLane(position) {
  const top = position * LANE, room = $("lanes");
  if (top < room.scrollTop || top + LANE > room.scrollTop + room.clientHeight) room.scrollTop = top - room.clientHeight / 2;
}

/** The person whose box now, or else whose path, is at a place of the scene. */
function pick(x, y, width, height) {
  let found = -1, best = Infinity;
  const u = x / width, v = y / height;
  if (state.boxes) for (const person of people) {
    const box = boxAt(person, state.now);
    if (box && u >= box[0] && v >= box[1] && u <= box[0] + box[2] && v <= box[1] + box[3] && box[2] * box[3] < best) {
      best = box[2] * box[3]; found = person.position;
    }
  }
  if (found >= 0 || !state.paths) return found;
  const reach = 11;
  best = reach * reach;
  const dx = reach / width, dy = reach / height;
  for (const person of people) {
    if (u < person.left - dx || u > person.right + dx || v < person.top - dy || v > person.bottom + dy) continue;
    for (const [start, end] of person.spans) for (let i = start; i < end; i++) {
      const j = Math.min(i + 1, end - 1);
      const ax = feetX[i] * width, ay = feetY[i] * height, bx = feetX[j] * width - ax, by = feetY[j] * height - ay;
      const along = Math.min(1, Math.max(0, ((x - ax) * bx + (y - ay) * by) / (bx * bx + by * by || 1)));
      const far = (x - ax - along * bx) ** 2 + (y - ay - along * by) ** 2;
      if (far < best) { best = far; found = person.position; }
    }
  }
  return found;
}
const tip = $("tip");
function tell(position, x, y, width) {
  const person = people[position];
  tip.hidden = !person;
  if (!person) return;
  tip.textContent = `Person ${person.index} · ${clockText(person.first)} – ${clockText(person.last)}`;
  const room = tip.offsetWidth;
  tip.style.transform = `translate(${Math.max(4, Math.min(width - room - 4, x + 14))}px, ${y > 46 ? y - 38 : y + 16}px)`;
}
let moved = null;
$("now").addEventListener("pointermove", (event) => {
  if (event.pointerType === "touch") return;
  const first = !moved;
  moved = event;
  if (first) requestAnimationFrame(() => {
    const { offsetX: x, offsetY: y } = moved, { width, height } = sheets.now;
    moved = null;
    const position = pick(x, y, width, height);
    hover(position); tell(position, x, y, width);
  });
});
$("now").addEventListener("pointerleave", () => { hover(-1); tip.hidden = true; });
$("now").addEventListener("click", (event) => {
  const position = pick(event.offsetX, event.offsetY, sheets.now.width, sheets.now.height);
  if (position < 0) { clearChosen(); return; }
  choose(position);
  showRow(position); showLane(position);
});

const body = document.querySelector("#people tbody");
const positionOf = (target) => Number(target.closest("tr")?.dataset.position ?? -1);
body.addEventListener("pointerover", (event) => hover(positionOf(event.target)));
body.addEventListener("pointerleave", () => hover(-1));
body.addEventListener("focusin", (event) => hover(positionOf(event.target)));
body.addEventListener("focusout", () => hover(-1));
body.addEventListener("click", (event) => {
  const position = positionOf(event.target);
  if (position < 0) return;
  choose(position);
  showLane(position);
  if (state.chosen.has(position) && !state.playing && !spanAt(people[position], state.now)) seek(people[position].first);
});
document.querySelectorAll("#people thead button").forEach((button, column) => button.addEventListener("click", () => {
  const head = button.parentElement, ascending = head.getAttribute("aria-sort") !== "ascending" && !(column && column !== 3 && !head.hasAttribute("aria-sort"));
  document.querySelectorAll("#people thead th").forEach((each) => each.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
  const value = (row) => column ? Number(row.cells[column].dataset.value) : Number(row.dataset.index);
  body.append(...[...body.rows].sort((a, b) => (value(a) - value(b)) * (ascending ? 1 : -1) || a.dataset.index - b.dataset.index));
}));
$("clear").addEventListener("click", () => { clearChosen(); document.querySelector(".rows").focus({ preventScroll: true }); });

const lanes = $("lanes");
const laneAt = (event) => {
  const row = Math.floor((event.clientY - lanes.getBoundingClientRect().top + lanes.scrollTop) / LANE);
  return row >= 0 && row < people.length ? row : -1;
};
lanes.addEventListener("scroll", () => redraw("bars"));
lanes.addEventListener("pointermove", (event) => { if (event.pointerType !== "touch") hover(laneAt(event)); });
lanes.addEventListener("pointerleave", () => hover(-1));
lanes.addEventListener("click", (event) => {
  const row = laneAt(event), x = event.clientX - lanes.getBoundingClientRect().left;
  if (x > LABEL) { seek(timeAt(x, sheets.bars.width)); return; }
  if (row < 0) return;
  choose(row); showRow(row);
  if (state.chosen.has(row)) seek(people[row].first);
});
let dragging = false;
const drag = (event) => seek(timeAt(event.offsetX, sheets.crowd.width));
$("crowd").addEventListener("pointerdown", (event) => { dragging = true; $("crowd").setPointerCapture(event.pointerId); drag(event); });
$("crowd").addEventListener("pointermove", (event) => { if (dragging) drag(event); });
for (const end of ["pointerup", "pointercancel"]) $("crowd").addEventListener(end, () => { dragging = false; });

// --- controls ---------------------------------------------------------------------------------------------------------

$("time").max = duration;
$("time").addEventListener("input", (event) => seek(Number(event.target.value)));
$("time").addEventListener("change", () => { if (!state.playing) pause(); });
$("play").addEventListener("click", () => (state.playing ? pause() : play()));
$("speed").addEventListener("change", (event) => { state.speed = Number(event.target.value); $("video").playbackRate = state.speed; });
for (const layer of ["paths", "boxes", "heat"]) $(`show-${layer}`).addEventListener("click", (event) => {
  state[layer] = !state[layer];
  event.currentTarget.setAttribute("aria-pressed", state[layer]);
  $("ramp").hidden = !state.heat; $("legend").hidden = !state.paths || !people.length;
  redraw("paths", "heat", "now");
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not(#time), select"), room = event.target.closest(".rows"), pressing = event.target.closest("button, summary");
  if (event.key === "Escape") clearChosen();
  else if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
  else if (event.key === " " && !pressing) { event.preventDefault(); state.playing ? pause() : play(); }
  else if (room && room.scrollWidth > room.clientWidth) return; // the arrows scroll it
  else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    event.preventDefault();
    seek(state.now + (event.key === "ArrowLeft" ? -1 : 1) * (event.shiftKey ? 10000 : 1000));
    if (!state.playing) pause();
  }
});
const marks = { auto: "◐", light: "☀", dark: "☾" };
let theme = "auto";
$("theme").addEventListener("click", () => {
  // First what the system is not, so that every press can be seen.
  const themes = dark.matches ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
  const name = theme = themes[(themes.indexOf(theme) + 1) % 3];
  if (name === "auto") delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = name;
  $("theme").textContent = marks[name];
  $("theme").setAttribute("aria-label", `Colours: ${name === "auto" ? "as the system" : name}`);
  readColours(); redraw("paths", "crowd", "bars", "now");
});
dark.addEventListener("change", () => { readColours(); redraw("paths", "crowd", "bars", "now"); });

// --- the video itself, where it can be reached ---------------------------------------------------------------------------

const video = $("video");
function underlay(address, name) {
  let whole;
  try { whole = new URL(address, location.href); } catch { say("That address of a video cannot be read."); return; }
  if (!["file:", "blob:", "http:", "https:"].includes(whole.protocol)) { say("A video is not played from that kind of address."); return; }
  video.dataset.name = shown(name);
  state.video = false; state.frame = null; begins = countsFrames ? null : 0;
  if (countsFrames) { video.cancelVideoFrameCallback(nextFrame); nextFrame = video.requestVideoFrameCallback(frameShown); }
  video.src = whole.href;
}
// A video's clock starts with its file, of which sound may be the first to play; Timestamps start with its first frame.
let begins = null; // s of the video's clock at which the first frame is shown; null until that is known
let nextFrame = 0;
const countsFrames = "requestVideoFrameCallback" in video;
function frameShown(_, { mediaTime }) {
  begins ??= mediaTime;
  state.frame = Math.round((mediaTime - begins) * 10000) / 10;
  nextFrame = video.requestVideoFrameCallback(frameShown);
  if (state.video) redraw("now"); else playUnderneath();
}
function playUnderneath() {
  if (begins === null || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
  state.video = true; video.hidden = false; video.muted = true;
  if (Math.abs(video.videoWidth / video.videoHeight / aspect - 1) > 0.05) say("This video has another shape than the one tracked: is it the right one?");
  else say(`Playing ${video.dataset.name} under the boxes.`);
  redraw("paths");
  seek(state.fresh ? 0 : state.now);
}
video.addEventListener("loadeddata", playUnderneath);
video.addEventListener("error", () => {
  state.video = false; video.hidden = true;
  redraw("paths", "now");
  say(`${video.dataset.name} cannot be played here: it is not there, may not be read, or has a format this browser does not know.`);
});
video.addEventListener("seeked", () => redraw("now"));
$("file").addEventListener("change", (event) => {
  const file = event.target.files[0];
  if (file) underlay(URL.createObjectURL(file), file.name);
});
function fromAddress() {
  const match = /^#video=(.+)$/s.exec(location.hash);
  if (!match) {
    const beside = document.documentElement.dataset.video; // set by whoever laid the video beside this page
    if (beside) underlay(beside, data.name);
    return;
  }
  let address = match[1];
  if (!/^https?:\/\//i.test(address)) try { address = decodeURIComponent(address); } catch { /* taken as it stands */ }
  // The page for dropping videos serves them under numbers of its own.
  if (address.startsWith("/video/")) { underlay(address, data.name); return; }
  underlay(address, address.split(/[?#]/)[0].split("/").pop() || "The video");
}
addEventListener("hashchange", fromAddress);

// --- begin -------------------------------------------------------------------------------------------------------------

function layout() {
  for (const id of ["heat", "paths", "now"]) fit(id);
  fit("crowd");
  fit("bars", Math.min(people.length * LANE, 336) || 1);
  $("spacer").style.height = `${people.length * LANE - sheets.bars.height}px`;
  const stage = document.querySelector(".stage"), sticks = getComputedStyle(stage).position === "sticky";
  document.documentElement.style.scrollPaddingTop = sticks ? `${stage.offsetHeight + 8}px` : "";
  redraw("heat", "paths", "now", "crowd", "bars", "clock");
}
$("when").textContent = `Still from ${clockText(data.stillAt)}`;
$("empty").hidden = people.length > 0;
$("legend").hidden = !people.length;
readColours();
new ResizeObserver(layout).observe(document.querySelector("main"));
layout();
fromAddress();
document.documentElement.dataset.ready = "true";
