// The page of quotations: words and choices become cards. All that is searched for stands in the address, the number
// of cards too, so that it can be shared and the way back leads back. The index is `find.js`.

import { better, documentOf, Index, KINDS, markWords, ofKind, parse, search, suggest, wordsOf } from "../find.js";
import { describe, element, excerpt } from "../frame/records.js";
import { _, counted, numeral } from "../frame/words.js";

/**
 * @typedef {import("../find.js").Hit} Hit
 * @typedef {[id: string, label: string, count: number, ...rest: any[]]} Value
 */

/** Dimensions, their signs in the index, and their names. */
const DIMENSIONS = /** @type {const} */ ([
  ["theme", "#", _("Theme")],
  ["source", "@", _("Work")],
  ["speaker", "~", _("Speaker")],
  ["year", "=", _("Year")],
  ["notice", "!", _("Speaks of")],
  ["state", "%", _("Verification")],
  ["language", "^", _("Language")],
]);
/** @type {Record<string, string>} */
const NAMES = { notes: _("notes"), themes: _("themes"), works: _("works") };
/** What was found of a kind other than quotations. @type {((number: number, words: string) => string)[]} */
const FOUND = [
  () => "",
  (number, words) => counted(number, "%(num)s note with “%(words)s”", "%(num)s notes with “%(words)s”", { words }),
  (number, words) => counted(number, "%(num)s theme with “%(words)s”", "%(num)s themes with “%(words)s”", { words }),
  (number, words) => counted(number, "%(num)s work with “%(words)s”", "%(num)s works with “%(words)s”", { words }),
];
/** @type {Record<string, string>} */
const SIGNS = Object.fromEntries(DIMENSIONS.map(([name, sign]) => [name, sign]));
const BATCH = 10;
/** Cards that are made at once; the rest of a batch comes when a reader scrolls to them. */
const FIRST = 4;
const STEP = 3;
/** Quotations up to which all counts are loaded at once. */
const FEW = 500;

/** @param {HTMLElement} place */
export function addExplorer(place) {
  const explorer = new Explorer(place);
  void explorer.begin();
}

