// What the scene says beside its shapes: name, prefix, person, dwell, edges, gaps, start, what is kept.

const FIELDS = {
  name: { get: () => scene.name ?? "", set: (value) => Object.assign(scene, { name: value }) },
  prefix: { get: () => scene.prefix ?? "", set: (value) => Object.assign(scene, { prefix: value }) },
  stands_at: {
    get: () => scene.stands_at ?? "feet",
    set: (value) => Object.assign(scene, { stands_at: value }),
  },
  least_dwell_seconds: numberField("least_dwell_seconds"),
  edge_body_widths: {
    get: () => scene.edge?.body_widths ?? "",
    set: (value) => setEdge("body_widths", value),
  },
  edge_seconds: { get: () => scene.edge?.seconds ?? "", set: (value) => setEdge("seconds", value) },
  bridge_seconds: numberField("bridge_seconds"),
  from: { get: () => scene.start?.from ?? "upload", set: setFrom },
  pattern: { get: () => scene.start?.pattern ?? "", set: (value) => setStart({ pattern: value }) },
  time_zone: { get: () => scene.start?.time_zone ?? "UTC", set: (value) => setStart({ time_zone: value }) },
};

function showFields() {
  for (const [id, field] of Object.entries(FIELDS)) {
    const value = field.get();
    // A number may be written in several ways; while it is typed it stays as it is.
    if (typeof value !== "number" || !isWritten(value, $(id))) write($(id), String(value));
  }
  $("pattern-field").hidden = FIELDS.from.get() !== "key";
  $("counts").checked = scene.keep === "counts";
  $("counts-note").hidden = scene.keep !== "counts";
  showFolder(chosenVideo());
  $("untouched").textContent = untouchedMembers();
  $("untouched").hidden = !$("untouched").textContent;
}
/** What else the document has, which is kept as it is. */
function untouchedMembers() {
  const names = { floor: "floor plan" },
    own = ["version", "zones", "lines", "rules", "keep", "start", "edge", ...Object.keys(FIELDS)],
    more = Object.keys(scene).filter((name) => !own.includes(name) && scene[name] !== null);
  return more.length ? `Kept as they are: ${more.map((name) => names[name] ?? shown(name)).join(", ")}.` : "";
}
const isWritten = (number, input) => input.value !== "" && Number(input.value) === number;
/** A member of the scene that has a default: an empty field leaves it out. */
function numberField(name) {
  return { get: () => scene[name] ?? "", set: (value) => setNumber(scene, name, value) };
}
function setNumber(holder, name, value) {
  if (value === "") delete holder[name];
  else holder[name] = Number(value);
}
function setEdge(name, value) {
  const edge = { ...scene.edge };
  setNumber(edge, name, value);
  if (Object.keys(edge).length) scene.edge = edge;
  else delete scene.edge;
}
function setStart(members) {
  scene.start = { from: "upload", ...scene.start, ...members };
}
function setFrom(value) {
  setStart({ from: value });
  if (value === "key") setStart({ pattern: scene.start.pattern ?? "%Y-%m-%dT%H-%M-%S" });
  else delete scene.start.pattern; // it would be a fault
}
for (const [id, field] of Object.entries(FIELDS))
  $(id).addEventListener("input", (event) => change(id, () => field.set(event.target.value)));
$("counts").addEventListener("change", (event) => {
  change("", () => {
    if (event.target.checked) scene.keep = "counts";
    else delete scene.keep;
  });
});
let typing = 0;
$("prefix").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(askForVideos, 300);
});
$("zones-of-time").append(...Intl.supportedValuesOf("timeZone").map((zone) => new Option(zone, zone)));
