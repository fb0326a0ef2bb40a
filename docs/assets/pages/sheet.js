// A sheet of one's own: quotations that a reader picks anywhere, in an order, each with a line if one likes. It lies in
// the address alone, and until it is shared, in this browser. Of each quotation it keeps a digest of the words, so that
// a sheet opened later can say what has changed since. Closed quotations stay closed in it.

import { Index } from "../find.js";
import { element } from "../frame/records.js";
import { _, counted } from "../frame/words.js";
import { digestOf, keep, kept, MOST } from "./picks.js";
import { download, toBibtex, toCsv } from "./taking.js";

/** @typedef {import("./picks.js").Pick} Pick */

// ---------------------------------------------------------------------------------------------- in the address

/** @param {Pick[]} picks @returns {Promise<string>} what stands behind `#sheet=` */
async function written(picks) {
  const lines = picks.map((pick) => [pick.note, pick.id, pick.digest, pick.comment].join("\t")).join("\n");
  const stream = new Blob([lines]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @param {string} text @returns {Promise<Pick[]>} */
async function read(text) {
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const lines = (await new Response(stream).text()).split("\n").slice(0, MOST);
  return lines.filter(Boolean).map((line) => {
    const [note = "", id = "", digest = "", comment = ""] = line.split("\t");
    return { note, id, digest, comment };
  });
}

// ------------------------------------------------------------------------------------------------- the sheet

/** Show the sheet of the address in place of the page's content, where the address has one. */
export async function openSheet() {
  const [, text] = /^#sheet(?:=(.*))?$/.exec(location.hash) ?? [];
  if (!location.hash.startsWith("#sheet")) return;
  const place = document.querySelector(".find-page");
  if (!(place instanceof HTMLElement)) return;
  let picks = kept();
  let shared = false;
  try {
    if (text) [picks, shared] = [await read(text), true];
  } catch {
    picks = [];
    shared = true;
  }
  await new Sheet(place, picks, shared).draw();
}

class Sheet {
  /** @param {HTMLElement} place @param {Pick[]} picks @param {boolean} shared whether it came with the address */
  constructor(place, picks, shared) {
    this.picks = picks;
    this.shared = shared;
    this.index = new Index(new URL("../../", import.meta.url));
    this.status = element("p", { class: "sheet-status", role: "status" });
    this.list = element("ol", { class: "sheet-list" });
    this.buttons = element("p", { class: "find-out sheet-buttons" });
    /** @type {Map<Pick, any>} */
    this.found = new Map();
    /** @type {Set<Pick>} */
    this.changed = new Set();
    place.classList.remove("find-page");
    place.replaceChildren(element("div", { class: "sheet" }, this.status, this.buttons, this.list));
    const heading = document.querySelector("h1");
    if (heading) heading.textContent = shared ? _("A sheet of quotations") : _("Your sheet");
    this.list.addEventListener("click", (event) => this.act(event));
    this.list.addEventListener("change", (event) => this.comment(event));
  }

  /** @param {HTMLElement | null} [focus] */
  async draw(focus) {
    this.status.textContent = _("Loading …");
    await this.index.open();
    const items = await Promise.all(this.picks.map((pick, place) => this.item(pick, place)));
    this.list.replaceChildren(...items);
    for (const card of this.list.querySelectorAll("figure")) card.dispatchEvent(new CustomEvent("florilegium:card", { bubbles: true }));
    this.say();
    this.drawButtons();
    await this.remember();
    focus?.focus();
  }

  say() {
    const gone = this.picks.filter((pick) => !this.found.get(pick)).length;
    const changed = this.changed.size;
    const all = this.picks.length;
    const none = this.shared ? _("This address holds no sheet.") : _("Nothing is on your sheet. Every quotation has a button that puts it here.");
    let said = all ? counted(all, "%(num)s quotation", "%(num)s quotations") : none;
    if (changed) said += `. ${counted(changed, "%(num)s of %(all)s has changed since", "%(num)s of %(all)s have changed since", { all: String(all) })}`;
    if (gone) said += `. ${counted(gone, "%(num)s of %(all)s is not in the library any more", "%(num)s of %(all)s are not in the library any more", { all: String(all) })}`;
    this.status.textContent = said;
  }

  /** @param {Pick} pick @param {number} place */
  async item(pick, place) {
    const record = await this.index.named(pick.note, pick.id);
    const found = record === null ? null : await this.index.quotation(record);
    const item = element("li", { "data-place": String(place) });
    if (!found) {
      item.append(element("p", {}, _("%(quotation)s is not in the library any more.", { quotation: `${pick.note}/${pick.id}` })));
    } else {
      this.found.set(pick, found);
      const shape = element("template", {});
      shape.innerHTML = found.html;
      const card = /** @type {HTMLElement} */ (shape.content.firstElementChild);
      const digest = digestOf(card.querySelector("blockquote"));
      if (pick.digest && pick.digest !== digest) this.changed.add(pick);
      pick.digest ||= digest;
      item.append(card);
      if (this.changed.has(pick)) item.append(element("p", { class: "sheet-changed" }, _("The words have changed since this sheet was made.")));
    }
    const id = `sheet-line-${place}`;
    const line = element("input", { type: "text", id, value: pick.comment, maxlength: "300" });
    const said = element("p", { class: "sheet-said" }, pick.comment);
    const button = (/** @type {string} */ act, /** @type {string} */ label, /** @type {boolean} */ off) =>
      element("button", { type: "button", "data-act": act, "aria-label": `${label}: ${found?.who ?? pick.id}, ${place + 1}`, ...(off ? { disabled: "" } : {}) }, label);
    item.append(
      element("p", { class: "sheet-line" }, element("label", { for: id }, _("A line of your own")), " ", line),
      said,
      element("p", { class: "sheet-acts" }, button("up", _("Up"), place === 0), " ", button("down", _("Down"), place === this.picks.length - 1), " ", button("drop", _("Take off"), false)),
    );
    return item;
  }

  /** @param {Event} event */
  act(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-act]") : null;
    const item = button?.closest("li");
    if (!(button instanceof HTMLElement) || !(item instanceof HTMLElement)) return;
    const place = Number(item.dataset.place);
    const [pick] = this.picks.splice(place, 1);
    if (button.dataset.act === "up") this.picks.splice(place - 1, 0, pick);
    if (button.dataset.act === "down") this.picks.splice(place + 1, 0, pick);
    this.changed.delete(pick);
    void this.draw().then(() => {
      const now = this.list.children[Math.max(0, this.picks.indexOf(pick))];
      const next = now?.querySelector(`[data-act="${button.dataset.act}"]:not([disabled])`) ?? now?.querySelector("[data-act]:not([disabled])");
      if (next instanceof HTMLElement) next.focus();
    });
  }

  /** @param {Event} event */
  comment({ target }) {
    const item = target instanceof HTMLInputElement ? target.closest("li") : null;
    if (!(target instanceof HTMLInputElement) || !item) return;
    const pick = this.picks[Number(item.dataset.place)];
    pick.comment = target.value.replace(/[\t\n]/g, " ").trim();
    const said = item.querySelector(".sheet-said");
    if (said) said.textContent = pick.comment;
    void this.remember();
  }

  /** Keep the sheet in the address, and that of one's own in this browser. */
  async remember() {
    if (!this.shared) keep(this.picks);
    const hash = this.picks.length ? `#sheet=${await written(this.picks)}` : "#sheet";
    history.replaceState(history.state, "", hash);
  }

  drawButtons() {
    const rows = () => this.picks.flatMap((pick) => (this.found.has(pick) ? [{ ...this.found.get(pick), comment: pick.comment }] : []));
    const make = (/** @type {string} */ label, /** @type {() => unknown} */ act) => {
      const button = element("button", { type: "button" }, label);
      button.addEventListener("click", () => void act());
      return button;
    };
    const parts = [
      make(_("Copy the address"), async () => {
        await this.remember();
        await navigator.clipboard.writeText(location.href).then(() => (this.status.textContent = _("The address is copied. Whoever opens it sees this sheet.")), () => (this.status.textContent = _("The address stands in the address bar.")));
      }),
      make(_("Print"), () => print()),
      make("Markdown", () => download("sheet.md", "text/markdown", toMarkdown(rows(), this.index.root))),
      make("BibTeX", async () => download("sheet.bib", "application/x-bibtex", await toBibtex(this.index, rows()))),
      make("CSV", () => download("sheet.csv", "text/csv", toCsv(rows(), this.index.root))),
    ];
    if (this.shared) parts.push(make(_("Take over as your sheet"), () => {
      this.shared = false;
      void this.draw();
    }));
    this.buttons.replaceChildren(...(this.picks.length ? parts.flatMap((part) => [part, " "]) : []));
  }
}

/** @param {any[]} rows @param {URL} root */
function toMarkdown(rows, root) {
  const pieces = rows.map((row) => {
    const shape = element("template", {});
    shape.innerHTML = row.html;
    const blocks = [...shape.content.querySelectorAll("blockquote p, .translation > p")].map((one) => (one.textContent ?? "").replace(/\s+/g, " ").trim());
    const address = new URL(`notes/${row.note}/#q-${row.id}`, root).href;
    const notice = (shape.content.querySelector(".why, .speaks")?.textContent ?? "").replace(/\s+/g, " ").trim();
    const notices = notice ? `\n(${notice.replace(/\.$/, "")})\n\n` : "";
    const words = blocks.map((text) => `> ${text.replace(/([\\`*_[\]<>#])/g, "\\$1")}`).join("\n>\n");
    const place = row.locator ? `, ${row.locator}` : "";
    return `${row.comment ? `${row.comment}\n\n` : ""}${notices}${words}\n>\n> — ${row.who}, ${row.work}${place}. <${address}>\n`;
  });
  return pieces.join("\n");
}
