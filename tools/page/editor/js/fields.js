// What the scene says beside its shapes: name, prefix, person, dwell, start, what is kept.

const FIELDS = {
  name: { get: () => scene.name ?? "", set: (value) => Object.assign(scene, { name: value }) },
  prefix: { get: () => scene.prefix ?? "", set: (value) => Object.assign(scene, { prefix: value }) },
  stands_at: {
    get: () => scene.stands_at ?? "feet",
    set: (value) => Object.assign(scene, { stands_at: value }),
  },
  least_dwell_seconds: { get: () => scene.least_dwell_seconds ?? 0, set: setLeastDwell },
  from: { get: () => scene.start?.from ?? "upload", set: setFrom },
  pattern: { get: () => scene.start?.pattern ?? "", set: (value) => setStart({ pattern: value }) },
  time_zone: { get: () => scene.start?.time_zone ?? "UTC", set: (value) => setStart({ time_zone: value }) },
};

function showFields() {
  for (const [id, field] of Object.entries(FIELDS)) {
    const value = field.get();
    if (typeof value !== "number") write($(id), String(value));
    else if (Number($(id).value) !== value) $(id).value = value;
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
  const names = { floor: "floor plan", edge: "edge", bridge_seconds: "bridging of gaps" },
    own = ["version", "zones", "lines", "rules", "keep", "start", ...Object.keys(FIELDS)],
    more = Object.keys(scene).filter((name) => !own.includes(name) && scene[name] !== null);
  return more.length ? `Kept as they are: ${more.map((name) => names[name] ?? shown(name)).join(", ")}.` : "";
}
function setLeastDwell(value) {
  if (value === "") delete scene.least_dwell_seconds;
  else scene.least_dwell_seconds = Number(value);
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
