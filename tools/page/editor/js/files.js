// The document as a file: exported, and another one in its place.

const idFrom = (name) =>
  String(name)
    .normalize("NFKD")
    .replace(/[^\w]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .toLowerCase() || "scene";

function exportFile() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([asFile(scene)], { type: "application/json" }));
  link.download = `${stored?.id ?? idFrom(scene.name)}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  say(`Exported: ${link.download}.`);
}
async function importFile(file) {
  const text = await file.text();
  let document = null;
  try {
    document = JSON.parse(text);
  } catch (error) {
    say(`${shown(file.name)} is not JSON: ${error.message}.`);
    return;
  }
  if (!isDrawable(document)) {
    say(`${shown(file.name)} is no scene: zones, lines and rules must be lists with names, points in pairs.`);
    return;
  }
  change("", () => {
    scene = document;
  });
  selected = null;
  askForVideos();
  const { faults: found, error } = await request("/api/scene-faults", "POST", text);
  if (found) takeFaults(found);
  say(error ?? `Opened: ${shown(file.name)}. ${found.length ? faultsText(found) : "Save stores it."}`);
}
/** Whether a document has the form that is drawn and listed; what else is wrong with it, the server says. */
function isDrawable(document) {
  const isObject = (each) => each instanceof Object && !Array.isArray(each),
    isPoint = (each) => Array.isArray(each) && each.length === 2 && each.every(Number.isFinite),
    areObjects = (each) => each === undefined || (Array.isArray(each) && each.every(isObject)),
    haveShape = ([kind, { points, fewest }]) =>
      (document[kind] ?? []).every(
        (shape) =>
          Array.isArray(shape[points]) &&
          shape[points].length >= Math.min(2, fewest) &&
          shape[points].every(isPoint),
      );
  return (
    isObject(document) &&
    ["zones", "lines", "rules"].every((name) => areObjects(document[name])) &&
    (document.start === undefined || isObject(document.start)) &&
    Object.entries(KINDS).every(haveShape)
  );
}
$("export").addEventListener("click", exportFile);
$("import").addEventListener("change", (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  if (file) importFile(file);
});
