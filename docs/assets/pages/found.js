// The page that a result leads to marks the words that were looked for. They stand in its address.

import { markWords, parse, wordsOf } from "../find.js";

/** Mark the words of `?q=` in the text of the page. */
export function markFound() {
  const text = document.querySelector("main, article");
  const units = parse(new URLSearchParams(location.search).get("q") ?? "");
  if (!text || !units.length) return;
  markWords(text, new Set(units.flatMap((unit) => wordsOf(unit.text)).map((word) => word.form)));
}
