// The period shown, and the one it is compared with.

/** The other period's first and last day, null where nothing is compared. */
function otherPeriod() {
  const first = $("from").value,
    last = $("to").value;
  switch ($("with").value) {
    case "before": {
      const days = daysBetween(first, last);
      return [daysAfter(first, -days), daysAfter(first, -1)];
    }
    case "dates":
      return [$("with-from").value, $("with-to").value];
  }
  return null;
}
/** The fields as the page's address has them, else the last 7 days. */
function fillPeriod(words) {
  $("to").value = words.get("to") ?? scene.lastDay;
  $("from").value = words.get("from") ?? daysAfter($("to").value, -6);
  if (words.has("with")) $("with").value = words.get("with");
  $("with-from").value = words.get("with_from") ?? daysAfter($("from").value, -7);
  $("with-to").value = words.get("with_to") ?? daysAfter($("from").value, -1);
  showOther();
}
function showOther() {
  $("other").hidden = $("with").value !== "dates";
}
/** So that the address can be kept, and sent to others. */
function keepAddress() {
  const words = sceneAndPeriod();
  words.set("with", $("with").value);
  if ($("with").value === "dates") {
    words.set("with_from", $("with-from").value);
    words.set("with_to", $("with-to").value);
  }
  history.replaceState(null, "", `/days?${words}`);
}
$("with").addEventListener("change", () => {
  showOther();
  if ($("with").value !== "dates") showPeriod();
});
for (const button of document.querySelectorAll("[data-days]"))
  button.addEventListener("click", () => {
    $("to").value = scene.lastDay;
    $("from").value = daysAfter(scene.lastDay, 1 - Number(button.dataset.days));
    showPeriod();
  });
$("period").addEventListener("submit", (event) => {
  event.preventDefault();
  showPeriod();
});
