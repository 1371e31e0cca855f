"use strict";
// What the page for dropping videos does: upload, ask every moment where the videos are, show it.

const $ = (id) => document.getElementById(id);
const STEPS = ["queued", "reading", "detecting", "linking", "collecting"];
const WORDS = {
  queued: "Queued",
  reading: "Reading the video",
  detecting: "Detecting people",
  linking: "Linking paths",
  collecting: "Collecting tracks",
};
const MOST_BYTES = 10 * 1024 ** 3;
const uploads = new Map(); // uploads of this page that are not on the server's list yet, by a number of their own
const rows = new Map(); // shown rows by video id or upload number
const stages = new Map(); // stages last said aloud
let number = 0,
  timer = 0;

const say = (text) => {
  $("status").textContent = text;
};
const clock = (ms) => {
  const s = Math.round(ms / 1000);
  return s >= 3600
    ? `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, "0")}:${String(s % 60).padStart(2, "0")}`
    : `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
};
// Marks that turn the reading direction of what stands beside them are shown instead of obeyed.
const shown = (name) =>
  name.replace(
    /[\u202a-\u202e\u2066-\u2069]/g,
    (mark) => `\u27e8U+${mark.charCodeAt(0).toString(16).toUpperCase()}\u27e9`,
  );
const people = (count) => `${count} ${count === 1 ? "person" : "people"}`;

// --- uploading -----------------------------------------------------------------------------------------------------

/** Why the server would refuse a file, where that is known without sending it. */
function refusal(file) {
  const control = /\p{Cc}/u.exec(file.name);
  if (control)
    return `The name has a control character (U+${control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}) in it; rename the file.`;
  if (!/\.(mp4|mov|avi)$/i.test(file.name))
    return `${shown(file.name)} is no video: the pipeline takes .mp4, .mov, .avi.`;
  if (!file.size) return "The file is empty.";
  return file.size > MOST_BYTES ? "The file is larger than the 10 GB a video may have." : "";
}
function upload(file) {
  const id = `upload ${number++}`,
    request = new XMLHttpRequest(),
    refused = refusal(file);
  const entry = { id, key: file.name, stage: "uploading", percent: 0 };
  uploads.set(id, entry);
  if (refused) {
    fail(entry, refused);
    return;
  }
  request.open("POST", `/api/videos?name=${encodeURIComponent(file.name)}`);
  request.setRequestHeader("X-People-Pathing", "page");
  request.upload.onprogress = (event) => {
    entry.percent = Math.floor((100 * event.loaded) / (event.total || 1));
    show();
  };
  request.onload = () => {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      /* no answer of ours */
    }
    if (request.status === 200) {
      uploads.delete(id);
      say(`${shown(file.name)} is uploaded.`);
      ask();
    } else fail(entry, answer.error || "The upload failed.");
  };
  request.onerror = () => fail(entry, "The upload broke off.");
  request.send(file);
  show();
}
function fail(entry, reason) {
  entry.stage = "failed";
  entry.reason = reason;
  entry.percent = null;
  say(`${shown(entry.key)}: ${reason}`);
  show();
}
function dismiss(id) {
  uploads.delete(id);
  show();
  $("files").focus();
}
addEventListener("beforeunload", (event) => {
  if ([...uploads.values()].some((entry) => entry.stage === "uploading")) event.preventDefault();
});
$("files").addEventListener("change", (event) => {
  [...event.target.files].forEach(upload);
  event.target.value = "";
});
let depth = 0;
for (const [name, by] of [
  ["dragenter", 1],
  ["dragleave", -1],
])
  addEventListener(name, (event) => {
    depth += by;
    $("drop").classList.toggle("over", depth > 0);
    event.preventDefault();
  });
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  depth = 0;
  $("drop").classList.remove("over");
  [...event.dataTransfer.files].forEach(upload);
});

// --- showing -------------------------------------------------------------------------------------------------------

let videos = [],
  answered = false;
function show() {
  const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const mine = [...uploads.values()]
    .filter((entry) => words.every((word) => entry.key.toLowerCase().includes(word)))
    .reverse();
  const all = [...mine, ...videos],
    list = $("videos"),
    seen = new Set();
  all.forEach((video, place) => {
    seen.add(video.id);
    let row = rows.get(video.id);
    if (!row) {
      row = $("video").content.firstElementChild.cloneNode(true);
      rows.set(video.id, row);
    }
    fill(row, video);
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] || null);
  });
  for (const [id, row] of rows)
    if (!seen.has(id)) {
      row.remove();
      rows.delete(id);
    }
  $("count").textContent = all.length ? all.length : "";
  $("none").hidden = all.length > 0 || !answered;
  $("none").textContent = words.length
    ? "No video has a name like that."
    : "No videos yet. The first one you drop appears here.";
}
function stageText(video) {
  if (video.stage === "done") return people(video.people);
  if (video.stage === "failed") return video.reason || "It failed without a reason.";
  if (video.stage === "uploading") return `Uploading, ${video.percent} %`;
  const percent = video.percent ?? null;
  return WORDS[video.stage] + (percent === null ? "" : `, ${percent} %`);
}
function fill(row, video) {
  const key = shown(video.key),
    file = key.split("/").pop();
  row.querySelector("strong bdi").textContent = file;
  const facts = [
    video.millis ? clock(video.millis) : "",
    video.at ? new Date(video.at).toLocaleString() : "",
  ];
  row.querySelector("small bdi").textContent = key === file ? "" : key;
  row.querySelector("small span").textContent = (key === file ? [] : [""])
    .concat(facts.filter(Boolean))
    .join(" · ");
  row.className = video.stage;
  row.querySelector(".stage").textContent = stageText(video);
  const bar = row.querySelector("progress"),
    counted = ["uploading", "detecting"].includes(video.stage);
  bar.hidden = !counted;
  bar.classList.toggle("aside", video.stage === "detecting"); // the step shows it
  if (counted) {
    bar.value = video.percent || 0;
    bar.setAttribute("aria-label", `${file}: ${video.stage}`);
  }
  const steps = row.querySelector(".steps"),
    reached = STEPS.indexOf(video.stage);
  steps.hidden = reached < 0;
  [...steps.children].forEach((step, place) => {
    step.className = place < reached ? "past" : place === reached ? "now" : "";
    step.style.setProperty("--part", `${(place === reached && video.percent) || 0}%`);
  });
  fillEnd(row.querySelector(".end"), video, file);
}
/** What may be done with a video: open its report, or dismiss what failed. */
function fillEnd(end, video, file) {
  if (video.stage === "done" && !end.firstChild) {
    const link = document.createElement("a");
    link.textContent = "Open report";
    link.target = "_blank";
    link.rel = "noopener";
    // No browser plays an AVI.
    const played = /\.(mp4|mov)$/i.test(file) ? `#video=/video/${video.id}` : "";
    link.href = `/report/${video.id}${played}`;
    link.setAttribute("aria-label", `Open report of ${file}`);
    end.append(link);
  } else if (video.stage === "failed" && uploads.has(video.id)) {
    if (end.firstChild) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Dismiss";
    button.setAttribute("aria-label", `Dismiss ${file}`);
    button.addEventListener("click", () => dismiss(video.id));
    end.append(button);
  } else if (video.stage !== "done") end.replaceChildren();
}
function tell(video) {
  const before = stages.get(video.id);
  stages.set(video.id, video.stage);
  if (before === undefined || before === video.stage) return;
  const name = shown(video.key.split("/").pop());
  if (video.stage === "done") say(`${name}: ${people(video.people)} found.`);
  else if (video.stage === "failed") say(`${name}: ${video.reason}`);
  else say(`${name}: ${WORDS[video.stage]}.`);
}

// --- asking --------------------------------------------------------------------------------------------------------

let asking = 0,
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
    videos.forEach(tell);
    show();
  } catch (error) {
    if (mine !== asking) return;
    const reason =
      error instanceof TypeError
        ? "The page's server does not answer. Is it up? (make up)"
        : String(error.message);
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
