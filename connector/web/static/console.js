// What needs a script: finding a field in a long form, and leading the eye to what came back.
"use strict";

function filterFields(box) {
  const wanted = box.value.trim().toLowerCase();
  const words = wanted.split(/\s+/);
  for (const group of document.querySelectorAll(box.dataset.filter + " details.group")) {
    let shown = 0;
    for (const field of group.querySelectorAll(":scope > .grid > [data-title]")) {
      const title = field.dataset.title.toLowerCase();
      const fits = words.every((word) => title.includes(word));
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

// A page that renews itself leaves open what was opened.
let opened = [];
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.shouldSwap || !event.target.matches("[data-live]")) return;
  opened = [...event.target.querySelectorAll("details[open][id]")].map((fold) => fold.id);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const id of opened) {
    const fold = document.getElementById(id);
    if (fold) fold.open = true;
  }
  opened = [];
});

// Composing: data is inserted where the cursor was, and what an expression gives follows the typing.
let chosenField = null;

function takesData(element) {
  return element.matches("#compose input:not([type]), #compose textarea") && Boolean(document.getElementById("data"));
}

function choose(field) {
  chosenField = field;
  const label = document.querySelector(`label[for="${field.id}"]`);
  const note = document.getElementById("data-target");
  if (note && label) note.textContent = `Goes into ${label.firstChild.textContent.trim()}.`;
}

function insertData(path) {
  const field = chosenField && document.getElementById(chosenField.id);
  if (!field) return;
  const before = field.value.slice(0, field.selectionStart);
  // Inside the braces of an expression the path alone is wanted.
  const isInside = before.lastIndexOf("{{") > before.lastIndexOf("}}");
  field.setRangeText(isInside ? path : `{{ ${path} }}`, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

const waiting = new Map();

function showGiven(field) {
  const name = field.name.replace(/@data$/, "");
  const target = document.getElementById(`shows-${name.replace(/[^A-Za-z0-9_-]/g, "-")}`);
  if (!target) return;
  clearTimeout(waiting.get(target.id));
  target.classList.remove("failed");
  if (!field.value.includes("{{")) { target.textContent = ""; return; }
  waiting.set(target.id, setTimeout(() => {
    const form = field.closest("form");
    htmx.ajax("POST", form.dataset.preview, { source: target, target, swap: "innerHTML", values: { ...Object.fromEntries(new FormData(form)), show: name } });
  }, 300));
}

function findData(box) {
  const wanted = box.value.trim().toLowerCase();
  for (const source of document.querySelectorAll("#data .source")) {
    let shown = 0;
    for (const item of source.querySelectorAll("li")) {
      item.hidden = !item.dataset.title.toLowerCase().includes(wanted);
      shown += item.hidden ? 0 : 1;
    }
    source.hidden = wanted !== "" && shown === 0;
    if (wanted) source.open = true;
  }
}

function showScripted() {
  for (const one of document.querySelectorAll("[data-scripted]")) one.hidden = false;
  const hasData = Boolean(document.getElementById("data"));
  for (const one of document.querySelectorAll("button.insert")) one.hidden = !hasData;
  for (const one of document.querySelectorAll(".unscripted")) one.hidden = true;
}

document.addEventListener("DOMContentLoaded", showScripted);
document.addEventListener("htmx:afterSettle", showScripted);
document.addEventListener("focusin", (event) => { if (takesData(event.target) && event.target.name) choose(event.target); });
document.addEventListener("input", (event) => {
  if (event.target.id === "find-data") findData(event.target);
  else if (takesData(event.target)) showGiven(event.target);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-field], [data-insert], [aria-disabled='true']");
  if (!button) return;
  if (button.dataset.insert) insertData(button.dataset.insert);
  else if (button.dataset.field) {
    choose(document.getElementById(button.dataset.field));
    document.getElementById("find-data").focus();
  } else event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.id === "find-data") event.preventDefault();
});
// What is an expression is nothing to look for in the company's lists.
document.addEventListener("htmx:confirm", (event) => {
  const isList = event.target.matches && event.target.matches("#compose [list]");
  if (isList && event.target.value.includes("{{")) event.preventDefault();
});
// A form that was not taken says so where it stands, and keeps what was typed.
function tellRefusal(form, title) {
  const old = form.querySelector(":scope > .wrong[role=alert]");
  const note = old || form.insertBefore(document.createElement("p"), form.firstChild);
  note.className = "wrong";
  note.setAttribute("role", "alert");
  note.textContent = `Nothing was saved. ${title}`;
  note.scrollIntoView({ block: "center" });
}
document.addEventListener("htmx:responseError", (event) => {
  if (event.target.id !== "compose") return;
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const title = page.querySelector(".problem strong");
  tellRefusal(event.target, title ? title.textContent : "Try it again.");
});
document.addEventListener("htmx:sendError", (event) => {
  if (event.target.id === "compose") tellRefusal(event.target, "The console cannot be reached; try again in a moment.");
});
