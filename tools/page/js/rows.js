// The rows of the list.

const rows = new Map(); // by video id or number of an upload
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
function fill(row, video) {
  const file = fileOf(video),
    folder = shown(video.key).slice(0, -file.length),
    name = row.querySelector("strong");
  name.title = file;
  name.firstChild.textContent = file;
  row.querySelector("small bdi").textContent = folder;
  row.querySelector("small span").textContent = [
    ...(folder ? [""] : []),
    ...(video.millis ? [asText.duration(video.millis)] : []),
    ...(video.at ? [new Date(video.at).toLocaleString()] : []),
  ]
    .map((fact) => fact.replaceAll(" ", "\u00a0")) // lines break between facts
    .join(" · ");
  row.className = changing.has(video.id) ? "changing" : video.stage;
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
  fillEnd(row.querySelector(".end"), video);
}
/** What may be done with a video: open its report; send a failed one again, remove or dismiss it. */
function fillEnd(end, video) {
  const acts = actsOf(video),
    names = acts.map(([name]) => name).join();
  if (end.dataset.acts === names) return; // and the focus stays in it
  end.dataset.acts = names;
  end.replaceChildren(
    ...acts.map(([name, act]) => (name === "Open report" ? linkTo(video) : button(name, act, video))),
  );
}
/** Names of what may be done, each with the function that does it. */
function actsOf(video) {
  if (changing.has(video.id)) return [];
  if (video.stage === "done") return [["Open report"]];
  if (video.stage !== "failed") return [];
  if (!uploads.has(video.id))
    return [
      ["Retry", retry],
      ["Remove", remove],
    ];
  const dismissing = ["Dismiss", dismiss];
  return video.file ? [["Retry", uploadAgain], dismissing] : [dismissing];
}
function button(name, act, video) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = name;
  made.setAttribute("aria-label", `${name} ${fileOf(video)}`);
  made.addEventListener("click", () => act(video));
  return made;
}
function linkTo(video) {
  const link = document.createElement("a"),
    file = fileOf(video);
  link.textContent = "Open report";
  link.className = "main";
  link.target = "_blank";
  link.rel = "noopener";
  // No browser plays an AVI.
  const played = /\.(mp4|mov)$/i.test(file) ? `#video=/video/${video.id}` : "";
  link.href = `/report/${video.id}${played}`;
  link.setAttribute("aria-label", `Open report of ${file}`);
  return link;
}
