// A grid of the time spent in each cell as a picture. The page of a scene over days paints with it too.

const RAMP = [
  [59, 28, 140],
  [181, 54, 122],
  [248, 118, 92],
  [252, 223, 126],
];

/** Paint the cells, in rows from the top, over the whole of a sheet. */
function paintHeat({ pen, width, height }, cells, columns, rows) {
  for (let pass = 0; pass < 3; pass++)
    cells = smooth(smooth(cells, columns, rows, 1, columns), rows, columns, columns, 1);
  const small = document.createElement("canvas");
  small.width = columns;
  small.height = rows;
  small.getContext("2d").putImageData(coloured(cells, columns, rows), 0, 0);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(small, 0, 0, width, height);
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
