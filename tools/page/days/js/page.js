// What the page shows, the elements it makes, and what it asks of the server.

const HOUR = 3_600_000;

let scene = null; // as the server describes it
let shownFigures = null; // of the period
let shownHeat = null;
// Drawn over the scene.
let zones = [],
  lines = [];
const state = { zones: true };
const sheets = {};
for (const id of ["heat", "zones"])
  sheets[id] = { canvas: $(id), pen: $(id).getContext("2d"), width: 1, height: 1 };

/** An element with text or other elements in it. */
function made(name, attributes = {}, ...inner) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inner);
  return element;
}
const sceneAndPeriod = () =>
  new URLSearchParams({ scene: scene.id, from: $("from").value, to: $("to").value });
/** What is asked of the server: scene, period, and the one to compare with. */
const asked = () => {
  const words = sceneAndPeriod();
  const other = otherPeriod();
  if (other) {
    words.set("with_from", other[0]);
    words.set("with_to", other[1]);
  }
  return words;
};
