// What a search found, as elements of the page. All texts are set as texts, never as HTML.

/**
 * @typedef {{ url: string, raw_url?: string, content: string, excerpt: string, plain_excerpt: string, meta: Record<string, string> }} Found
 * One record, as Pagefind gives it. In `excerpt` the words found are within <mark>, all else is text with < and > escaped.
 */

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

/**
 * The results of one kind, under a heading; nothing where there are none.
 * @param {{ name: string, title: string }} kind
 * @param {Found[]} found the first of them
 * @param {{ count: number, root: URL, words: string }} about
 * @returns {Element[]}
 */
export function group(kind, found, { count, root, words }) {
  if (!found.length) return [];
  const id = `fl-finder-${kind.name.toLowerCase()}`;
  const parts = [
    element("h2", { id }, `${kind.title} `, element("span", {}, count.toLocaleString("en"))),
    element("ul", { "aria-labelledby": id }, ...found.map((one) => result(one, root))),
  ];
  if (count > found.length) parts.push(more(kind, { count, shown: found.length, root, words }));
  return [element("section", {}, ...parts)];
}

/**
 * @param {{ name: string, title: string }} kind
 * @param {{ count: number, shown: number, root: URL, words: string }} about
 */
function more(kind, { count, shown, root, words }) {
  if (kind.name !== "Quotation")
    return element("p", { class: "fl-finder__more" }, `And ${(count - shown).toLocaleString("en")} more. A further word narrows the search.`);
  const address = new URL(`quotes/?q=${encodeURIComponent(words)}`, root);
  const link = element("a", { href: address.href }, `All ${count.toLocaleString("en")} quotations`);
  return element("p", { class: "fl-finder__more" }, link);
}

/**
 * One result. The words of a quotation with a content notice are not shown, only what it speaks of.
 * @param {Found} found
 * @param {URL} root
 */
function result(found, root) {
  const { title, notices, note } = found.meta;
  const address = new URL((found.raw_url ?? found.url).replace(/^\/+/, ""), root);
  const link = element("a", { href: address.href }, element("span", { class: "fl-finder__title" }, title));
  if (notices) link.append(element("span", { class: "fl-finder__notice" }, `Content notice: ${notices}. The words are closed.`));
  else link.append(element("span", { class: "fl-finder__excerpt" }, ...shortened(found)));
  if (note) link.append(element("span", { class: "fl-finder__where" }, `In the note “${note}”`));
  return element("li", {}, link);
}

/**
 * The excerpt of a record, with dots where more of its text comes before or after.
 * @param {Found} found
 * @returns {(Node | string)[]}
 */
function shortened({ content, excerpt, plain_excerpt }) {
  const [whole, part] = [content, plain(plain_excerpt)].map((text) => text.trim());
  return [whole.startsWith(part) ? "" : "… ", ...marked(excerpt), whole.endsWith(part) ? "" : " …"];
}

/**
 * The texts and marks of an excerpt.
 * @param {string} excerpt
 * @returns {(Node | string)[]}
 */
function marked(excerpt) {
  return excerpt.split(/(<mark>.*?<\/mark>)/s).map((piece) => {
    const words = /^<mark>(.*)<\/mark>$/s.exec(piece);
    return words ? element("mark", {}, plain(words[1])) : plain(piece);
  });
}

/**
 * A text whose markup characters are escaped, as it reads.
 * @param {string} text
 */
function plain(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">");
}
