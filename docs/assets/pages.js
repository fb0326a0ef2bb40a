// What scripts add to the pages of a library. Each part asks for nothing but elements, and a page reads well without any.

import { addCopying } from "./pages/copying.js";
import { addPicking } from "./pages/picks.js";
import { keepChoices, openChosen } from "./pages/notices.js";
import { addSteps, leadOn } from "./pages/steps.js";

leadOn();
keepChoices();
addCopying(document);
addPicking(document);
addSteps();
if (document.querySelector("form[data-narrow], form[data-list], form[data-pair]")) {
  void import("./pages/narrowing.js").then(({ addNarrowing }) => addNarrowing());
}
// Previews are for whoever points at a link, so they come after the page.
void (document.readyState === "complete" ? Promise.resolve() : new Promise((loaded) => addEventListener("load", loaded, { once: true })))
  .then(() => import("./pages/previews.js"))
  .then(({ addPreviews }) => addPreviews());

// The explorer and the sheet make cards of their own.
document.addEventListener("florilegium:card", (event) => {
  if (!(event.target instanceof Element)) return;
  addCopying(event.target);
  openChosen(event.target);
  addPicking(event.target);
});

const explorer = document.querySelector(".find");
if (explorer instanceof HTMLElement) {
  if (location.hash.startsWith("#sheet")) void import("./pages/sheet.js").then(({ openSheet }) => openSheet());
  else void import("./pages/explorer.js").then(({ addExplorer }) => addExplorer(explorer));
  addEventListener("hashchange", () => location.hash.startsWith("#sheet") && !document.querySelector(".sheet") && location.reload());
} else if (new URLSearchParams(location.search).has("q")) {
  void import("./pages/found.js").then(({ markFound }) => markFound());
}
