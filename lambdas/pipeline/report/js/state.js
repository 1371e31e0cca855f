// What is shown now, and which layers are to be drawn again.

// Until somebody plays or seeks, the moment the still was taken: its people stand in their boxes.
const state = {
  now: data.stillAt,
  fresh: true,
  playing: false,
  speed: 1,
  hover: -1,
  chosen: new Set(),
  paths: true,
  boxes: true,
  heat: false,
  zones: true,
  video: false,
  frame: null,
};
const dirty = new Set();
let waiting = false;
function redraw(...layers) {
  for (const layer of layers) dirty.add(layer);
  if (!waiting) {
    waiting = true;
    requestAnimationFrame(frame);
  }
}
const say = (text) => {
  $("status").textContent = text;
};
