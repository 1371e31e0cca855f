// What can be done with a video that failed: it is sent again, or removed.

const changing = new Map(); // videos that the server is changing, by id: what is shown of them

/** Asks the server for a change of a video; whether it is made. */
async function change(video, words, path, method) {
  changing.set(video.id, words);
  show();
  let reason = SILENT;
  try {
    const answer = await fetch(path, { method, headers: { "X-People-Pathing": "page" } });
    reason = answer.ok ? "" : errorIn(await answer.text()) || "The page's server failed.";
  } catch {
    /* the reason stands */
  }
  changing.delete(video.id);
  if (reason) say(`${fileOf(video)}: ${reason}`);
  show();
  return !reason;
}
async function retry(video) {
  $("files").focus(); // the buttons of the row go
  if (await change(video, "Sending it again…", `/api/videos/${video.id}/retry`, "POST")) {
    say(`${fileOf(video)} is sent again.`);
    stages.delete(video.id);
    ask();
  }
}
async function remove(video) {
  $("confirm").querySelector("bdi").textContent = fileOf(video);
  if (!(await isConfirmed())) return;
  $("files").focus();
  if (await change(video, "Removing…", `/api/videos/${video.id}`, "DELETE")) {
    videos = videos.filter((each) => each.id !== video.id);
    say(`${fileOf(video)} is removed.`);
    show();
    ask();
  }
}
