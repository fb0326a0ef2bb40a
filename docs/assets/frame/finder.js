// The search of the header: a dialog over the index (`find.js`), which is loaded when it first opens. The words of a
// closed quotation are found here and not shown.

import { documentOf, Index, KINDS, ofKind, parse, search, suggest } from "../find.js";
import { letPlainKeysWork, plainKeysWork } from "./keys.js";
import { describe, element, excerpt } from "./records.js";
import { _, counted, numeral } from "./words.js";

/**
 * @typedef {import("../find.js").Hit} Hit
 * @typedef {import("../find.js").Answer} Answer
 * @typedef {{ kind: number, hits: Hit[] }} Group
 */

const TITLES = [_("Quotations"), _("Notes"), _("Themes"), _("Works")];
/** The links to everything that was found of a kind. @type {((number: number) => string)[]} */
const ALL = [
  (number) => counted(number, "All %(num)s quotation", "All %(num)s quotations"),
  (number) => counted(number, "All %(num)s note", "All %(num)s notes"),
  (number) => counted(number, "All %(num)s theme", "All %(num)s themes"),
  (number) => counted(number, "All %(num)s work", "All %(num)s works"),
];
const SHOWN = [4, 3, 3, 3];
/** Milliseconds without a key before a search is made. */
const PAUSE = 120;

/** @type {Finder | undefined} */
let finder;

/**
 * Open the search of a site.
 * @param {URL} root the site's root
 * @param {string} words what to search for; if none, what was searched last
 */
export function openFinder(root, words) {
  finder ??= new Finder(root);
  finder.open(words);
}

class Finder {
  input = element("input", {
    class: "fl-finder__words", type: "text", id: "fl-finder-words", enterkeyhint: "search", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
  });
  close = element("button", { class: "fl-tool", type: "button" }, _("Close"));
  status = element("p", { class: "fl-finder__status", role: "status" });
  results = element("div", { class: "fl-finder__results" });
  keys = element("input", { type: "checkbox" });
  dialog = element(
    "dialog",
    { class: "fl-finder", "aria-label": _("Search") },
    element("div", { class: "fl-finder__head" }, element("label", { for: "fl-finder-words" }, _("Search")), this.input, this.close),
    this.status,
    this.results,
    element(
      "div",
      { class: "fl-finder__foot" },
      element("label", {}, this.keys, " ", ...withKeys(_("The keys %(slash)s and %(s)s open this"), { slash: "/", s: "s" })),
      element("span", {}, ...withKeys(_("%(up)s %(down)s to choose, %(enter)s to go, %(escape)s to close"), { up: "↑", down: "↓", enter: "Enter", escape: "Esc" })),
    ),
  );
  /** How many searches were begun: an answer to any but the last is dropped. */
  turn = 0;

