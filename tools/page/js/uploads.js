// Uploads of this page: chosen or dropped, sent, and shown until the server lists them.

const MOST_BYTES = 10 * 1024 ** 3;
const uploads = new Map(); // by a number of their own
let number = 0;

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
    if (request.status === 200) {
      uploads.delete(id);
      say(`${shown(file.name)} is uploaded.`);
      ask();
    } else fail(entry, errorIn(request.responseText) || "The upload failed.");
  };
  request.onerror = () => {
    entry.file = file; // the same may go through a second time
    fail(entry, "The upload broke off.");
  };
  request.send(file);
  show();
}
/** What the server says went wrong; nothing where the answer is not its own. */
function errorIn(text) {
  try {
    return JSON.parse(text).error;
  } catch {
    return "";
  }
}
function fail(entry, reason) {
  entry.stage = "failed";
  entry.reason = reason;
  entry.percent = null;
  say(`${shown(entry.key)}: ${reason}`);
  show();
}
function dismiss(entry) {
  uploads.delete(entry.id);
  show();
  $("files").focus();
}
function uploadAgain(entry) {
  dismiss(entry);
  upload(entry.file);
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