class Explorer {
  /** @param {HTMLElement} place */
  constructor(place) {
    /** @param {string} selector @returns {any} */
    const part = (selector) => document.querySelector(selector);
    this.root = new URL(place.dataset.root ?? "../", location.href);
    this.index = new Index(this.root);
    this.total = Number(place.dataset.quotes);
    /** @type {HTMLFormElement} */
    this.form = part(".find-form");
    /** @type {HTMLInputElement} */
    this.words = part("#find-words");
    /** @type {HTMLElement} */
    this.choices = part(".find-choices");
    /** @type {HTMLDetailsElement} */
    this.facets = part(".find-facets");
    /** @type {HTMLElement} */
    this.chips = part(".find-chips");
    /** @type {HTMLElement} */
    this.status = part(".find-status");
    /** @type {HTMLElement} */
    this.said = part(".find-said");
    /** @type {HTMLSelectElement} */
    this.sort = part("#find-sort");
    /** @type {HTMLElement} */
    this.list = part(".find-results");
    /** @type {HTMLButtonElement} */
    this.further = part(".find-further");
    /** @type {HTMLElement} */
    this.out = part(".find-out");
    /** @type {HTMLElement | null} */
    this.all = part(".fl-all");
    this.run = 0;
    this.state = new URLSearchParams(location.search);
    /** @type {Hit[]} */
    this.hits = [];
    /** @type {Set<string>} */
    this.forms = new Set();
    this.shown = 0;
    this.wanted = BATCH;
    this.observer = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && void this.more(), { rootMargin: "1000000px 0px 100px" });
    /** @type {Record<string, Value[]>} */
    this.catalogue = {};
    this.timer = 0;
  }

  async begin() {
    // What was typed before this script came counts.
    const typed = this.words.value.trim();
    if (typed && typed !== this.state.get("q")) this.state.set("q", typed);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.change({ q: this.words.value.trim() }, true);
    });
    this.words.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.change({ q: this.words.value.trim() }, false), 250);
    });
    this.form.addEventListener("change", (event) => this.chosen(event));
    this.sort.addEventListener("change", () => this.change({ sort: this.sort.value }, true));
    this.further.addEventListener("click", () => this.next());
    this.out.append(
      `${_("Take these along:")} `,
      ...["CSV", "BibTeX"].flatMap((format) => {
        const button = element("button", { type: "button" }, format);
        button.addEventListener("click", () => void this.take(format, button));
        return [button, " "];
      }),
    );
    this.facets.addEventListener("toggle", () => void this.count());
    document.addEventListener("click", (event) => this.follow(event));
    addEventListener("popstate", () => {
      this.state = new URLSearchParams(location.search);
      void this.search();
    });
    history.scrollRestoration = "manual";
    addEventListener("pagehide", () => this.keepPlace());
    this.words.addEventListener("focus", () => void this.index.open().catch(() => {}), { once: true });
    if (matchMedia("(min-width: 75em)").matches) this.facets.open = true;
    await this.search();
    void this.fill();
  }

  keepPlace() {
    history.replaceState({ y: scrollY }, "");
  }

  // -- what is searched for

  /** @param {Record<string, string>} values of the address; empty ones are taken away @param {boolean} step whether Back leads to what was before */
  change(values, step) {
    for (const [name, value] of Object.entries(values)) {
      if (value) this.state.set(name, value);
      else this.state.delete(name);
    }
    this.state.delete("n");
    this.go(step);
  }

  /** @param {boolean} step */
  go(step) {
    const address = `${location.pathname}${this.state.size ? `?${this.state}` : ""}`;
    if (step) {
      this.keepPlace();
      history.pushState(null, "", address);
    } else history.replaceState(history.state, "", address);
    void this.search();
  }

  /** A link of ours: a chip, an offered word, another kind. @param {MouseEvent} event */
  follow(event) {
    const link = event.target instanceof Element ? event.target.closest("a[data-find]") : null;
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.state = new URLSearchParams(new URL(link.href).search);
    this.go(true);
    if (!document.contains(link)) this.words.focus({ preventScroll: true });
  }

  /** @param {Event} event */
  chosen({ target }) {
    if (!(target instanceof HTMLInputElement)) return;
    if (target.type === "checkbox" && target.name === "beside") this.change({ beside: target.checked ? "1" : "" }, true);
    else if (target.type === "checkbox" && target.name) {
      const others = this.state.getAll(target.name).filter((value) => value !== target.value);
      this.state.delete(target.name);
      for (const value of target.checked ? [...others, target.value] : others) this.state.append(target.name, value);
      this.change({}, true);
    } else if (target.name === "from" || target.name === "to") this.change({ [target.name]: target.value.replace(/\D/g, "") }, true);
  }

  /** An address in which some of the state is another. @param {(state: URLSearchParams) => void} alter */
  address(alter) {
    const state = new URLSearchParams(this.state);
    state.delete("n");
    alter(state);
    return `${location.pathname}?${state}`;
  }

  /** @param {string} text @param {(state: URLSearchParams) => void} alter @param {string} [name] */
  link(text, alter, name = "") {
    return element("a", { href: this.address(alter), "data-find": "", ...(name ? { class: name } : {}) }, text);
  }

  // -- searching

  async search() {
    const run = ++this.run;
    const words = this.state.get("q") ?? "";
    if (document.activeElement !== this.words || !words) this.words.value = words;
    this.sort.value = this.state.get("sort") ?? "";
    this.wanted = Math.max(BATCH, Math.ceil((Number(this.state.get("n")) || 0) / BATCH) * BATCH);
    const narrowed = this.narrowed().length > 0;
    if (!words && !narrowed) return this.rest();
    if (this.all) this.all.hidden = true;
    this.status.textContent ||= _("Searching …");
    try {
      await this.index.open();
      const kind = KINDS.indexOf(this.state.get("kind") ?? "");
      if (kind > 0) await this.others(kind, words, run);
      else await this.quotations(words, run);
    } catch (error) {
      if (run !== this.run) return;
      this.show([], new Set());
      this.status.textContent = _("The search cannot be loaded. All quotations are listed below.");
      if (this.all) this.all.hidden = false;
      throw error;
    }
  }

  /** Nothing is searched for: the page is a list of all. */
  rest() {
    this.show([], new Set());
    this.status.textContent = "";
    this.said.replaceChildren();
    this.drawChips();
    if (this.all) this.all.hidden = false;
    void this.count();
  }

  /** @param {string} words @param {number} run */
  async quotations(words, run) {
    const units = parse(words);
    const [answer, filters] = await Promise.all([
      words ? search(this.index, "q", units) : { hits: /** @type {Hit[]} */ ([]), forms: new Set(), missing: [] },
      this.filters(),
    ]);
    let hits = words ? answer.hits : everyOf(filters);
    hits = hits.filter((hit) => filters.every(([, records]) => records.has(hit.record)));
    const sorted = await this.sorted(hits);
    if (run !== this.run) return;
    this.matched = words ? new Set(answer.hits.map((hit) => hit.record)) : null;
    this.sets = filters;
    const exact = hits.filter((hit) => hit.exact).length;
    this.status.textContent = this.summary(units, exact, hits.length - exact);
    this.drawChips();
    this.show(sorted, answer.forms);
    await this.say(units, answer.missing, hits, run);
    void this.count();
  }

  /** How many quotations were found. @param {import("../find.js").Unit[]} units @param {number} exact @param {number} others */
  summary(units, exact, others) {
    const quoted = units.map((unit) => `“${unit.text}”`);
    let said = counted(exact, "%(num)s quotation", "%(num)s quotations");
    if (units.length) said = counted(exact, "%(num)s quotation with %(words)s", "%(num)s quotations with %(words)s", { words: listed(quoted) });
    if (!exact) said = _("No quotation found.");
    if (!exact && units.length === 1) said = _("No quotation has %(words)s.", { words: quoted[0] });
    if (!exact && units.length > 1) said = _("No quotation has all of %(words)s.", { words: quoted.join(", ") });
    if (!others) return said;
    const more = exact
      ? counted(others, "and %(num)s more with other forms of the words", "and %(num)s more with other forms of the words")
      : counted(others, "%(num)s with other forms of the words", "%(num)s with other forms of the words");
    return exact ? `${said}, ${more}` : `${said} ${more}`;
  }

  /** What else there is to say: other words, themes of this name, other kinds of results.
   * @param {import("../find.js").Unit[]} units @param {import("../find.js").Unit[]} missing @param {Hit[]} hits @param {number} run */
  async say(units, missing, hits, run) {
    /** @type {Node[]} */
    const parts = [];
    const words = this.state.get("q") ?? "";
    const themes = words ? await this.named(words) : [];
    for (const [id, label] of themes.slice(0, 3)) {
      const records = await this.under(id);
      const page = element("a", { href: new URL(`themes/${id}/`, this.root).href }, label);
      const all = this.link(counted(records.size, "%(num)s quotation", "%(num)s quotations"), (state) => {
        state.delete("q");
        state.delete("theme");
        state.append("theme", id);
      });
      parts.push(element("p", {}, `${_("Theme:")} `, page, ", ", all));
      if (!hits.length && !this.narrowed().length && run === this.run) {
        this.status.textContent += ` ${counted(records.size, "%(num)s is filed under the theme “%(theme)s”.", "%(num)s are filed under the theme “%(theme)s”.", { theme: label })}`;
        hits = [...records].map(plain);
        this.show(hits, new Set());
      }
    }
    for (const unit of missing) {
      if (unit.words.length !== 1) continue;
      const [form] = unit.words.map((word) => word.form);
      const near = await suggest(this.index, form);
      const offered = [];
      for (const word of near) {
        const { found } = await this.index.matches("q", word, true);
        if (found.size) offered.push([word, found.size]);
      }
      const links = offered.flatMap(([word, count]) => [" ", this.link(`${word} (${count})`, (state) => state.set("q", words.replace(unit.text, String(word))), "find-word")]);
      if (links.length) parts.push(element("p", {}, _("Other words than “%(word)s”:", { word: unit.text }), ...links));
    }
    if (units.length > 1 && !hits.length)
      for (const unit of units.filter((one) => !missing.includes(one)))
        parts.push(element("p", {}, this.link(_("Only “%(word)s”", { word: unit.text }), (state) => state.set("q", unit.quoted ? `"${unit.text}"` : unit.text))));
    if (!hits.length && this.narrowed().length)
      parts.push(element("p", {}, this.link(_("Search all quotations instead"), (state) => this.narrowed().forEach(([name]) => state.delete(name)))));
    if (words) {
      const others = KINDS.slice(1).flatMap((kind) => [" ", this.link(NAMES[kind], (state) => state.set("kind", kind))]);
      parts.push(element("p", { class: "find-kinds" }, _("Search for the same in:"), ...others));
    }
    if (run === this.run) this.said.replaceChildren(...parts);
  }

  /** Notes, themes or works. @param {number} kind @param {string} words @param {number} run */
  async others(kind, words, run) {
    const answer = await search(this.index, "r", parse(words));
    if (run !== this.run) return;
    const hits = ofKind(answer.hits, kind);
    this.status.textContent = hits.length ? FOUND[kind](hits.length, words) : _("Nothing has “%(words)s”.", { words });
    this.drawChips();
    this.said.replaceChildren(element("p", {}, this.link(_("Search for quotations"), (state) => state.delete("kind"))));
    this.show(hits, answer.forms);
  }

  /** Choices of the address: name and value. @returns {[string, string][]} */
  narrowed() {
    const names = new Set(["theme", "with", "source", "speaker", "year", "notice", "state", "language", "from", "to"]);
    return [...this.state].filter(([name, value]) => names.has(name) && value);
  }

  /** The records that each dimension leaves. @returns {Promise<[string, Set<number>][]>} */
  async filters() {
    /** @type {Map<string, string[]>} */
    const chosen = new Map();
    for (const [name, value] of this.narrowed()) {
      if (name === "from" || name === "to") continue;
      // Themes that must all hold are dimensions of their own.
      const key = name === "with" ? `with ${value}` : name;
      chosen.set(key, [...(chosen.get(key) ?? []), value]);
    }
    /** @type {[string, Set<number>][]} */
    const found = [];
    for (const [name, values] of chosen) {
      const sets = await Promise.all(values.map((value) => (name === "theme" || name.startsWith("with") ? this.under(value) : this.index.facet(SIGNS[name] + value))));
      found.push([name, new Set(sets.flatMap((set) => [...set]))]);
    }
    const [from, to] = [this.state.get("from"), this.state.get("to")].map((year) => Number(year) || 0);
    if (from || to) {
      const years = [...(await this.index.facets("="))].filter(([year]) => Number(year) && Number(year) >= from && (!to || Number(year) <= to));
      found.push(["years", new Set(years.flatMap(([, records]) => [...records]))]);
    }
    return found;
  }

  /** The quotations of a theme and of those that are narrower. @param {string} id */
  async under(id) {
    const { theme = [] } = await this.index.catalogue();
    const ids = new Set([id]);
    for (let before = 0; before < ids.size; ) {
      before = ids.size;
      for (const [other, , , broader] of theme) if (broader.some((/** @type {string} */ one) => ids.has(one))) ids.add(other);
    }
    const sets = await Promise.all([...ids].map((one) => this.index.facet(`#${one}`)));
    return new Set(sets.flatMap((set) => [...set]));
  }

  /** Themes whose label or other names have all the words. @param {string} words @returns {Promise<Value[]>} */
  async named(words) {
    const { theme = [] } = await this.index.catalogue();
    const wanted = wordsOf(words).filter((word) => word.main).map((word) => word.form);
    return theme.filter((/** @type {Value} */ [, label, , , aliases]) =>
      [label, ...aliases].some((name) => {
        const has = new Set(wordsOf(name).map((word) => word.form));
        return wanted.length && wanted.every((form) => has.has(form));
      }),
    );
  }

  /** @param {Hit[]} hits @returns {Promise<Hit[]>} */
  async sorted(hits) {
    const sort = this.state.get("sort");
    if (!sort) return [...hits].sort(better);
    /** @type {Map<number, string>} */
    const values = new Map();
    for (const [value, records] of await this.index.facets(sort === "year" ? "=" : "@")) for (const record of records) values.set(record, value);
    const key = (/** @type {Hit} */ hit) => values.get(hit.record) ?? "";
    return [...hits].sort((one, other) => (sort === "year" ? key(other).localeCompare(key(one)) : key(one).localeCompare(key(other))) || one.record - other.record);
  }

  // -- showing

  /** @param {Hit[]} hits @param {Set<string>} forms */
  show(hits, forms) {
    this.hits = hits;
    this.forms = forms;
    this.shown = 0;
    this.observer.disconnect();
    this.list.replaceChildren();
    const beside = this.besides();
    this.list.classList.toggle("find-beside", beside.length === 2);
    if (beside.length === 2)
      for (const key of beside) this.list.append(element("div", { "data-work": key }, element("h2", {}, this.label("source", key))));
    this.further.hidden = true;
    this.out.hidden = !hits.length || this.state.has("kind");
    this.sort.parentElement?.toggleAttribute("hidden", !hits.length || this.state.has("kind"));
    void this.more();
  }

  /** The two works that stand side by side. */
  besides() {
    const works = this.state.getAll("source");
    return this.state.has("beside") && works.length === 2 ? works : [];
  }

  /** Make the next cards, up to the number that is wanted. */
  async more() {
    const run = this.run;
    const end = Math.min(this.hits.length, this.wanted, this.shown + (this.wanted > BATCH ? this.wanted : this.shown ? STEP : FIRST));
    const batch = this.hits.slice(this.shown, end);
    const start = this.shown;
    this.shown = end;
    const cards = await Promise.all(batch.map((hit) => this.made(hit)));
    if (run !== this.run) return;
    cards.forEach((card, place) => this.put(card, start + place));
    const fresh = cards.filter((card) => card !== null);
    for (const card of fresh) card.dispatchEvent(new CustomEvent("florilegium:card", { bubbles: true }));
    this.observer.disconnect();
    if (this.shown < Math.min(this.wanted, this.hits.length) && this.list.lastElementChild) this.observer.observe(this.list.lastElementChild);
    this.further.hidden = this.wanted >= this.hits.length;
    const y = history.state?.y;
    if (start === 0 && typeof y === "number" && y > 0) requestAnimationFrame(() => scrollTo(0, y));
    return fresh[0];
  }

  /** @param {HTMLElement | null} card @param {number} place */
  put(card, place) {
    if (!card) return;
    const [before, hit] = [this.hits[place - 1], this.hits[place]];
    if (!this.state.get("sort") && !hit.exact && (!before || before.exact)) this.list.append(element("p", { class: "find-forms" }, _("With other forms of the words:")));
    const column = [...this.list.children].find((one) => one instanceof HTMLElement && one.dataset.work && one.dataset.work === card.dataset.key);
    (column ?? this.list).append(card);
  }

  /** @param {Hit} hit @returns {Promise<HTMLElement | null>} */
  async made(hit) {
    if (documentOf(hit.record) >> 20) return this.line(hit);
    const found = await this.index.quotation(hit.record);
    if (!found) return null;
    const shape = element("template", {});
    shape.innerHTML = found.html;
    const card = /** @type {HTMLElement} */ (shape.content.firstElementChild);
    card.dataset.key = found.key;
    const words = card.querySelector("blockquote");
    if (words && this.forms.size) markWords(words, this.forms);
    const summary = words?.closest("details")?.querySelector("summary");
    if (summary && this.forms.size) summary.append(" ", element("span", { class: "find-inside" }, _("The words you looked for are in it.")));
    return card;
  }

  /** @param {Hit} hit */
  async line(hit) {
    const { address, title, text } = await describe(this.index, hit.record);
    const target = new URL(address, this.root);
    target.searchParams.set("q", this.state.get("q") ?? "");
    return element("p", { class: "find-line" }, element("a", { href: target.href }, title), element("br", {}), ...excerpt(text, this.forms));
  }

  async next() {
    this.wanted += BATCH;
    this.state.set("n", String(this.wanted));
    history.replaceState(history.state, "", `${location.pathname}?${this.state}`);
    const first = await this.more();
    if (!first) return;
    first.tabIndex = -1;
    first.focus();
  }

  /** Download all that was found. @param {string} format @param {HTMLButtonElement} button */
  async take(format, button) {
    button.disabled = true;
    const { download, toBibtex, toCsv } = await import("./taking.js");
    const rows = (await Promise.all(this.hits.map((hit) => this.index.quotation(hit.record)))).filter(Boolean);
    if (format === "CSV") download("quotations.csv", "text/csv", toCsv(rows, this.root));
    else download("works.bib", "application/x-bibtex", await toBibtex(this.index, rows));
    button.disabled = false;
  }

  // -- choices

  drawChips() {
    const chips = this.narrowed().map(([name, value]) => {
      const label = name === "from" ? _("from %(year)s", { year: value }) : name === "to" ? _("to %(year)s", { year: value }) : this.label(name === "with" ? "theme" : name, value);
      const chip = this.link(label, (state) => {
        const left = state.getAll(name).filter((other) => other !== value);
        state.delete(name);
        for (const other of left) state.append(name, other);
      }, "find-chip");
      chip.append(element("span", { "aria-hidden": "true" }, " ×"), element("span", { class: "find-unseen" }, `: ${_("remove")}`));
      return element("li", {}, chip);
    });
    if (chips.length > 1) chips.push(element("li", {}, this.link(_("Clear all"), (state) => this.narrowed().forEach(([name]) => state.delete(name)))));
    this.chips.replaceChildren(...chips);
    this.chips.hidden = !chips.length;
  }

  /** @param {string} name @param {string} value */
  label(name, value) {
    return this.catalogue[name]?.find(([id]) => id === value)?.[1] ?? this.labels?.get(value) ?? value;
  }

  /** Draw the choices, which the catalogue lists. */
  async fill() {
    this.catalogue = await this.index.open().then(() => this.index.catalogue());
    /** @type {Map<string, string>} labels of works that were found by their names */
    this.labels ??= new Map();
    const groups = DIMENSIONS.map(([name, , title]) => {
      if (name === "year") return this.years(title);
      if (name === "source") return this.works(title);
      const values = this.catalogue[name] ?? [];
      if (values.length < 2 && name !== "theme") return "";
      return element("fieldset", { "data-facet": name }, element("legend", {}, title), ...values.map((value) => this.box(name, value)));
    });
    this.choices.replaceChildren(...groups);
    await this.nameWorks();
    this.drawChips();
    if (this.besides().length && this.hits.length) this.show(this.hits, this.forms);
    await this.count();
  }

  /** @param {string} name @param {Value} value */
  box(name, [id, label, count]) {
    const box = element("input", { type: "checkbox", name, value: id });
    return element("label", {}, box, ` ${label} `, element("span", { class: "find-count" }, numeral(count)));
  }

  /** @param {string} title */
  years(title) {
    const years = (this.catalogue.year ?? []).map(([id]) => Number(id));
    if (years.length < 2) return "";
    const field = (/** @type {string} */ name, /** @type {string} */ label, /** @type {number} */ hint) =>
      element("label", {}, `${label} `, element("input", { type: "text", inputmode: "numeric", name, size: "5", maxlength: "5", placeholder: String(hint), value: this.state.get(name) ?? "" }));
    return element("fieldset", { "data-facet": "year" }, element("legend", {}, title), field("from", _("From"), Math.min(...years)), field("to", _("to"), Math.max(...years)));
  }

  /** A field in which works can be typed: a combobox with a list (WAI-ARIA 1.2). @param {string} title */
  works(title) {
    const list = element("ul", { role: "listbox", id: "find-works", "aria-label": _("Works"), hidden: "" });
    const field = element("input", {
      type: "text", role: "combobox", id: "find-work", "aria-expanded": "false", "aria-controls": "find-works", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false",
    });
    let timer = 0;
    const close = () => {
      list.hidden = true;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    };
    const options = () => /** @type {HTMLElement[]} */ ([...list.children]);
    const active = () => options().findIndex((one) => one.getAttribute("aria-selected") === "true");
    const choose = (/** @type {HTMLElement | undefined} */ option) => {
      const key = option?.dataset.value;
      if (!key) return;
      field.value = "";
      close();
      if (!this.state.getAll("source").includes(key)) this.state.append("source", key);
      this.change({}, true);
    };
    const move = (/** @type {number} */ place) => {
      options().forEach((one, number) => one.setAttribute("aria-selected", String(number === place)));
      const option = options()[place];
      if (option) field.setAttribute("aria-activedescendant", option.id);
      else field.removeAttribute("aria-activedescendant");
      option?.scrollIntoView({ block: "nearest" });
    };
    const open = async () => {
      const typed = field.value;
      const found = await this.worksLike(typed);
      if (typed !== field.value) return;
      list.replaceChildren(
        ...found.map(([key, label, count], place) =>
          element("li", { role: "option", id: `find-work-${place}`, "aria-selected": "false", "data-value": key }, label, " ", element("span", { class: "find-count" }, String(count))),
        ),
      );
      list.hidden = !found.length;
      field.setAttribute("aria-expanded", String(found.length > 0));
    };
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => void open(), 120);
    });
    field.addEventListener("focus", () => void open());
    field.addEventListener("blur", () => setTimeout(close, 150));
    field.addEventListener("keydown", (event) => {
      const [place, last] = [active(), options().length - 1];
      if (event.key === "ArrowDown") list.hidden ? void open().then(() => move(0)) : move(place >= last ? 0 : place + 1);
      else if (event.key === "ArrowUp" && !list.hidden) move(place <= 0 ? last : place - 1);
      else if (event.key === "Enter" && !list.hidden) choose(options()[Math.max(place, 0)]);
      else if (event.key === "Escape" && !list.hidden) close();
      else return;
      event.preventDefault();
    });
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const option = event.target instanceof Element ? event.target.closest("li") : null;
      if (option) choose(option);
    });
    const beside = element("label", { class: "find-both", hidden: "" }, element("input", { type: "checkbox", name: "beside", value: "1" }), ` ${_("Side by side")}`);
    return element("fieldset", { "data-facet": "source" }, element("legend", {}, title), element("label", { for: "find-work" }, _("Author, year or title")), element("div", { class: "find-combo" }, field, list), beside);
  }

  /** Works whose names have all the words, the last of which may be a beginning. @param {string} typed @returns {Promise<Value[]>} */
  async worksLike(typed) {
    const forms = wordsOf(typed).filter((word) => word.main).map((word) => word.form);
    const listed = this.catalogue.source ?? [];
    if (listed.length || !forms.length)
      return listed.filter(([, label]) => {
        const has = wordsOf(label).map((word) => word.form);
        return forms.every((form) => has.some((one) => one.startsWith(form)));
      }).slice(0, 50);
    const last = forms.pop() ?? "";
    const ends = (await this.index.beginning(`r${last}`)).flatMap(({ shard, term }) => [...shard.records.subarray(term.start, term.end)]);
    const { hits } = forms.length ? await search(this.index, "r", parse(forms.join(" "))) : { hits: null };
    const also = hits && new Set(hits.map((hit) => hit.record));
    const works = [...new Set(ends)].filter((record) => documentOf(record) >> 20 === 3 && (!also || also.has(record))).slice(0, 30);
    const entries = await Promise.all(works.map((record) => this.index.entry(documentOf(record))));
    return entries.flatMap((entry) => {
      if (!entry?.[3]) return [];
      this.labels?.set(entry[0], entry[1]);
      return [/** @type {Value} */ ([entry[0], entry[1], entry[3]])];
    });
  }

  /** Find the names of chosen works that the catalogue does not list. */
  async nameWorks() {
    if (this.catalogue.source?.length) return;
    for (const key of this.state.getAll("source")) {
      const [record] = await this.index.facet(`@${key}`);
      const found = record === undefined ? null : await this.index.quotation(record);
      if (found) this.labels?.set(key, found.work);
    }
  }

  /** Show beside each value how many quotations it would leave, and which are chosen. */
  async count() {
    const boxes = /** @type {HTMLInputElement[]} */ ([...this.choices.querySelectorAll("input[type=checkbox]")]);
    for (const box of boxes) box.checked = this.state.getAll(box.name).includes(box.value);
    for (const name of ["from", "to"]) {
      const field = this.choices.querySelector(`input[name=${name}]`);
      if (field instanceof HTMLInputElement && document.activeElement !== field) field.value = this.state.get(name) ?? "";
    }
    this.choices.querySelector(".find-both")?.toggleAttribute("hidden", this.state.getAll("source").length !== 2);
    if (!boxes.length) return;
    if (this.total > FEW && !this.counted)
      // Numbers of the whole library would be wrong beside what was found.
      for (const place of this.choices.querySelectorAll(".find-count")) place.toggleAttribute("hidden", this.state.size > 0);
    if (!this.facets.open && this.total > FEW) return;
    if (this.total > FEW && !this.opened) {
      // In a large library the counts are loaded when a reader turns to them.
      this.opened = true;
      this.choices.addEventListener("pointerenter", () => void this.countAll(boxes), { once: true });
      this.choices.addEventListener("focusin", () => void this.countAll(boxes), { once: true });
      return;
    }
    if (this.total <= FEW || this.counted) await this.countAll(boxes);
  }

  /** @param {HTMLInputElement[]} boxes */
  async countAll(boxes) {
    this.counted = true;
    const run = this.run;
    const searching = this.state.get("q") || this.narrowed().length;
    for (const [name, sign] of DIMENSIONS) {
      const own = boxes.filter((box) => box.name === name);
      if (!own.length) continue;
      // Other values of a dimension widen what is found: they are counted without it.
      const sets = (this.sets ?? []).filter(([dimension]) => dimension !== name).map(([, records]) => records);
      if (this.matched && this.state.get("q")) sets.push(this.matched);
      const values = searching ? await this.index.facets(sign) : null;
      if (run !== this.run) return;
      for (const box of own) {
        const all = this.catalogue[name]?.find(([id]) => id === box.value)?.[2] ?? 0;
        const records = name === "theme" ? [...(await this.under(box.value))] : values?.get(box.value) ?? [];
        let left = name === "theme" ? records.length : all;
        if (searching && sets.length) {
          left = 0;
          for (const record of records) if (sets.every((set) => set.has(record))) left++;
        }
        const place = box.parentElement?.querySelector(".find-count");
        if (place instanceof HTMLElement) {
          place.textContent = numeral(left);
          place.hidden = false;
        }
        box.parentElement?.classList.toggle("find-none", left === 0 && !box.checked);
      }
    }
  }
}

/** Things as a sentence lists them. @param {string[]} things */
function listed(things) {
  return new Intl.ListFormat(document.documentElement.lang || "en", { style: "long", type: "conjunction" }).format(things);
}

/** @param {number} record @returns {Hit} */
function plain(record) {
  return { record, score: 0, exact: true, title: false, together: false };
}

/** @param {[string, Set<number>][]} filters @returns {Hit[]} */
function everyOf(filters) {
  const [smallest] = [...filters].sort(([, one], [, other]) => one.size - other.size);
  return smallest ? [...smallest[1]].map(plain) : [];
}
