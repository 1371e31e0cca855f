// What is wrong with the scene, each fault beside what it is about.

let faults = [],
  isChecked = false, // once it was refused, whatever is changed is checked again
  checks = 0,
  checking = 0;

const isFaulty = (kind, index) => faults.some((fault) => fault.member === kind && fault.index === index);

/** The list of faults of one place, or the one of the scene as a whole. */
function listFor({ member, index }) {
  const own = index === null || index === undefined ? null : $(`list-${member}`)?.children[index];
  return (
    own?.querySelector(".faults") ??
    document.querySelector(`[data-faults~="${CSS.escape(member ?? "")}"]`) ??
    $("faults")
  );
}
function showFaults() {
  for (const list of document.querySelectorAll(".faults")) list.replaceChildren();
  for (const fault of faults) {
    const line = document.createElement("li"),
      list = listFor(fault);
    line.textContent = list === $("faults") && fault.member ? `${fault.member}: ${fault.text}` : fault.text;
    list.append(line);
  }
}
/** Takes over what the server found. */
function takeFaults(found) {
  faults = found;
  isChecked = isChecked || found.length > 0;
  show();
}
function checkAgain() {
  if (!isChecked) return;
  clearTimeout(checking);
  checking = setTimeout(async () => {
    const mine = ++checks,
      answer = await request("/api/scene-faults", "POST", asFile(scene));
    if (mine === checks && answer.faults) takeFaults(answer.faults);
  }, 250);
}
