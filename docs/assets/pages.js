// What scripts add to the pages of a library. Each part asks for nothing but elements, and a page reads well without any.

import { keepChoices, openChosen } from "./pages/notices.js";
import { addCopying } from "./pages/copying.js";
import { addPicking } from "./pages/picks.js";
import { addPreviews } from "./pages/previews.js";

keepChoices();
addCopying(document);
addPicking(document);
addPreviews();

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
