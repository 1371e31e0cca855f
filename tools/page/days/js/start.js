// What the page shows: a scene over a period, or the list of scenes; the last of the parts.

async function showPeriod() {
  if (!$("period").reportValidity()) return;
  round++;
  const mine = round,
    words = asked();
  keepAddress();
  for (const bar of ["progress", "heat-progress"]) $(bar).hidden = true;
  for (const part of ["figures", "heat-card", "files-card"]) $(part).hidden = true;
  say("Reading answers…");
  try {
    const answer = await answered("/api/days/figures", words, $("progress"));
    if (!answer) return;
    say("");
    shownFigures = answer;
    showFigures();
    showFiles(words);
    if (answer.figures.videos) await showHeat(words);
  } catch (error) {
    if (mine === round) say(String(error.message));
  }
}
function showFigures() {
  const { figures, comparison, bands } = shownFigures;
  $("figures").hidden = false;
  for (const card of ["zones-card", "dwell-card", "flow-card"])
    $(card).hidden = !zones.length || !figures.videos;
  $("lines-card").hidden = !lines.length || !figures.videos;
  showTiles(figures);
  showComparison(comparison, figures);
  if (!figures.videos) {
    say("No video in this period.");
    return;
  }
  showHours(figures);
  showDwell(figures, bands);
  showFlow(figures);
}
function showTiles(figures) {
  const without = figures.filmed_by_hour.filter((ms) => !ms).length;
  const facts = [
    [
      "Period",
      asText.count(daysBetween(figures.first, figures.last), "day", "days"),
      periodText(figures.first, figures.last),
    ],
    ["Videos", wholeText(figures.videos), ""],
    ["Filmed", filmedText(figures.filmed_ms), ""],
    ["Hours without video", wholeText(without), `of ${wholeText(figures.hours.length)}`],
  ];
  $("tiles").replaceChildren(
    ...facts.map(([name, value, more]) =>
      made("div", {}, made("dt", {}, name), made("dd", {}, value, " ", made("small", {}, more))),
    ),
  );
}
/** Drawn to the width there is. */
function redrawAll() {
  if (!shownFigures || $("figures").hidden) return;
  if (shownFigures.figures.videos) {
    drawZoneHours(shownFigures.figures);
    drawLineHours(shownFigures.figures);
  }
  drawScene();
}
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return; // a phone's address bar came or went
  width = innerWidth;
  redrawAll();
});

async function showScene(id) {
  scene = await fetched(`/api/days/scene?${new URLSearchParams({ scene: id })}`);
  document.title = `${shown(scene.name)} over days · people-pathing`;
  $("title").textContent = `${shown(scene.name)} over days`;
  $("about").textContent = `Times are those of the camera’s clock (${scene.timeZone}).`;
  $("time-zone").textContent = scene.timeZone;
  zones = scene.zones.map((zone, place) => ({ ...zone, color: zoneColour(place) }));
  lines = scene.lines;
  if (!zones.length && !lines.length)
    say("The scene has neither zones nor lines: there is nothing to count.");
  else if (!scene.lastDay) say("No video of this scene is answered yet.");
  else {
    $("period").hidden = false;
    fillPeriod(new URLSearchParams(location.search));
    await showPeriod();
  }
}
async function showScenes() {
  const { scenes, faulty } = await fetched("/api/days/scenes");
  $("scenes-card").hidden = false;
  $("scenes").replaceChildren(
    ...scenes.map((each) =>
      made(
        "li",
        {},
        made(
          "a",
          { href: `/days?${new URLSearchParams({ scene: each.id })}` },
          made("bdi", {}, shown(each.name)),
        ),
        made("small", {}, each.prefix ? `videos whose key begins with ${shown(each.prefix)}` : "every video"),
      ),
    ),
  );
  const notes = [];
  if (!scenes.length) notes.push("No scene is stored yet: make scene FILE=scene.json stores one.");
  if (faulty) notes.push(`${asText.count(faulty, "scene", "scenes")} cannot be used: make scenes says why.`);
  $("scenes-note").textContent = notes.join(" ");
  $("scenes-note").hidden = !notes.length;
}
async function start() {
  const id = new URLSearchParams(location.search).get("scene");
  try {
    await (id === null ? showScenes() : showScene(id));
  } catch (error) {
    say(String(error.message));
  }
}
start();
