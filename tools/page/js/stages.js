// Where a video is on its way, in words.

const STEPS = ["queued", "reading", "detecting", "linking", "collecting"];
const WORDS = {
  queued: "Queued",
  reading: "Reading the video",
  detecting: "Detecting people",
  linking: "Linking paths",
  collecting: "Collecting tracks",
  uploading: "Uploading",
};
const stages = new Map(); // by video id, as last said aloud

const fileOf = (video) => shown(video.key).split("/").pop();
const peopleText = (video) => asText.count(video.people, "person", "people");
function stageText(video) {
  if (changing.has(video.id)) return changing.get(video.id);
  if (video.stage === "done") return peopleText(video);
  if (video.stage === "failed") return video.reason || "It failed without a reason.";
  const percent = video.percent ?? null;
  return WORDS[video.stage] + (percent === null ? "" : `, ${percent} %`);
}
/** Says a change of a video's stage aloud. */
function announceStage(video) {
  const before = stages.get(video.id);
  stages.set(video.id, video.stage);
  if (before === undefined || before === video.stage) return;
  if (video.stage === "done") say(`${fileOf(video)}: ${peopleText(video)} found.`);
  else if (video.stage === "failed") say(`${fileOf(video)}: ${stageText(video)}`);
  else say(`${fileOf(video)}: ${WORDS[video.stage]}.`);
}
