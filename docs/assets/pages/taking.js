// Taking quotations along: as a table for a spreadsheet, and the works that they are from as BibTeX.

import { element } from "../frame/records.js";

/** Let the browser save a text. @param {string} name @param {string} type @param {string} text */
export function download(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = element("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** @param {string} html of a card @returns {string} its words, paragraphs parted by line feeds */
export function wordsIn(html) {
  const shape = element("template", {});
  shape.innerHTML = html;
  const quote = shape.content.querySelector("blockquote");
  const blocks = [...(quote?.querySelectorAll("p") ?? [])];
  return (blocks.length ? blocks : [quote]).map((one) => (one?.textContent ?? "").replace(/\s+/g, " ").trim()).join("\n");
}

/** A table with a line for each quotation (RFC 4180). @param {any[]} rows @param {URL} root */
export function toCsv(rows, root) {
  const head = ["words", "speaker", "work", "key", "locator", "quoted_in", "year", "themes", "speaks_of", "verification", "language", "note", "address", "comment"];
  const lines = rows.map((row) => [
    wordsIn(row.html), row.who, row.work, row.key, row.locator, row.via, String(row.year), row.themes.join(" "), row.notices.join(" "), row.state || "none", row.language,
    row.title, new URL(`notes/${row.note}/#q-${row.id}`, root).href, row.comment ?? "",
  ]);
  // A spreadsheet takes what begins so for a formula; an apostrophe before it makes it a text.
  const cell = (/** @type {string} */ text) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  return `\ufeff${[head, ...lines].map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** The entries of the works that quotations are from, and of those in which they were read, as the library exports them.
 * @param {import("../find.js").Index} index @param {any[]} rows */
export async function toBibtex(index, rows) {
  // As the export writes keys: latex_writer.py, `entry_key`.
  const written = (/** @type {string} */ key) => key.replace(/[^A-Za-z0-9_:.+/-]+/g, "-").replace(/^-+|-+$/g, "") || "work";
  const keys = new Set(rows.flatMap((row) => [row.key, row.via]).filter(Boolean).map(written));
  const answer = await fetch(new URL("data/references.bib", index.root));
  if (!answer.ok) throw new Error(`references.bib: ${answer.status}`);
  const entries = (await answer.text()).split(/\n(?=@)/).map((entry) => entry.trim());
  return entries.filter((entry) => keys.has(/^@\w+\{([^,]+),/.exec(entry)?.[1] ?? "")).map((entry) => `${entry}\n`).join("\n");
}
