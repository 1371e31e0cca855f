// Shows the document everywhere, and opens the scene of the page's address; the last of the parts.

function show() {
  if (selected && selected.index >= shapesOf(selected.kind).length) selected = null;
  draw();
  showLists();
  showRules();
  showFields();
  showFaults();
  const name = shown(String(scene.name ?? ""));
  $("title").textContent = name || (stored ? stored.id : "New scene");
  document.title = `${name || "New scene"} · people-pathing`;
  $("undo").disabled = !past.length && !placing;
  $("redo").disabled = !future.length;
  $("save").disabled = isSaving;
  $("changed").hidden = !isChanged();
  $("delete").hidden = !stored;
}
async function openScene() {
  const asked = new URLSearchParams(location.search),
    id = asked.get("id");
  if (id) {
    const found = await request(`/api/scenes/${encodeURIComponent(id)}`),
      error =
        found.error ??
        (isDrawable(found.document)
          ? ""
          : "The scene cannot be drawn: mend its file, and store it with make scene.");
    if (error) {
      say(error);
      $("editor").inert = true;
      return;
    }
    scene = found.document;
    savedText = JSON.stringify(scene);
    stored = { id: found.id, revision: found.revision, keep: scene.keep };
    takeFaults(found.faults);
    follow();
  }
  show();
  await askForVideos(asked.get("video"));
}
openScene();
