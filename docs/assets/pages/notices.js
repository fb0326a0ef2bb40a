// Content notices: which kinds of quotations a reader always opens. The choice is kept in this browser only.

const KEY = "florilegium-always-open";

/** @returns {Set<string>} ids of the notices whose quotations open by themselves */
function chosen() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return new Set(Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : []);
  } catch {
    // Storage may be closed to this page, or hold what somebody else wrote.
    return new Set();
  }
}

/** @param {Set<string>} ids */
function keep(ids) {
  try {
    if (ids.size) localStorage.setItem(KEY, JSON.stringify([...ids].sort()));
    else localStorage.removeItem(KEY);
  } catch {
    // Then the choice holds for this page.
  }
}

/**
 * Opens the quotations whose every notice was chosen. With `close` the others are closed again.
 * @param {ParentNode} place
 * @param {{ ids?: Set<string>, close?: boolean }} [how]
 */
export function openChosen(place, { ids = chosen(), close = false } = {}) {
  for (const details of place.querySelectorAll("details.closed")) {
    const needed = (details.getAttribute("data-notices") ?? "").split(" ").filter(Boolean);
    const open = needed.length > 0 && needed.every((id) => ids.has(id));
    if (open || close) details.toggleAttribute("open", open);
  }
}

/** @returns {NodeListOf<HTMLInputElement>} */
const boxes = () => document.querySelectorAll(".choices input[type=checkbox]");

/** @param {Set<string>} ids */
function show(ids) {
  for (const box of boxes()) box.checked = ids.has(box.value);
}

/** @param {Set<string>} ids */
function choose(ids) {
  keep(ids);
  show(ids);
  openChosen(document, { ids, close: true });
}

/** Wires the boxes of the settings and the button that opens all, and applies what was chosen before. */
export function keepChoices() {
  show(chosen());
  openChosen(document);
  openTarget();
  for (const box of boxes()) {
    box.addEventListener("change", () => {
      const ids = chosen();
      if (box.checked) ids.add(box.value);
      else ids.delete(box.value);
      choose(ids);
    });
  }
  for (const button of document.querySelectorAll("[data-forget]")) {
    button.addEventListener("click", () => choose(new Set()));
  }
  addEventListener("storage", (event) => {
    if (event.key === KEY || event.key === null) {
      show(chosen());
      openChosen(document, { close: true });
    }
  });
  for (const button of document.querySelectorAll("[data-open-all]")) {
    button.addEventListener("click", () => {
      for (const details of document.querySelectorAll("main details.closed")) details.setAttribute("open", "");
    });
  }
  document.addEventListener("toggle", (event) => helpOnce(event.target), true);
}

/** With the first closed quotation that a reader opens, help is shown in full. @param {EventTarget | null} target */
function helpOnce(target) {
  if (!(target instanceof HTMLDetailsElement) || !target.open || !target.matches("main details.closed")) return;
  const help = document.querySelector(".care .help");
  if (!help || document.querySelector(".closed .help")) return;
  target.append(help.cloneNode(true));
}

/** Whoever follows a link to a place within something closed sees that place; but no quotation opens by a link. */
function openTarget() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const around = target && target.closest("details:not(.closed)");
  if (around) around.setAttribute("open", "");
}
