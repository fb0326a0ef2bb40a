// What scripts add to the pages of a library. Each part asks for nothing but elements, and a page reads well without any.

import { keepChoices } from "./pages/notices.js";
import { addCopying } from "./pages/copying.js";
import { addPreviews } from "./pages/previews.js";

keepChoices();
addCopying(document);
addPreviews();

const explorer = document.querySelector(".fl-explorer");
if (explorer instanceof HTMLElement) {
  void import("./pages/explorer.js").then(({ addExplorer }) => addExplorer(explorer));
}
