// The picture that is drawn on: the still of a tracked video of the scene.

const picture = { width: 960, height: 540 }; // pixels; until a still is there, of any
let stillVideos = [],
  asked = 0;

/** Lists the tracked videos whose keys begin as the scene's do. */
async function askForVideos(wanted) {
  const mine = ++asked,
    prefix = String(scene.prefix ?? "");
  const { videos, error } = await request(`/api/stills?prefix=${encodeURIComponent(prefix)}`);
  if (mine !== asked) return;
  if (error) {
    say(error);
    return;
  }
  stillVideos = videos;
  const before = wanted ?? $("video").value;
  $("video").replaceChildren(
    ...videos.map(
      (video) => new Option(`${shown(video.key)} · ${new Date(video.at).toLocaleString()}`, video.id),
    ),
  );
  if (videos.some((video) => video.id === before)) $("video").value = before;
  $("choice").hidden = !videos.length;
  showPicture();
}
const chosenVideo = () => stillVideos.find((video) => video.id === $("video").value);

function showPicture() {
  const video = chosenVideo(),
    still = $("still");
  $("note").hidden = Boolean(video);
  if (!video) {
    $("note").textContent = scene.prefix
      ? "No tracked video's key begins with this prefix yet: you draw on plain ground."
      : "No video is tracked yet: you draw on plain ground.";
    still.hidden = true;
  } else if (still.dataset.video !== video.id) {
    still.dataset.video = video.id;
    still.src = `/still/${video.id}`;
  } else if (still.complete && still.naturalWidth) still.hidden = false;
  showFolder(video);
}
/** Offers the folder of the video as the prefix of a scene that has none. */
function showFolder(video) {
  const folder = video?.key.slice(0, video.key.lastIndexOf("/") + 1);
  $("folder").hidden = !folder || Boolean(scene.prefix);
  $("folder").querySelector("bdi").textContent = shown(folder ?? "");
  $("folder").value = folder ?? "";
}
function shapeStage(width, height) {
  Object.assign(picture, { width, height });
  $("stage").style.setProperty("--ratio", width / height);
  draw();
}
$("still").addEventListener("load", () => {
  $("still").hidden = false;
  shapeStage($("still").naturalWidth, $("still").naturalHeight);
});
$("still").addEventListener("error", () => {
  const video = chosenVideo();
  $("still").hidden = true;
  if (!video) return;
  $("note").textContent = "No still of this video is left: choose another one, or draw on plain ground.";
  $("note").hidden = false;
  if (video.width && video.height) shapeStage(video.width, video.height);
});
$("video").addEventListener("change", showPicture);
$("folder").addEventListener("click", () => {
  change("", () => {
    scene.prefix = $("folder").value;
  });
  $("prefix").focus();
  askForVideos();
});
