// What the frame of every page does: it lets the reader choose light or dark, follows the reading in the contents list,
// and opens the search. Of Pagefind nothing is loaded before.

import { followReading } from "./contents.js";
import { listenForKeys } from "./keys.js";
import { offerSchemes } from "./scheme.js";
import { openDialog } from "./search.js";

/** The root of the site, of which this file knows its own place. */
const root = new URL("../../", import.meta.url);

document.addEventListener("click", (event) => {
  const control = event.target instanceof Element ? event.target.closest("[data-fl-search]") : null;
  if (control instanceof HTMLElement) openDialog(root, control.dataset.flSearch ?? "");
});

// A sheet has done its work when one of its links is followed, which may lead to a place on the same page.
for (const sheet of document.querySelectorAll("[popover]#fl-menu, [popover]#fl-contents")) {
  sheet.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a");
    if (link && sheet.matches(":popover-open")) /** @type {HTMLElement} */ (sheet).hidePopover();
  });
}

offerSchemes(document.querySelector(".fl-scheme"));
followReading(document.querySelector("#fl-contents"));
listenForKeys(() => openDialog(root, ""));
