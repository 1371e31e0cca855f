// The document that is edited, and its history. Members that the editor does not know stay in it as they are.

const MOST_STEPS = 300;
const past = [],
  future = []; // documents as text
let scene = newScene(),
  stored = null, // id and revision of the scene that is edited; null of a new one
  savedText = JSON.stringify(scene),
  lastLabel = "";

function newScene() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  return {
    version: 1,
    name: "",
    prefix: "",
    zones: [],
    lines: [],
    start: { from: "upload", time_zone: zone },
  };
}
const shapesOf = (kind) => scene[kind] ?? [];
const rulesOf = () => scene.rules ?? [];
const isChanged = () => JSON.stringify(scene) !== savedText;

/** Changes the document. Changes of one label that follow each other are one step back. */
function change(label, act) {
  const before = JSON.stringify(scene);
  act(scene);
  if (JSON.stringify(scene) === before) return;
  if (!label || label !== lastLabel) past.push(before);
  if (past.length > MOST_STEPS) past.shift();
  future.length = 0;
  lastLabel = label;
  show();
  checkAgain();
}
/** What comes next is a step of its own. */
const endStep = () => {
  lastLabel = "";
};
function undo() {
  if (placing) takeBack();
  else step(past, future, "Undone.");
}
const redo = () => step(future, past, "Done again.");
function step(from, to, words) {
  if (!from.length) return;
  to.push(JSON.stringify(scene));
  scene = JSON.parse(from.pop());
  endStep();
  show();
  checkAgain();
  say(words);
}
/** The document as a file: a zone, line or rule on each line. */
function asFile(document) {
  const members = Object.entries(document).map(([name, value]) => {
    const rows = Array.isArray(value) && value.length && value.every((each) => each instanceof Object);
    return `  ${JSON.stringify(name)}: ${rows ? `[\n    ${value.map(inline).join(",\n    ")}\n  ]` : inline(value)}`;
  });
  return `{\n${members.join(",\n")}\n}\n`;
}
function inline(value) {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (!(value instanceof Object)) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${inline(each)}`);
  return `{${members.join(", ")}}`;
}
