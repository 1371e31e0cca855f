// The question before what cannot be undone.

/** Asks what the dialog says; whether its button "act" was pressed. */
function isConfirmed() {
  const dialog = $("confirm");
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "act"), { once: true });
  });
}
for (const button of $("confirm").querySelectorAll("button"))
  button.addEventListener("click", () => $("confirm").close(button.value));
