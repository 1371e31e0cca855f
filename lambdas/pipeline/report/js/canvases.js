// The canvases, one a layer, the colours drawn with, and the times below what is drawn over time.

const sheets = {};
for (const id of ["heat", "zones", "paths", "now", "crowd", "bars"])
  sheets[id] = { canvas: $(id), pen: $(id).getContext("2d"), width: 1, height: 1 };
function fit(id, height) {
  const sheet = sheets[id],
    canvas = sheet.canvas,
    dense = Math.min(devicePixelRatio || 1, 2);
  if (height) canvas.style.height = `${height}px`;
  const width = canvas.clientWidth,
    tall = canvas.clientHeight;
  if (canvas.width !== Math.round(width * dense) || canvas.height !== Math.round(tall * dense)) {
    canvas.width = Math.round(width * dense);
    canvas.height = Math.round(tall * dense);
  }
  sheet.pen.setTransform(dense, 0, 0, dense, 0, 0);
  sheet.width = width;
  sheet.height = tall;
}
const ink = {};
function readColours() {
  // By way of an element: the variables themselves are read as they are written, light-dark(…).
  const probe = document.body.appendChild(document.createElement("i"));
  for (const name of ["ink", "soft", "line", "lane", "accent", "card", "hover"]) {
    probe.style.color = `var(--${name})`;
    ink[name] = getComputedStyle(probe).color;
  }
  probe.remove();
}
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400]; // s
/** Milliseconds from one time on an axis to the next, which are more than so many pixels apart. */
function timeStep(msPerPixel, apart) {
  const step = TIME_STEPS.find((seconds) => (1000 * seconds) / msPerPixel > apart);
  return 1000 * (step ?? TIME_STEPS.at(-1));
}
