// The search of quotations: words, and filters that all must hold. What is searched for stands in the address of the page.
//
// Nothing is loaded before a reader turns to it. Pagefind then loads the parts of its index that a search needs.

import { addCopying } from "./copying.js";
import { openChosen } from "./notices.js";

/**
 * @typedef {{ url: string, content: string, locations: number[], meta: Record<string, string>, filters: Record<string, string[]> }} Found
 * @typedef {{ results: { data: () => Promise<Found> }[], filters: Record<string, Record<string, number>> }} Answer
 * @typedef {{ search: (words: string | null, options: object) => Promise<Answer>, filters: () => Promise<Answer["filters"]>,
 *   options: (options: object) => Promise<void> }} Pagefind
 */

const FACETS = ["theme", "source", "speaker", "year", "notice"];
const BATCH = 10;
const FEW = 2000; // Quotations up to which all filters are loaded at once.
const EVERY_QUOTE = "florilegiumquotation"; // A word of the index by which all quotations are found.

/** @param {HTMLElement} place */
export function addExplorer(place) {
  new Explorer(place).begin();
}

class Explorer {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    this.root = new URL(place.dataset.root ?? "../", location.href);
    this.form = /** @type {HTMLFormElement} */ (place.querySelector("form"));
    this.status = /** @type {HTMLElement} */ (place.querySelector(".fl-status"));
    this.list = /** @type {HTMLElement} */ (document.querySelector(".fl-results"));
    this.further = /** @type {HTMLButtonElement} */ (document.querySelector(".fl-further"));
    this.template = /** @type {HTMLTemplateElement} */ (place.querySelector(".fl-result"));
    this.all = /** @type {HTMLElement | null} */ (document.querySelector(".fl-all"));
    /** @type {Promise<Pagefind> | null} */
    this.loading = null;
    /** @type {Record<string, Record<string, number>>} filter → value → how many quotations there are */
    this.totals = {};
    /** @type {Answer["results"]} */
    this.results = [];
    this.shown = 0;
    this.run = 0;
    /** @type {Answer | null} */
    this.last = null;
    /** @type {Promise<void> | null} */
    this.filled = null;
    /** @type {[string, string][]} filters of the address that no list shows: a second theme */
    this.extra = [];
    this.timer = 0;
  }

  begin() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.remember(true);
      void this.search();
    });
    this.form.addEventListener("change", (event) => {
      if (event.target instanceof HTMLSelectElement) this.turn();
    });
    this.form.addEventListener("input", (event) => {
      if (event.target instanceof HTMLInputElement) this.soon();
    });
    this.form.addEventListener("reset", () => setTimeout(() => this.clear()));
    this.form.addEventListener("focusin", () => void this.load(), { once: true });
    const facets = this.form.querySelector(".fl-facets");
    for (const turn of ["focusin", "pointerenter"]) facets?.addEventListener(turn, () => void this.fill(), { once: true });
    this.further.addEventListener("click", () => void this.showMore(true));
    addEventListener("popstate", () => void this.recall());
    if (location.search) void this.recall();
  }

  turn() {
    this.remember(true);
    void this.search();
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.remember(false);
      void this.search();
    }, 300);
  }

  clear() {
    for (const select of this.selects()) select.value = "";
    this.extra = [];
    this.remember(true);
    void this.search();
  }

  selects() {
    return FACETS.map((name) => /** @type {HTMLSelectElement} */ (this.form.elements.namedItem(name)));
  }

  get words() {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem("q"));
  }

  // -- the address

  /** @param {boolean} anew whether the way back leads to what was searched for before */
  remember(anew) {
    const state = new URLSearchParams();
    if (this.words.value.trim()) state.set("q", this.words.value.trim());
    for (const [name, id] of this.chosen()) state.append(name, id);
    const address = `${location.pathname}${state.size ? `?${state}` : ""}`;
    if (anew) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  }

  async recall() {
    const state = new URLSearchParams(location.search);
    this.words.value = state.get("q") ?? "";
    this.wanted = FACETS.flatMap((name) => state.getAll(name).map((id) => /** @type {[string, string]} */ ([name, id])));
    await this.load();
    // The lists hold no sources and years before; and a small library has small filters.
    if (state.has("source") || state.has("year") || Number(this.place.dataset.quotes) <= FEW) await this.fill();
    this.choose(this.wanted);
    await this.search();
  }

  /** @param {[string, string][]} wanted */
  choose(wanted) {
    for (const select of this.selects()) select.value = "";
    this.extra = [];
    for (const [name, id] of wanted) {
      const select = /** @type {HTMLSelectElement} */ (this.form.elements.namedItem(name));
      const known = [...select.options].some((option) => option.value === id);
      if (known && !select.value) select.value = id;
      else if (select.value !== id) this.extra.push([name, id]);
    }
  }

  /** @returns {[string, string][]} */
  chosen() {
    const selected = this.selects().map((select) => /** @type {[string, string]} */ ([select.name, select.value]));
    return [...selected.filter(([, id]) => id), ...this.extra];
  }

  // -- the index

  /** @returns {Promise<Pagefind>} */
  load() {
    this.loading ??= this.open().catch((error) => {
      this.loading = null;
      this.status.textContent = "The search cannot be loaded. All quotations are listed below.";
      if (this.all) this.all.hidden = false;
      throw error;
    });
    return this.loading;
  }

  /** @returns {Promise<Pagefind>} */
  async open() {
    const pagefind = await import(new URL("pagefind/pagefind.js", this.root).href);
    await pagefind.options({ baseUrl: "/", excerptLength: 1 });
    await pagefind.init?.();
    return pagefind;
  }

  /** Loads all filters: what sources and years there are, and how many quotations each filter leaves. */
  fill() {
    this.filled ??= this.fillNow();
    return this.filled;
  }

  async fillNow() {
    const pagefind = await this.load();
    this.totals = await pagefind.filters();
    for (const select of this.selects()) {
      const known = new Set([...select.options].map((option) => option.value));
      const values = Object.keys(this.totals[select.name] ?? {}).filter((value) => !known.has(id(value)));
      values.sort((one, other) => order(select.name, label(one), label(other)));
      select.append(...values.map((value) => new Option(label(value), id(value))));
    }
    this.count(this.last ?? { results: [], filters: this.totals });
    // What was found before they were loaded has no numbers yet.
    if (this.last) await this.search();
  }

  /** @param {Answer} answer how many of the quotations found each filter would leave */
  count(answer) {
    for (const select of this.selects()) {
      const values = answer.filters[select.name];
      if (!values || !this.totals[select.name]) continue;
      const left = new Map(Object.entries(values).map(([value, number]) => [id(value), number]));
      for (const option of select.options) {
        if (!option.value) continue;
        option.dataset.label ??= option.text;
        const number = left.get(option.value) ?? 0;
        option.text = `${option.dataset.label} (${number.toLocaleString("en")})`;
        option.disabled = number === 0 && option.value !== select.value;
      }
    }
  }

  // -- searching

  async search() {
    const run = ++this.run;
    const words = this.words.value.trim();
    const chosen = this.chosen();
    if (!words && !chosen.length) {
      this.show([]);
      this.status.textContent = "";
      if (this.all) this.all.hidden = false;
      this.last = null;
      this.count({ results: [], filters: this.totals });
      return;
    }
    this.status.textContent = "Searching …";
    const pagefind = await this.load();
    /** @type {Record<string, string[]>} */
    const filters = words ? { kind: ["Quotation"] } : {};
    for (const [name, wanted] of chosen) (filters[name] ??= []).push(this.value(name, wanted));
    const answer = await pagefind.search(words || EVERY_QUOTE, { filters });
    if (run !== this.run) return;
    const number = answer.results.length;
    this.status.textContent = number ? `${number.toLocaleString("en")} ${number === 1 ? "quotation" : "quotations"}` : "No quotation found.";
    if (this.extra.length) this.status.textContent += ` (also filed under: ${this.extra.map(([name, key]) => label(this.value(name, key))).join(", ")})`;
    if (this.all) this.all.hidden = true;
    this.last = answer;
    this.count(answer);
    this.show(answer.results);
    await this.showMore(false);
  }

  /**
   * The filter's value for an id.
   * @param {string} name
   * @param {string} wanted
   */
  value(name, wanted) {
    const known = Object.keys(this.totals[name] ?? {}).find((value) => id(value) === wanted);
    if (known) return known;
    const select = /** @type {HTMLSelectElement} */ (this.form.elements.namedItem(name));
    const option = [...select.options].find((one) => one.value === wanted);
    return `${wanted}|${option?.dataset.label ?? option?.text ?? wanted}`;
  }

  /** @param {Answer["results"]} results */
  show(results) {
    this.results = results;
    this.shown = 0;
    this.list.replaceChildren();
    this.further.hidden = true;
  }

  /** @param {boolean} move whether the focus goes to the first of them */
  async showMore(move) {
    const run = this.run;
    const batch = this.results.slice(this.shown, this.shown + BATCH);
    const found = await Promise.all(batch.map((result) => result.data()));
    if (run !== this.run) return;
    const cards = found.map((one) => this.card(one));
    this.list.append(...cards);
    this.shown += batch.length;
    this.further.hidden = this.shown >= this.results.length;
    if (move && cards[0]) {
      cards[0].tabIndex = -1;
      cards[0].focus();
    }
  }

  /** @param {Found} found */
  card(found) {
    const card = /** @type {HTMLElement} */ (this.template.content.firstElementChild?.cloneNode(true));
    /** @param {string} selector */
    const part = (selector) => /** @type {HTMLElement} */ (card.querySelector(selector));
    const address = new URL(found.url.replace(/^\/+/, ""), this.root);
    const [speaker] = found.filters.speaker ?? ["unknown|"];
    card.classList.add(`fl-role-${id(speaker)}`);
    const comma = found.meta.title.indexOf(", ");
    part(".fl-speaker").textContent = comma < 0 ? found.meta.title : found.meta.title.slice(0, comma);
    this.cite(part(".fl-source"), found, address, comma < 0 ? "" : found.meta.title.slice(comma + 2));
    part(".fl-themes").append(...(found.filters.theme ?? []).map((value) => this.theme(value)));
    const verified = found.meta.state === "verified";
    part(".fl-state").textContent = verified ? "Verified" : "Not verified";
    part(".fl-state").classList.add(verified ? "fl-verified" : "fl-unverified");
    part(".fl-permalink").setAttribute("href", address.href);
    part(".fl-in-context").setAttribute("href", address.href);
    part(".fl-in-context").textContent = `In context: ${found.meta.note}`;
    this.putWords(card, found);
    addCopying(card);
    openChosen(card);
    return card;
  }

  /**
   * The words; behind their notices where they have some.
   * @param {HTMLElement} card
   * @param {Found} found
   */
  putWords(card, found) {
    const words = /** @type {HTMLElement} */ (card.querySelector("blockquote"));
    const closed = /** @type {HTMLElement} */ (card.querySelector("details"));
    const tools = /** @type {HTMLElement} */ (card.querySelector("figcaption .fl-tools"));
    words.append(...marked(found));
    const notices = (found.filters.notice ?? []).filter((value) => id(value) !== "none");
    if (!notices.length) {
      closed.remove();
      tools.dataset.copy = "words link";
      return;
    }
    closed.dataset.notices = notices.map(id).join(" ");
    /** @type {HTMLElement} */ (closed.querySelector(".fl-notice-label")).textContent =
      `Content notice: ${notices.map(label).join(", ")}.`;
    closed.querySelector(".fl-closed-words")?.replaceWith(words);
  }

  /**
   * @param {HTMLElement} place
   * @param {Found} found
   * @param {URL} address
   * @param {string} citation
   */
  cite(place, found, address, citation) {
    const key = id(found.filters.source?.[0] ?? "");
    const link = document.createElement(key ? "a" : "span");
    link.textContent = citation;
    if (key) link.setAttribute("href", new URL(`#${anchor(key)}`, address).href);
    place.append("in ", link);
    if (found.meta.quoted) place.append(`, quoted in ${found.meta.quoted}`);
  }

  /** @param {string} value */
  theme(value) {
    const link = document.createElement("a");
    link.className = "fl-theme";
    link.href = new URL(`themes/${id(value)}/`, this.root).href;
    link.textContent = label(value);
    return link;
  }
}

/** @param {string} value `id|label` */
function id(value) {
  return value.split("|", 1)[0];
}

/** @param {string} value `id|label` */
function label(value) {
  return value.slice(value.indexOf("|") + 1);
}

/**
 * @param {string} name
 * @param {string} one
 * @param {string} other
 */
function order(name, one, other) {
  return name === "year" ? Number(other) - Number(one) || one.localeCompare(other) : one.localeCompare(other);
}

/** @param {string} key the anchor of a work in a list of works, as the pages have it */
function anchor(key) {
  return `ref-${key.replace(/[^A-Za-z0-9-]/gu, (sign) => `_${sign.codePointAt(0)?.toString(16)}_`)}`;
}

/** @param {Found} found the words, those that were searched for marked */
function marked(found) {
  const met = new Set(found.locations);
  return found.content.split(/(\s+)/).map((piece, index) => {
    if (index % 2 || !met.has(index / 2)) return piece;
    const mark = document.createElement("mark");
    mark.textContent = piece;
    return mark;
  });
}
