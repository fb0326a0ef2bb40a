// What was found, as elements of a page. All texts are set as texts, never as HTML.

import { documentOf, placeOf, placesOf } from "../find.js";

/** @typedef {import("../find.js").Index} Index */

/**
 * An element with attributes and children.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** What is shown of a record that is no quotation. @param {Index} index @param {number} record */
export async function describe(index, record) {
  const entry = await index.entry(documentOf(record));
  if (!entry) return { address: "", title: "", text: "" };
  const kind = documentOf(record) >> 20;
  if (kind === 2) return { address: `themes/${entry[0]}/`, title: entry[1], text: entry[3] };
  if (kind === 3) return { address: entry[2], title: entry[1], text: entry[4] };
  const [anchor, heading] = entry[3][placeOf(record)];
  const title = heading ? `${entry[1]} › ${heading}` : entry[1];
  return { address: `notes/${entry[0]}/${anchor ? `#${anchor}` : ""}`, title, text: entry[4].split("\0")[placeOf(record)] };
}

/** Where the words stand in a text, marked, with dots where more of it comes before or after. @param {string} text @param {Set<string>} forms */
export function excerpt(text, forms) {
  const places = placesOf(text, forms);
  const first = places[0]?.[0] ?? 0;
  let start = Math.max(0, first - 60);
  if (start) start = text.indexOf(" ", start) + 1 || start;
  if (start > first) start = first;
  let end = Math.min(text.length, start + 180);
  if (end < text.length) end = Math.max(text.lastIndexOf(" ", end), Math.min(start + 90, end));
  /** @type {(Node | string)[]} */
  const parts = [start ? "… " : ""];
  let at = start;
  for (const [from, to] of places) {
    if (to > end) break;
    parts.push(text.slice(at, from), element("mark", {}, text.slice(from, to)));
    at = to;
  }
  parts.push(text.slice(at, end), end < text.length ? " …" : "");
  return parts;
}
