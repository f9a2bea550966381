// What needs a script: finding a field in a long form, and leading the eye to what came back.
"use strict";

function filterFields(box) {
  const wanted = box.value.trim().toLowerCase();
  for (const group of document.querySelectorAll(box.dataset.filter + " details.group")) {
    let shown = 0;
    for (const field of group.querySelectorAll(":scope > .grid > [data-title]")) {
      const fits = field.dataset.title.toLowerCase().includes(wanted);
      field.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    group.hidden = shown === 0;
    if (wanted) group.open = true;
  }
}

function showFilters() {
  for (const field of document.querySelectorAll(".filter")) field.hidden = false;
}

document.addEventListener("input", (event) => {
  if (event.target.dataset.filter) filterFields(event.target);
});
document.addEventListener("keydown", (event) => {
  // Enter in the box that finds fields would send the form around it.
  if (event.key === "Enter" && event.target.dataset.filter) event.preventDefault();
});
document.addEventListener("DOMContentLoaded", showFilters);
document.addEventListener("htmx:afterSettle", (event) => {
  showFilters();
  if (event.target.id !== "try" && event.target.id !== "test") return;
  const found = event.target.querySelector("[aria-invalid], .problem, .preview, #outcome .done");
  if (!found) return;
  found.scrollIntoView({ block: "center" });
  if (found.matches("[aria-invalid]")) found.focus();
});
