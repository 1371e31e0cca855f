// Time: the frame loop, play, pause and seek.

let before = 0,
  shownText = "";
function frame(at) {
  waiting = false;
  if (state.playing) {
    if (state.video) state.now = Math.min(duration, Math.max(0, ($("video").currentTime - begins) * 1000));
    else state.now += Math.min(at - before, 250) * state.speed;
    if (state.now >= duration || (state.video && $("video").ended)) {
      state.now = Math.min(state.now, duration);
      pause();
    }
    dirty.add("now").add("crowd").add("bars").add("clock");
  }
  before = at;
  const todo = new Set(dirty);
  dirty.clear();
  if (todo.has("heat")) drawHeat();
  if ((todo.has("paths") || todo.has("more paths")) && drawPaths(todo.has("paths"))) redraw("more paths");
  if (todo.has("now")) drawNow();
  if (todo.has("zones")) drawZones();
  if (todo.has("crowd")) {
    drawCrowd();
    drawOccupancy();
  }
  if (todo.has("bars")) drawBars();
  if (todo.has("clock")) showClock();
  frames.push(performance.now() - at);
  if (frames.length > 600) frames.shift();
  if (state.playing) redraw();
}
const frames = [];
window.drawingTimes = frames; // milliseconds each frame took to draw, for measurements

function showClock() {
  const text = `${asText.clock(state.now)} / ${asText.clock(duration)}`;
  if (text !== shownText) {
    shownText = text;
    $("clock").textContent = text;
    $("time").setAttribute("aria-valuetext", `${asText.clock(state.now)} of ${asText.clock(duration)}`);
  }
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
  state.playing = true;
  before = performance.now();
  if (state.video) {
    $("video").playbackRate = state.speed;
    $("video")
      .play()
      .catch(() => pause());
  }
  $("play").textContent = "❚❚";
  $("play").setAttribute("aria-label", "Pause");
  redraw("now");
}
function pause() {
  state.playing = false;
  if (state.video) $("video").pause();
  $("play").textContent = "▶";
  $("play").setAttribute("aria-label", "Play");
  const present = inView(state.now);
  say(
    present.length
      ? `${asText.clock(state.now)}: ${asText.count(present.length, "person", "people")} in view (${listed(present)})`
      : `${asText.clock(state.now)}: nobody in view`,
  );
}