  /** @param {URL} root */
  constructor(root) {
    this.index = new Index(root);
    this.root = root;
    this.keys.checked = plainKeysWork();
    document.body.append(this.dialog);
    let timer = 0;
    this.input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => void this.search(), PAUSE);
    });
    this.dialog.addEventListener("keydown", (event) => this.move(event));
    this.close.addEventListener("click", () => this.dialog.close());
    this.keys.addEventListener("change", () => letPlainKeysWork(this.keys.checked));
    this.dialog.addEventListener("click", (event) => {
      const target = event.target instanceof Element ? event.target : null;
      const other = target?.closest("[data-word]");
      if (other instanceof HTMLElement) {
        this.input.value = other.dataset.word ?? "";
        this.input.focus();
        void this.search();
      }
      // The dialog's own box is covered by what is in it: a click on it is one beside it, on what lies behind.
      else if (target?.closest("a") || target === this.dialog) this.dialog.close();
    });
  }

  /** @param {string} words */
  open(words) {
    if (words) this.input.value = words;
    if (!this.dialog.open) this.dialog.showModal();
    this.input.focus();
    if (!words) this.input.select();
    void this.search();
  }

  async search() {
    const turn = ++this.turn;
    const words = this.input.value.trim();
    try {
      if (!words) this.show(_("Loading the search …"), []);
      await this.index.open();
      const [status, parts] = words ? await this.find(words) : [_("Type words to find quotations, notes, themes and works."), []];
      if (turn === this.turn) this.show(status, parts);
    } catch {
      if (turn === this.turn) this.fail();
    }
  }

  /** @param {string} words @returns {Promise<[string, Element[]]>} */
  async find(words) {
    const units = parse(words);
    const [quotations, rest] = await Promise.all(["q", "r"].map((group) => search(this.index, group, units)));
    const hits = [...quotations.hits, ...rest.hits];
    const forms = new Set([...quotations.forms, ...rest.forms]);
    /** @type {Group[]} */
    const groups = KINDS.map((_, kind) => ({ kind, hits: ofKind(hits, kind) }));
    const named = await this.filed(groups[2].hits.filter((hit) => hit.title && hit.exact));
    if (!hits.length) return [this.nothing(units), await this.offers(words, units)];
    const order = (/** @type {Group} */ group) => {
      const [best] = group.hits;
      return best ? +best.exact * 4 + +best.title * 2 + +best.together + best.score / 1000 + (group.kind === 2 && best.title ? 8 : 0) : -1;
    };
    groups.sort((one, other) => order(other) - order(one));
    const parts = await Promise.all(groups.map((group) => this.group(group, forms, words, named)));
    if (!quotations.hits.length && !named) parts.unshift([element("p", { class: "fl-finder__hint" }, this.nothing(units))]);
    else if (!quotations.hits.length) parts.splice(1, 0, await this.under(/** @type {any} */ (named), words));
    const all = groups.flatMap((group) => group.hits);
    const exact = all.filter((hit) => hit.exact).length;
    const others = all.length - exact;
    let status = counted(exact, "%(num)s result", "%(num)s results");
    if (others) status += `, ${counted(others, "%(num)s more with other forms of the words", "%(num)s more with other forms of the words")}`;
    return [status, parts.flat()];
  }

  /** The first theme whose name was typed, with its quotations. @param {Hit[]} hits */
  async filed(hits) {
    if (!hits.length) return null;
    const entry = await this.index.entry(documentOf(hits[0].record));
    if (!entry) return null;
    const records = await this.index.facet(`#${entry[0]}`);
    return records.size ? { id: entry[0], label: entry[1], records: [...records] } : null;
  }

  /** @param {{ id: string, label: string, records: number[] }} theme @param {string} words @returns {Promise<Element[]>} */
  async under(theme, words) {
    const items = await Promise.all(theme.records.slice(0, SHOWN[0]).map((record) => this.quotation(record, new Set(), words)));
    const id = "fl-finder-filed";
    const all = element("a", { href: new URL(`quotes/?theme=${encodeURIComponent(theme.id)}`, this.root).href }, ALL[0](theme.records.length));
    return [
      element(
        "section",
        {},
        element("h2", { id }, _("Quotations under this theme"), " ", element("span", {}, numeral(theme.records.length))),
        element("ul", { "aria-labelledby": id }, ...items),
        ...(theme.records.length > items.length ? [element("p", { class: "fl-finder__more" }, all)] : []),
      ),
    ];
  }

  /** @param {Group} group @param {Set<string>} forms @param {string} words @param {unknown} named @returns {Promise<Element[]>} */
  async group({ kind, hits }, forms, words, named) {
    if (!hits.length) return [];
    const id = `fl-finder-${KINDS[kind]}`;
    const items = await Promise.all(hits.slice(0, SHOWN[kind]).map((hit) => this.item(kind, hit, forms, words)));
    const parts = [
      element("h2", { id }, `${TITLES[kind]} `, element("span", {}, numeral(hits.length))),
      element("ul", { "aria-labelledby": id }, ...items),
    ];
    if (hits.length > items.length || (kind === 0 && named)) {
      const address = new URL("quotes/", this.root);
      address.searchParams.set("q", words);
      if (kind) address.searchParams.set("kind", KINDS[kind]);
      parts.push(element("p", { class: "fl-finder__more" }, element("a", { href: address.href }, ALL[kind](hits.length))));
    }
    return [element("section", {}, ...parts)];
  }

  /** @param {number} kind @param {Hit} hit @param {Set<string>} forms @param {string} words */
  async item(kind, hit, forms, words) {
    if (!kind) return this.quotation(hit.record, forms, words);
    const found = await describe(this.index, hit.record);
    const mark = hit.exact ? [] : [element("span", { class: "fl-finder__where" }, _("Another form of the word"))];
    return this.line(found.address, found.title, found.text ? excerpt(found.text, forms) : [], words, mark);
  }

  /** @param {number} record @param {Set<string>} forms @param {string} words */
  async quotation(record, forms, words) {
    const found = await this.index.quotation(record);
    if (!found) return element("li", {});
    const shape = element("template", {});
    shape.innerHTML = found.html;
    const quote = shape.content.querySelector("blockquote");
    const closed = quote?.closest("details");
    const text = [...shape.content.querySelectorAll("blockquote")].map((one) => one.textContent ?? "").join(" ");
    const shown = closed
      ? [element("span", { class: "fl-finder__notice" }, tidy(closed.querySelector("summary") ?? closed), forms.size ? ` ${_("The words you looked for are in it.")}` : "")]
      : excerpt(tidy(text), forms);
    const where = element("span", { class: "fl-finder__where" }, _("In the note “%(title)s”", { title: found.title }));
    return this.line(`notes/${found.note}/#q-${found.id}`, [found.who, found.work].filter(Boolean).join(", "), shown, words, [where]);
  }

  /** @param {string} path @param {string} title @param {(Node | string)[]} shown @param {string} words @param {Element[]} more */
  line(path, title, shown, words, more) {
    const address = new URL(path, this.root);
    address.searchParams.set("q", words);
    const [first] = shown;
    const body = first instanceof Element && first.className ? first : element("span", { class: "fl-finder__excerpt" }, ...shown);
    return element("li", {}, element("a", { href: address.href }, element("span", { class: "fl-finder__title" }, title), body, ...more));
  }

  /** @param {import("../find.js").Unit[]} units */
  nothing(units) {
    if (units.length > 1) return _("No quotation has all of these words: %(words)s.", { words: units.map((unit) => unit.text).join(", ") });
    return _("No quotation has “%(word)s”.", { word: units[0]?.text ?? this.input.value.trim() });
  }

  /** @param {string} words @param {import("../find.js").Unit[]} units */
  async offers(words, units) {
    const parts = [];
    for (const unit of units) {
      if (unit.words.length !== 1) continue;
      const form = unit.words[0].form;
      const [one, other] = await Promise.all(["q", "r"].map((group) => this.index.terms(group + form)));
      if (one.terms.length + other.terms.length) continue;
      const near = await suggest(this.index, form);
      const links = near.flatMap((word) => [" ", element("button", { type: "button", class: "fl-offer", "data-word": words.replace(unit.text, word) }, word)]);
      if (near.length) parts.push(element("p", { class: "fl-finder__hint" }, _("Other words than “%(word)s”:", { word: unit.text }), ...links));
    }
    const all = element("a", { href: new URL("themes/", this.root).href }, _("All themes"));
    if (!parts.length) parts.push(element("p", { class: "fl-finder__hint" }, _("Try fewer words or other ones."), " ", all));
    return parts;
  }

  fail() {
    const list = element("a", { href: new URL("quotes/", this.root).href }, _("All quotations"));
    const reason = _("The index of the search could not be loaded: the connection may be broken, or this copy of the site was built without one.");
    this.show(_("The search cannot be used now."), [element("p", { class: "fl-finder__hint" }, reason, " ", list)]);
  }

  /** @param {string} status @param {Element[]} parts */
  show(status, parts) {
    this.status.textContent = status;
    const { activeElement } = document;
    const place = this.results.contains(activeElement) ? activeElement?.getAttribute("href") : undefined;
    this.results.replaceChildren(...parts);
    // Whoever has gone on to the results while the last ones came stays among them.
    if (place === undefined) return;
    const same = [...this.results.querySelectorAll("a")].find((link) => link.getAttribute("href") === place);
    (same ?? this.input).focus();
  }

  /**
   * Arrows go from the words to the results and back, Enter in the words to the first result.
   * @param {KeyboardEvent} event
   */
  move(event) {
    const links = /** @type {HTMLElement[]} */ ([...this.results.querySelectorAll("a, button")]);
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

/** @param {Element | string} from */
function tidy(from) {
  return (typeof from === "string" ? from : (from.textContent ?? "")).replace(/\s+/g, " ").trim();
}

/** A sentence in which names in `%(name)s` stand for keys. @param {string} text @param {Record<string, string>} keys */
function withKeys(text, keys) {
  return text.split(/%\((\w+)\)s/).map((piece, place) => (place % 2 ? element("kbd", {}, keys[piece] ?? piece) : piece));
}
