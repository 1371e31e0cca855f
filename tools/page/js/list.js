// Asks the server where the videos are, again and again.

let timer = 0,
  asking = 0,
  complaint = "";
async function ask() {
  clearTimeout(timer);
  const mine = ++asking;
  try {
    const answer = await fetch(`/api/videos?q=${encodeURIComponent($("search").value)}`);
    const body = await answer.json();
    if (mine !== asking) return;
    if (!answer.ok) throw new Error(body.error);
    videos = body.videos;
    answered = true;
    if (complaint && $("status").textContent === complaint) say("");
    complaint = "";
    videos.forEach(announceStage);
    show();
  } catch (error) {
    if (mine !== asking) return;
    const reason = error instanceof TypeError ? SILENT : String(error.message);
    if (reason !== complaint || $("status").textContent !== reason) say(reason);
    complaint = reason;
  }
  const busy =
    [...uploads.values()].some((entry) => entry.stage === "uploading") ||
    videos.some((video) => STEPS.includes(video.stage));
  timer = setTimeout(ask, document.hidden ? 5000 : busy ? 700 : 2500);
}
let typing = 0;
$("search").addEventListener("input", () => {
  show();
  clearTimeout(typing);
  typing = setTimeout(ask, 200);
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) ask();
});
ask();
