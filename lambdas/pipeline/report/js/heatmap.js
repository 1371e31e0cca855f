// Draws where people spent their time.

const GRID = 160; // cells in a row of the grid
const RAMP = [
  [59, 28, 140],
  [181, 54, 122],
  [248, 118, 92],
  [252, 223, 126],
];

function drawHeat() {
  const { pen, width, height } = sheets.heat;
  pen.clearRect(0, 0, width, height);
  if (!state.heat) return;
  const columns = GRID,
    rows = Math.max(8, Math.round(GRID / aspect));
  let cells = timeSpent(columns, rows);
  for (let pass = 0; pass < 3; pass++)
    cells = smooth(smooth(cells, columns, rows, 1, columns), rows, columns, columns, 1);
  const small = document.createElement("canvas");
  small.width = columns;
  small.height = rows;
  small.getContext("2d").putImageData(coloured(cells, columns, rows), 0, 0);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(small, 0, 0, width, height);
}
/** Milliseconds that feet of the people shown spent in each cell. */
function timeSpent(columns, rows) {
  const cells = new Float32Array(columns * rows);
  const put = (x, y, weight) => {
    const column = Math.floor(x * columns),
      row = Math.floor(y * rows);
    if (column >= 0 && row >= 0 && column < columns && row < rows) cells[row * columns + column] += weight;
  };
  for (const person of people) {
    if (state.chosen.size && !state.chosen.has(person.position)) continue;
    for (const [start, end] of person.spans)
      for (let i = start; i + 1 < end; i++) {
        const across = (feetX[i + 1] - feetX[i]) * columns,
          down = (feetY[i + 1] - feetY[i]) * rows;
        const steps = Math.max(1, Math.ceil(Math.hypot(across, down))),
          weight = (times[i + 1] - times[i]) / steps;
        for (let step = 0; step < steps; step++) {
          const part = (step + 0.5) / steps;
          put(
            feetX[i] + (feetX[i + 1] - feetX[i]) * part,
            feetY[i] + (feetY[i + 1] - feetY[i]) * part,
            weight,
          );
        }
      }
  }
  return cells;
}
/** The cells as a picture, from cold and clear to hot. */
function coloured(cells, columns, rows) {
  const seen = cells.filter((value) => value > 0).sort();
  const top = seen.length ? seen[Math.floor(seen.length * 0.985)] : 1;
  const image = new ImageData(columns, rows);
  for (let i = 0; i < cells.length; i++) {
    const heat = Math.min(1, Math.sqrt(cells[i] / top)),
      place = Math.min(heat * 3, 2.999),
      low = Math.floor(place),
      part = place - low;
    for (let c = 0; c < 3; c++)
      image.data[4 * i + c] = RAMP[low][c] + (RAMP[low + 1][c] - RAMP[low][c]) * part;
    image.data[4 * i + 3] = 255 * Math.min(0.95, Math.max(0, heat - 0.05) * 2.1);
  }
  return image;
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
