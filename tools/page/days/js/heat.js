// The heat map over the scene's still.

async function showHeat(words) {
  $("heat-card").hidden = false;
  $("heat-map").hidden = $("heat-none").hidden = true;
  $("heat-about").textContent = "";
  const answer = await answered("/api/days/heat", words, $("heat-progress"));
  if (!answer) return;
  shownHeat = answer.none ? null : answer;
  $("heat-none").hidden = !answer.none;
  $("heat-none").textContent = answer.none ?? "";
  if (answer.none) return;
  $("heat-about").textContent =
    `${asText.count(answer.paths, "path", "paths")} of ${asText.count(answer.videos, "video", "videos")}`;
  $("heat-note").textContent = heatNote(answer);
  showShares(answer.shares);
  await loadStill(answer);
  $("heat-map").hidden = false;
  drawScene();
}
function heatNote(heat) {
  const notes = [
    "From paths thinned to at most 200 points each. A video with a part in the period counts whole.",
  ];
  if (heat.withoutPaths)
    notes.push(
      `${asText.count(heat.withoutPaths, "video keeps", "videos keep")} counts only and ${heat.withoutPaths === 1 ? "is" : "are"} not in it.`,
    );
  if (heat.leftOut)
    notes.push(
      `${asText.count(heat.leftOut, "video is", "videos are")} left out: the others, drawn at random, have enough paths.`,
    );
  if (!heat.still) notes.push("There is no picture of the scene.");
  return notes.join(" ");
}
/** Waits until the still can be drawn on; without one the scene has the shape of the grid. */
async function loadStill(heat) {
  const still = $("still");
  still.hidden = true;
  let ratio = heat.columns / heat.rows;
  if (heat.still) {
    still.src = `/still/${heat.still}`;
    try {
      await still.decode();
      still.hidden = false;
      ratio = still.naturalWidth / still.naturalHeight;
    } catch {
      still.removeAttribute("src");
    }
  }
  $("scene").style.setProperty("--ratio", ratio);
}
function drawScene() {
  if (!shownHeat || $("heat-map").hidden) return;
  const dense = Math.min(devicePixelRatio || 1, 2);
  for (const sheet of Object.values(sheets)) {
    sheet.width = sheet.canvas.clientWidth;
    sheet.height = sheet.canvas.clientHeight;
    sheet.canvas.width = Math.round(sheet.width * dense);
    sheet.canvas.height = Math.round(sheet.height * dense);
    sheet.pen.setTransform(dense, 0, 0, dense, 0, 0);
  }
  paintHeat(sheets.heat, Float32Array.from(shownHeat.cells), shownHeat.columns, shownHeat.rows);
  drawZones();
}
const ACROSS = ["left", "middle", "right"],
  DOWN = ["top", "middle", "bottom"];
/** The share of all time in each ninth of the picture. */
function showShares(shares) {
  const most = Math.max(...shares.flat());
  const rows = shares.map((row, place) => [DOWN[place], ...row.map((share) => `${share.toFixed(1)} %`)]);
  $("heat-shares").replaceChildren(
    table(
      "Share of all time in each part of the picture",
      ["Part of the picture", ...ACROSS],
      rows,
      (cell, row, column) => shade(cell, shares[row][column], most),
    ),
  );
  const [row, column] = [0, 1, 2]
    .flatMap((r) => [0, 1, 2].map((c) => [r, c]))
    .find(([r, c]) => shares[r][c] === most);
  $("heat").setAttribute(
    "aria-label",
    `Where people stood: most of all in the ${DOWN[row]} ${ACROSS[column]} part of the picture, ${most.toFixed(0)} % of the time.`,
  );
}
