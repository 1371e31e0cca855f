// Draws where people spent their time.

const GRID = 160; // cells in a row of the grid

function drawHeat() {
  const { pen, width, height } = sheets.heat;
  pen.clearRect(0, 0, width, height);
  if (!state.heat) return;
  const columns = GRID,
    rows = Math.max(8, Math.round(GRID / aspect));
  paintHeat(sheets.heat, timeSpent(columns, rows), columns, rows);
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
