// The scenes of the stack: what each asks, how far its answers are, and where to go from here.

/** Where a scene's links lead, with their names. */
function linksOf(scene) {
  if (!scene.id) return [];
  const edit = ["Edit", `/scene?id=${scene.id}`];
  return scene.faults ? [edit] : [["Over days", `/days?scene=${scene.id}`], edit];
}

async function askForScenes() {
  try {
    const answer = await fetch("/api/scenes");
    if (answer.ok) showScenes((await answer.json()).scenes);
  } catch {
    /* what does not answer is said of the videos */
  }
}
function showScenes(scenes) {
  const none = document.createElement("li");
  none.textContent =
    "No scenes yet. Draw zones and lines on a video's picture: visits and crossings are counted.";
  none.className = "none";
  $("scenes").replaceChildren(...(scenes.length ? scenes.map(sceneRow) : [none]));
}
function sceneRow(scene) {
  const row = $("scene").content.firstElementChild.cloneNode(true);
  row.querySelector("bdi").textContent = shown(scene.name);
  row.querySelector("small").textContent = scene.faults
    ? `cannot be used: ${shown(scene.faults[0])}`
    : sceneFacts(scene).join(" · ");
  row.classList.toggle("failed", Boolean(scene.faults));
  row.querySelector(".end").replaceChildren(
    ...linksOf(scene).map(([name, address]) => {
      const link = document.createElement("a");
      link.textContent = name;
      link.href = address;
      link.setAttribute("aria-label", `${name} scene ${shown(scene.name)}`);
      return link;
    }),
  );
  return row;
}
function sceneFacts(scene) {
  return [
    scene.prefix ? shown(scene.prefix) : "every video",
    asText.count(scene.zones, "zone", "zones"),
    asText.count(scene.lines, "line", "lines"),
    `${scene.answered} of ${asText.count(scene.videos, "video", "videos")} answered`,
  ].map((fact) => fact.replaceAll(" ", "\u00a0")); // lines break between facts
}
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) askForScenes();
});
askForScenes();
