// Lays the page out and starts it; the last of the parts.

function layout() {
  for (const id of ["heat", "zones", "paths", "now"]) fit(id);
  fit("crowd");
  if (occupancy) fit("occupancy", zones.length * BAND + FOOT);
  fit("bars", Math.min(people.length * LANE, 336) || 1);
  $("spacer").style.height = `${people.length * LANE - sheets.bars.height}px`;
  const stage = document.querySelector(".stage"),
    sticks = getComputedStyle(stage).position === "sticky";
  document.documentElement.style.scrollPaddingTop = sticks ? `${stage.offsetHeight + 8}px` : "";
  redraw("heat", "zones", "paths", "now", "crowd", "bars", "clock");
}
$("when").textContent = `Still from ${asText.clock(data.stillAt)}`;
$("empty").hidden = people.length > 0;
$("legend").hidden = !people.length;
readColours();
new ResizeObserver(layout).observe(document.querySelector("main"));
layout();
fromAddress();
document.documentElement.dataset.ready = "true";
