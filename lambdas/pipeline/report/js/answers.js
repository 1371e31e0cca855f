// The scene's zones and lines with their answers, null where no scene asked; see answers_section.py.

const answers = $("answers-data") && JSON.parse($("answers-data").textContent);
const zones = (answers?.zones ?? []).map((zone, position) => ({ ...zone, color: zoneColour(position) }));
const lines = answers?.lines ?? [];
for (const swatch of document.querySelectorAll(".swatch[data-zone]"))
  swatch.style.background = zones[swatch.dataset.zone].color;

/** The camera's wall clock at a time of the video, as a Date to be read as UTC; null where it is not known. */
function wallClock(t) {
  const since = answers.wall.findLast(([from]) => from <= Math.max(t, 0));
  return since ? new Date(since[1] + t - since[0]) : null;
}
/** 10:14:03 where the time of day is known, else the time in the video. */
function timeOfDay(t, seconds) {
  const wall = wallClock(t);
  return wall ? wall.toISOString().slice(11, seconds ? 19 : 16) : asText.clock(t);
}
