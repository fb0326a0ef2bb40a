// Picking quotations for a sheet of one's own (`sheet.js`), which is kept in this browser until it is shared.

import { _, counted } from "../frame/words.js";

/** @typedef {{ note: string, id: string, digest: string, comment: string }} Pick */

const KEY = "florilegium-sheet";
export const MOST = 50;

/** The picks of this browser. @returns {Pick[]} */
export function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => typeof one?.note === "string" && typeof one?.id === "string") : [];
  } catch {
    return [];
  }
}

/** @param {Pick[]} picks */
export function keep(picks) {
  try {
    if (picks.length) localStorage.setItem(KEY, JSON.stringify(picks));
    else localStorage.removeItem(KEY);
  } catch {
    // Storage may be closed to this page: then the sheet lives in its address.
  }
}

/** A short digest of words as they are shown. @param {Element | null | undefined} quote */
export function digestOf(quote) {
  const words = (quote?.textContent ?? "").replace(/\s+/g, " ").trim();
  let sum = 0x811c9dc5; // FNV-1a, 32 bits
  for (const byte of new TextEncoder().encode(words)) sum = Math.imul(sum ^ byte, 0x01000193);
  return (sum >>> 0).toString(36);
}

/** Let every card under an element be picked. @param {ParentNode} place */
export function addPicking(place) {
  const cards = place instanceof HTMLElement && place.matches("figure") ? [place] : place.querySelectorAll("figure[id^='q-']");
  for (const card of cards) {
    const link = card.querySelector("figcaption a[href*='#q-']");
    const found = /notes\/([^/]+)\/(?:index\.html)?#q-([^"]+)$/.exec(link instanceof HTMLAnchorElement ? link.href : "");
    const caption = card.querySelector("figcaption");
    if (!found || !caption || card.querySelector(".pick")) continue;
    const [note, id] = [decodeURIComponent(found[1]), decodeURIComponent(found[2])];
    const button = Object.assign(document.createElement("button"), { type: "button", className: "pick fl-copy" });
    const draw = () => {
      const has = kept().some((pick) => pick.note === note && pick.id === id);
      button.textContent = has ? _("On your sheet") : _("Put on your sheet");
      button.setAttribute("aria-pressed", String(has));
    };
    button.addEventListener("click", () => {
      const picks = kept();
      const others = picks.filter((pick) => pick.note !== note || pick.id !== id);
      if (others.length === picks.length && picks.length < MOST) others.push({ note, id, digest: digestOf(card.querySelector("blockquote")), comment: "" });
      keep(others);
      draw();
      drawLink();
    });
    draw();
    (caption.querySelector(".fl-tools, .apparatus") ?? caption).append(button);
  }
  drawLink();
}

/** The way to the sheet, where something is on it. */
function drawLink() {
  const root = new URL("../../", import.meta.url);
  const count = kept().length;
  const nav = document.querySelector(".sheet-link");
  if (!count) return nav?.remove();
  const link = Object.assign(document.createElement("a"), { href: new URL("quotes/#sheet", root).href });
  link.textContent = counted(count, "Your sheet: %(num)s quotation", "Your sheet: %(num)s quotations");
  if (nav) return nav.replaceChildren(link);
  const made = Object.assign(document.createElement("nav"), { className: "sheet-link" });
  made.setAttribute("aria-label", _("Your sheet"));
  made.append(link);
  document.body.append(made);
}
