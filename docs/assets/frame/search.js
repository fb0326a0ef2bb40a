// The search of the header: a dialog over Pagefind's index. Pagefind is loaded when it first opens.
//
// Pagefind's own dialog is not used: it would show an excerpt of every result, and the words of a quotation with a
// content notice are found here, but not shown.

import { letPlainKeysWork, plainKeysWork } from "./keys.js";
import { element, group } from "./results.js";

/**
 * @typedef {import("./results.js").Found} Found
 * @typedef {{ results: { data: () => Promise<Found> }[], unfilteredResultCount: number }} Answer
 * @typedef {{ options: (given: object) => Promise<void>, init: () => Promise<void>,
 *   preload: (words: string, given: object) => void,
 *   search: (words: string, given: object) => Promise<Answer> }} Pagefind
 */

const KINDS = [
  { name: "Quotation", title: "Quotations", most: 5 },
  { name: "Note", title: "Notes", most: 5 },
  { name: "Theme", title: "Themes", most: 5 },
];
/** Milliseconds without a key before a search is made. */
const PAUSE = 150;

/** @type {SearchDialog | undefined} */
let dialog;

/**
 * Open the search dialog of a site.
 * @param {URL} root the site's root
 * @param {string} words what to search for; if none, what was searched last
 */
export function openDialog(root, words) {
  dialog ??= new SearchDialog(root);
  dialog.open(words);
}

class SearchDialog {
  input = element("input", {
    class: "fl-finder__words",
    type: "text",
    id: "fl-finder-words",
    enterkeyhint: "search",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
  });
  close = element("button", { class: "fl-tool", type: "button" }, "Close");
  status = element("p", { class: "fl-finder__status", role: "status" });
  results = element("div", { class: "fl-finder__results" });
  keys = element("input", { type: "checkbox" });
  dialog = element(
    "dialog",
    { class: "fl-finder", "aria-label": "Search" },
    element(
      "div",
      { class: "fl-finder__head" },
      element("label", { for: "fl-finder-words" }, "Search"),
      this.input,
      this.close,
    ),
    this.status,
    this.results,
    element(
      "div",
      { class: "fl-finder__foot" },
      element("label", {}, this.keys, " The keys ", key("/"), " and ", key("s"), " open this"),
      element("span", {}, key("↑"), " ", key("↓"), " to choose, ", key("Enter"), " to go, ", key("Esc"), " to close"),
    ),
  );

  /** How many searches were begun: an answer to any but the last is dropped. */
  turn = 0;
  /** @type {Promise<Pagefind> | undefined} */
  pagefind = undefined;

  /** @param {URL} root */
  constructor(root) {
    this.root = root;
    this.keys.checked = plainKeysWork();
    document.body.append(this.dialog);
    this.listen();
  }

  listen() {
    let timer = 0;
    this.input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => void this.search(), PAUSE);
    });
    this.dialog.addEventListener("keydown", (event) => this.move(event));
    this.close.addEventListener("click", () => this.dialog.close());
    this.keys.addEventListener("change", () => letPlainKeysWork(this.keys.checked));
    this.dialog.addEventListener("click", (event) => {
      const link = event.target instanceof Element && event.target.closest("a");
      // The dialog's own box is covered by what is in it: a click on it is one beside it, on what lies behind.
      if (link || event.target === this.dialog) this.dialog.close();
    });
  }

  /** @param {string} words */
  open(words) {
    if (words) this.input.value = words;
    if (!this.dialog.open) this.dialog.showModal();
    this.input.focus();
    this.input.select();
    void this.search();
  }

  /** Load Pagefind once. A later try begins anew if it failed. */
  async load() {
    this.pagefind ??= (async () => {
      /** @type {Pagefind} */
      const pagefind = await import(new URL("pagefind/pagefind.js", this.root).href);
      await pagefind.options({ excerptLength: 24 });
      await pagefind.init();
      return pagefind;
    })();
    try {
      return await this.pagefind;
    } catch (error) {
      this.pagefind = undefined;
      throw error;
    }
  }

  async search() {
    const turn = ++this.turn;
    const words = this.input.value.trim();
    try {
      const shown = words ? await this.find(words, turn) : await this.greet();
      if (turn === this.turn) this.show(shown);
    } catch {
      if (turn === this.turn) this.show(this.failure());
    }
  }

  async greet() {
    this.show({ status: "Loading the search …", parts: [] });
    await this.load();
    return { status: "Type words to find quotations, notes and themes.", parts: [] };
  }

  /**
   * @param {string} words
   * @param {number} turn
   */
  async find(words, turn) {
    const pagefind = await this.load();
    const answers = await Promise.all(KINDS.map((kind) => pagefind.search(words, { filters: { kind: [kind.name] } })));
    const count = answers.reduce((sum, answer) => sum + answer.results.length, 0);
    if (!count) return this.nothing(words);
    if (turn === this.turn) this.dialog.classList.add("fl-busy");
    const parts = await Promise.all(
      KINDS.map(async (kind, index) => {
        const results = answers[index].results;
        const found = await Promise.all(results.slice(0, kind.most).map((result) => result.data()));
        return group(kind, found, { count: results.length, root: this.root, words });
      }),
    );
    return { status: count === 1 ? "1 result" : `${count.toLocaleString("en")} results`, parts: parts.flat() };
  }

  /** @param {string} words */
  nothing(words) {
    const all = element("a", { href: new URL("themes/", this.root).href }, "look through the themes");
    return {
      status: `Nothing was found for “${words}”.`,
      parts: [element("p", { class: "fl-finder__hint" }, "Try fewer words or other ones, or ", all, ".")],
    };
  }

  failure() {
    const list = element("a", { href: new URL("quotes/", this.root).href }, "the list of all quotations");
    return {
      status: "The search cannot be used now.",
      parts: [
        element(
          "p",
          { class: "fl-finder__hint" },
          "Its index could not be loaded: the connection may be broken, or this copy of the site was built without one. There is ",
          list,
          ".",
        ),
      ],
    };
  }

  /** @param {{ status: string, parts: Element[] }} shown */
  show({ status, parts }) {
    this.dialog.classList.remove("fl-busy");
    this.status.textContent = status;
    this.results.replaceChildren(...parts);
  }

  /**
   * Arrows go from the words to the results and back, Enter in the words to the first result.
   * @param {KeyboardEvent} event
   */
  move(event) {
    const links = [...this.results.querySelectorAll("a")];
    const place = links.findIndex((link) => link === document.activeElement);
    if (event.target === this.input && event.key === "Enter" && !event.isComposing) links[0]?.click();
    else if (event.key === "ArrowDown" && links.length) links[Math.min(place + 1, links.length - 1)].focus();
    else if (event.key === "ArrowUp" && place > 0) links[place - 1].focus();
    else if (event.key === "ArrowUp" && place === 0) this.input.focus();
    else if (place >= 0 && event.key === "Home") links[0].focus();
    else if (place >= 0 && event.key === "End") links[links.length - 1].focus();
    else return;
    event.preventDefault();
  }
}

/** @param {string} name */
function key(name) {
  return element("kbd", {}, name);
}
