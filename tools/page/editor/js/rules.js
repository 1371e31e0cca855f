// The rules of the scene: what must not happen in its zones.

const LIMITS = {
  dwell_over_seconds: { first: 600, unit: "s" },
  occupancy_over: { first: 5, unit: "people" },
  forbidden: { first: true, unit: "" },
};
const limitOf = (rule) => Object.keys(LIMITS).find((limit) => (rule[limit] ?? null) !== null) ?? "forbidden";

function showRules() {
  fillList($("list-rules"), rulesOf().length, "rule-row", fillRule);
  $("none-rules").hidden = rulesOf().length > 0;
  $("add-rule").disabled = !shapesOf("zones").length;
}
function fillRule(row, index) {
  const rule = rulesOf()[index],
    limit = limitOf(rule),
    [name, zone, kind, value] = ["name", "zone", "limit", "value"].map((part) =>
      row.querySelector(`.${part}`),
    ),
    zones = [...new Set([...shapesOf("zones").map((each) => String(each.name)), String(rule.zone ?? "")])];
  write(name, String(rule.name ?? ""));
  if ([...zone.options].map((option) => option.value).join("\n") !== zones.join("\n"))
    zone.replaceChildren(...zones.map((each) => new Option(shown(each), each)));
  write(zone, String(rule.zone ?? ""));
  write(kind, limit);
  value.hidden = limit === "forbidden";
  row.querySelector(".unit").textContent = LIMITS[limit].unit;
  if (limit !== "forbidden" && Number(value.value) !== rule[limit]) value.value = rule[limit];
  for (const [part, words] of [
    [name, "Name"],
    [zone, "Zone"],
    [kind, "Limit"],
    [value, LIMITS[limit].unit === "s" ? "Seconds" : "People"],
  ])
    part.setAttribute("aria-label", `${words} of rule ${index + 1}`);
  row.querySelector(".delete").setAttribute("aria-label", `Delete rule ${shown(String(rule.name))}`);
}
/** Gives a rule one limit in place of any other. */
function setLimit(rule, limit, value) {
  for (const each of Object.keys(LIMITS)) delete rule[each];
  rule[limit] = value;
}
function addRule() {
  const taken = new Set(rulesOf().map((rule) => rule.name));
  let number = 1;
  while (taken.has(`rule ${number}`)) number++;
  const watched = selected?.kind === "zones" ? selected.index : 0;
  change("", () => {
    const rule = { name: `rule ${number}`, zone: shapesOf("zones")[watched].name };
    setLimit(rule, "dwell_over_seconds", LIMITS.dwell_over_seconds.first);
    scene.rules = [...rulesOf(), rule];
  });
  $("list-rules").lastElementChild.querySelector(".name").select();
}
function changeRule(event) {
  const { target } = event,
    index = Number(target.closest("li").dataset.index),
    part = target.classList[0];
  change(`rule ${index} ${part}`, () => {
    const rule = rulesOf()[index];
    if (part === "limit") setLimit(rule, target.value, LIMITS[target.value].first);
    else if (part === "value") setLimit(rule, limitOf(rule), target.value === "" ? 0 : Number(target.value));
    else rule[part] = target.value;
  });
}
$("list-rules").addEventListener("input", changeRule);
$("list-rules").addEventListener("click", (event) => {
  if (!event.target.closest(".delete")) return;
  const index = Number(event.target.closest("li").dataset.index);
  change("", () => rulesOf().splice(index, 1));
  say("Deleted: a rule. Undo brings it back.");
  $("add-rule").focus();
});
$("add-rule").addEventListener("click", addRule);
