// The video itself under the boxes, where it can be reached.

const video = $("video");
function underlay(address, name) {
  let whole;
  try {
    whole = new URL(address, location.href);
  } catch {
    say("That address of a video cannot be read.");
    return;
  }
  if (!["file:", "blob:", "http:", "https:"].includes(whole.protocol)) {
    say("A video is not played from that kind of address.");
    return;
  }
  video.dataset.name = shown(name);
  state.video = false;
  state.frame = null;
  begins = countsFrames ? null : 0;
  if (countsFrames) {
    video.cancelVideoFrameCallback(nextFrame);
    nextFrame = video.requestVideoFrameCallback(frameShown);
  }
  video.src = whole.href;
}
// A video's clock starts with its file, of which sound may be the first to play; Timestamps start with its first frame.
let begins = null; // s of the video's clock at which the first frame is shown; null until that is known
let nextFrame = 0;
const countsFrames = "requestVideoFrameCallback" in video;
function frameShown(_, { mediaTime }) {
  begins ??= mediaTime;
  state.frame = Math.round((mediaTime - begins) * 10000) / 10;
  nextFrame = video.requestVideoFrameCallback(frameShown);
  if (state.video) redraw("now");
  else playUnderneath();
}
function playUnderneath() {
  if (begins === null || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
  state.video = true;
  video.hidden = false;
  video.muted = true;
  if (Math.abs(video.videoWidth / video.videoHeight / aspect - 1) > 0.05)
    say("This video has another shape than the one tracked: is it the right one?");
  else say(`Playing ${video.dataset.name} under the boxes.`);
  redraw("paths");
  seek(state.fresh ? 0 : state.now);
}
video.addEventListener("loadeddata", playUnderneath);
video.addEventListener("error", () => {
  state.video = false;
  video.hidden = true;
  redraw("paths", "now");
  say(
    `${video.dataset.name} cannot be played here: it is not there, may not be read, or has a format this browser does not know.`,
  );
});
video.addEventListener("seeked", () => redraw("now"));
$("file").addEventListener("change", (event) => {
  const file = event.target.files[0];
  if (file) underlay(URL.createObjectURL(file), file.name);
});
function fromAddress() {
  const match = /^#video=(.+)$/s.exec(location.hash);
  if (!match) {
    const beside = document.documentElement.dataset.video; // set where the video is stored beside this page
    if (beside) underlay(beside, data.name);
    return;
  }
  let address = match[1];
  if (!/^https?:\/\//i.test(address))
    try {
      address = decodeURIComponent(address);
    } catch {
      /* taken as it stands */
    }
  // The page for dropping videos serves them under numbers of its own.
  if (address.startsWith("/video/")) {
    underlay(address, data.name);
    return;
  }
  underlay(address, address.split(/[?#]/)[0].split("/").pop() || "The video");
}
addEventListener("hashchange", fromAddress);
