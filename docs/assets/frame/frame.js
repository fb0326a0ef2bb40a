// What the frame of every page does: it lets the reader choose light or dark, follows the reading in the contents list,
// and opens the search, of which nothing is loaded before.

import { followReading } from "./contents.js";
import { listenForKeys } from "./keys.js";
import { keepScheme } from "./scheme.js";

/** The root of the site, of which this file knows its own place. */
const root = new URL("../../", import.meta.url);

/**
 * Open the search. What is typed while its script is on the way is not lost.
 * @param {string | HTMLInputElement} from words, or the field that holds them
 */
async function openSearch(from) {
  let typed = "";
  const gather = (/** @type {KeyboardEvent} */ event) => {
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
    typed += event.key;
    event.preventDefault();
  };
  if (typeof from === "string") document.addEventListener("keydown", gather, true);
  try {
    const { openFinder } = await import("./finder.js");
    openFinder(root, typeof from === "string" ? from + typed : from.value);
  } finally {
    document.removeEventListener("keydown", gather, true);
  }
}

document.addEventListener("click", (event) => {
  const control = event.target instanceof Element ? event.target.closest("[data-fl-search]") : null;
  if (control instanceof HTMLElement) void openSearch(control.dataset.flSearch ?? "");
});

// A field in the header works without a script: its form leads to the page of quotations. What is typed into it, also
// before this file came, opens the search.
for (const field of document.querySelectorAll("header form[role=search] input[name=q]")) {
  if (!(field instanceof HTMLInputElement)) continue;
  const open = () => field.value.trim() && document.activeElement === field && void openSearch(field);
  field.addEventListener("input", open);
  open();
}

keepScheme();
followReading(document.querySelector(".contents"));
listenForKeys(() => void openSearch(""));
