// Saves the answers as CSV files, which are in the page itself.

function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  // Not at once: some browsers read it only after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
for (const button of document.querySelectorAll("[data-csv]"))
  button.addEventListener("click", () => {
    const name = button.dataset.csv;
    save(`${data.name.replace(/\.[^.]*$/, "") || "video"}-${name}`, answers.csv[name]);
    $("saved").textContent = `Saved ${name}`;
  });
for (const group of document.querySelectorAll(".downloads")) group.hidden = false;
