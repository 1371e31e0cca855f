// Buttons and keys.

$("time").max = duration;
$("time").addEventListener("input", (event) => seek(Number(event.target.value)));
$("time").addEventListener("change", () => {
  if (!state.playing) pause();
});
$("play").addEventListener("click", () => (state.playing ? pause() : play()));
$("speed").addEventListener("change", (event) => {
  state.speed = Number(event.target.value);
  $("video").playbackRate = state.speed;
});
for (const layer of ["paths", "boxes", "heat", "zones"])
  $(`show-${layer}`).addEventListener("click", (event) => {
    state[layer] = !state[layer];
    event.currentTarget.setAttribute("aria-pressed", state[layer]);
    $("ramp").hidden = !state.heat;
    $("legend").hidden = !state.paths || !people.length;
    redraw("paths", "heat", "zones", "now");
  });
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not(#time), select"),
    scroller = event.target.closest(".rows, .wide"),
    pressing = event.target.closest("button, summary");
  if (event.key === "Escape") clearChosen();
  else if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
  else if (event.key === " " && !pressing) {
    event.preventDefault();
    state.playing ? pause() : play();
  } else if (scroller && scroller.scrollWidth > scroller.clientWidth)
    return; // the arrows scroll it
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
  const themes = darkSystem.matches ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
  theme = themes[(themes.indexOf(theme) + 1) % 3];
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  $("theme").textContent = marks[theme];
  $("theme").setAttribute("aria-label", `Colours: ${theme === "auto" ? "as the system" : theme}`);
  readColours();
  redraw("paths", "crowd", "bars", "now");
});
darkSystem.addEventListener("change", () => {
  readColours();
  redraw("paths", "crowd", "bars", "now");
});
