// Saving and deleting the scene, and how far its videos are answered.

const ASK_AGAIN_MS = 1500;
let following = 0,
  isSaving = false;

/** What the server answers; `error` where it refuses, or cannot be reached. */
async function request(path, method = "GET", body = undefined) {
  try {
    const answer = await fetch(path, {
      method,
      body,
      headers: method === "GET" ? {} : { "X-People-Pathing": "page" },
    });
    const read = await answer.json();
    return answer.ok ? read : { error: "The page's server failed.", ...read };
  } catch {
    return { error: SILENT };
  }
}
const faultsText = (found) =>
  found.length === 1
    ? "1 fault, shown beside what it is about."
    : `${found.length} faults, each shown beside what it is about.`;

async function save() {
  if (isSaving || !(await isMeant())) return;
  isSaving = true;
  endStep();
  say("Saving…");
  show();
  const text = JSON.stringify(scene),
    path = stored ? `/api/scenes/${stored.id}?revision=${stored.revision}` : "/api/scenes",
    answer = await request(path, stored ? "PUT" : "POST", asFile(scene));
  isSaving = false;
  if (answer.error) {
    takeFaults(answer.faults ?? []);
    say(answer.faults ? `Not saved: ${faultsText(answer.faults)}` : `Not saved. ${answer.error}`);
    return;
  }
  stored = { id: answer.id, revision: answer.revision, keep: scene.keep };
  savedText = text;
  isChecked = false;
  takeFaults([]);
  history.replaceState(null, "", `/scene?id=${stored.id}`);
  say("Saved.");
  follow();
}
/** Whether paths may be deleted, where a scene is to keep counts only from now on. */
async function isMeant() {
  if (scene.keep !== "counts" || stored?.keep === "counts") return true;
  return confirmed(
    "Keep counts only?",
    "Paths, faces, single visits and reports of the scene's videos, those of before too, are deleted for good once they are answered.",
    "Save, delete them",
  );
}
/** Says how many of the scene's videos are answered, until all are. */
async function follow() {
  clearTimeout(following);
  if (!stored?.revision) return; // what is no scene asks nothing
  const began = performance.now(),
    { scenes, error } = await request("/api/scenes"),
    mine = scenes?.find((each) => each.id === stored?.id && each.revision === stored.revision);
  if (mine) showProgress(mine);
  // Where there are so many videos that the answer takes long, it is asked for less often.
  const pause = Math.max(ASK_AGAIN_MS, 10 * (performance.now() - began));
  if (error || (mine && mine.answered + mine.older < mine.videos)) following = setTimeout(follow, pause);
}
function showProgress({ videos, answered, older }) {
  const done = answered + older >= videos,
    many = `${answered} of ${videos}`,
    kept = older ? ` ${older} keep counts of before.` : "";
  $("progress").hidden = false;
  $("progress-bar").hidden = done;
  $("progress-bar").max = videos || 1;
  $("progress-bar").value = answered + older;
  $("progress-text").textContent = !videos
    ? "No video of this scene is tracked yet; those to come are answered as they are tracked."
    : done
      ? `${many} tracked videos are answered.${kept}`
      : `Videos of before are answered again: ${many} done.${kept}`;
}
async function deleteScene() {
  const sure = await confirmed(
    `Delete ${shown(scene.name)}?`,
    "The scene is deleted, and all that was counted by it: visits, crossings, and the tables in the bucket. Videos and their paths stay.",
    "Delete",
  );
  if (!sure) return;
  const { error } = await request(`/api/scenes/${stored.id}`, "DELETE");
  if (error) {
    say(`Not deleted. ${error}`);
    return;
  }
  savedText = JSON.stringify(scene);
  location.assign("/");
}
/** Whether something that cannot be undone is meant. */
function confirmed(title, text, act) {
  $("confirm-title").textContent = title;
  $("confirm-text").textContent = text;
  $("act").textContent = act;
  return isConfirmed();
}
$("save").addEventListener("click", save);
$("delete").addEventListener("click", deleteScene);
addEventListener("beforeunload", (event) => {
  if (isChanged()) event.preventDefault();
});
