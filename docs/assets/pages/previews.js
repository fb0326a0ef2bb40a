// Previews: what a link leads to, beside it. Of a citation the work's entry, of a quotation its card, of a theme what it is.
//
// On hover, and on focus by keyboard; on a touch screen the first tap shows it, and a link in it leads on. The pointer may
// enter it. Escape closes it, and the focus stays where it was. What is shown is on the page already, or in one small file.

import { _ } from "../frame/words.js";
import { openChosen } from "./notices.js";

const WAIT = 250; // Milliseconds that a pointer rests on a link before it is meant.
const LEAVE = 300; // Milliseconds in which it can reach the preview.
const LINKS = "a.fl-ref, a[href*='#q-'], a[href*='themes/']";

/** @type {HTMLElement} */
let box;
/** @type {HTMLAnchorElement | null} */
let shown = null;
let timer = 0;
/** @type {Map<string, Promise<DocumentFragment | null>>} */
const fetched = new Map();

export function addPreviews() {
  box = document.createElement("div");
  box.className = "preview";
  box.id = "fl-preview";
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-label", _("Preview"));
  box.hidden = true;
  document.body.append(box);
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  box.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && later(hide, LEAVE));
  box.addEventListener("focusout", (event) => !within(event.relatedTarget) && later(hide, 0));
  const main = /** @type {HTMLElement} */ (document.querySelector("main") ?? document.body);
  main.addEventListener("pointerover", over);
  main.addEventListener("pointerout", out);
  main.addEventListener("focusin", focused);
  main.addEventListener("focusout", (event) => shown && !within(event.relatedTarget) && later(hide, LEAVE));
  main.addEventListener("click", tapped);
  document.addEventListener("pointerdown", (event) => !within(event.target) && hide());
  document.addEventListener("keydown", keyed);
  addEventListener("resize", hide);
}

/**
 * @param {() => void} act
 * @param {number} wait
 */
function later(act, wait) {
  clearTimeout(timer);
  timer = setTimeout(act, wait);
}

/** @param {EventTarget | null} node */
function within(node) {
  return node instanceof Node && (box.contains(node) || (shown?.contains(node) ?? false));
}

/** @param {EventTarget | null} node */
function linkAt(node) {
  const link = node instanceof Element ? node.closest(LINKS) : null;
  return link instanceof HTMLAnchorElement && kindOf(link) ? link : null;
}

/**
 * @param {HTMLAnchorElement} link
 * @returns {"" | "entry" | "quote" | "theme"}
 */
function kindOf(link) {
  if (link.matches(".permalink, .context, .way, .anchor, .chip") || link.closest(".pager, nav, .meta, .rows")) return "";
  if (link.classList.contains("fl-ref")) return listed(link) ? "entry" : "";
  if (link.hash.startsWith("#q-")) return "quote";
  return /\/themes\/[a-z0-9-]+\/$/.test(link.pathname) && !link.hash && !samePage(link) ? "theme" : "";
}

/** @param {HTMLAnchorElement} link */
function samePage(link) {
  return link.origin === location.origin && link.pathname === location.pathname;
}

// -- events

/** @param {PointerEvent} event */
function over(event) {
  const link = event.pointerType === "mouse" ? linkAt(event.target) : null;
  if (!link) return;
  if (link === shown) clearTimeout(timer);
  else later(() => show(link), WAIT);
}

/** @param {PointerEvent} event */
function out(event) {
  if (event.pointerType === "mouse" && linkAt(event.target) && !within(event.relatedTarget)) later(hide, LEAVE);
}

/** @param {FocusEvent} event */
function focused(event) {
  const link = linkAt(event.target);
  if (link && link.matches(":focus-visible")) later(() => show(link), WAIT);
}

/** @param {MouseEvent} event */
function tapped(event) {
  const link = linkAt(event.target);
  const touched = event instanceof PointerEvent && (event.pointerType === "touch" || event.pointerType === "pen");
  if (!link) return;
  if (!touched || link === shown) {
    hide();
    return;
  }
  event.preventDefault();
  clearTimeout(timer);
  void show(link, true);
}

/** @param {KeyboardEvent} event */
function keyed(event) {
  if (event.key !== "Escape" || !shown) return;
  const link = shown;
  const inside = box.contains(document.activeElement);
  hide();
  if (inside) link.focus();
  event.preventDefault();
  event.stopPropagation();
}

// -- showing

/**
 * @param {HTMLAnchorElement} link
 * @param {boolean} [byTap] whether the link itself was not followed, so that the preview has to lead on
 */
async function show(link, byTap = false) {
  const content = await contentOf(link);
  if (!content) {
    if (byTap) location.href = link.href;
    return;
  }
  if (!byTap && !link.matches(":hover") && document.activeElement !== link) return;
  hide();
  shown = link;
  box.replaceChildren(content);
  if (byTap) box.append(wayOn(link));
  openChosen(box);
  box.hidden = false;
  // Read after the link by screen readers, without a move of the focus.
  link.setAttribute("aria-describedby", box.id);
  place(link);
}

function hide() {
  clearTimeout(timer);
  shown?.removeAttribute("aria-describedby");
  shown = null;
  box.hidden = true;
  box.replaceChildren();
}

/** @param {HTMLAnchorElement} link */
function wayOn(link) {
  const way = document.createElement("p");
  const on = document.createElement("a");
  on.href = link.href;
  on.textContent = _("Go there");
  way.append(on);
  return way;
}

/** Below the link where there is room, else above it; never over it. @param {HTMLAnchorElement} link */
function place(link) {
  const [line] = link.getClientRects();
  const rects = link.getClientRects();
  const last = rects[rects.length - 1] ?? line;
  const width = Math.min(box.offsetWidth, document.documentElement.clientWidth - 16);
  const left = Math.max(8, Math.min(line.left, document.documentElement.clientWidth - width - 8));
  const below = innerHeight - last.bottom;
  const up = below < box.offsetHeight + 12 && line.top > below;
  const room = (up ? line.top : below) - 16;
  box.style.maxHeight = `${Math.max(room, 120)}px`;
  box.style.left = `${left + scrollX}px`;
  box.style.top = `${scrollY + (up ? line.top - Math.min(box.offsetHeight, Math.max(room, 120)) - 6 : last.bottom + 6)}px`;
}

// -- what is shown

/**
 * @param {HTMLAnchorElement} link
 * @returns {Promise<Node | null>}
 */
async function contentOf(link) {
  const kind = kindOf(link);
  if (kind === "entry") return entry(link);
  if (kind === "quote") return card(link);
  return kind === "theme" ? theme(link) : null;
}

/** @param {HTMLAnchorElement} link to a work: where this page lists it */
function listed(link) {
  const slug = /\/works\/([^/]+)\/$/.exec(link.pathname)?.[1];
  const id = samePage(link) ? link.hash.slice(1) : slug && `ref-${slug}`;
  return id ? document.getElementById(id) : null;
}

/** @param {HTMLAnchorElement} link */
function entry(link) {
  const place = listed(link);
  const found = place?.querySelector(".entry");
  if (!place || !found) return null;
  const paragraph = document.createElement("p");
  const about = document.createElement("p");
  about.className = "ui small muted";
  paragraph.append(found.cloneNode(true));
  about.append(...[...(place.querySelector(".small")?.childNodes ?? [])].map((node) => node.cloneNode(true)));
  const box = document.createDocumentFragment();
  box.append(paragraph, about);
  return clean(box);
}

/** @param {HTMLAnchorElement} link */
function card(link) {
  const here = samePage(link) ? document.getElementById(link.hash.slice(1)) : null;
  if (here) return here.matches("figure") ? clean(here.cloneNode(true)) : null;
  for (const brought of document.querySelectorAll("template.fragment")) {
    const address = new URL(brought.getAttribute("data-for") ?? "", location.href).href;
    if (brought instanceof HTMLTemplateElement && address === link.href) return clean(brought.content.cloneNode(true));
  }
  return null;
}

/** @param {HTMLAnchorElement} link */
async function theme(link) {
  const address = new URL("preview.json", link.href).href;
  if (!fetched.has(address)) fetched.set(address, read(address));
  const found = await fetched.get(address);
  return found ? found.cloneNode(true) : null;
}

/**
 * @param {string} address a file of this site
 * @returns {Promise<DocumentFragment | null>}
 */
async function read(address) {
  try {
    const answer = await fetch(address);
    if (!answer.ok) return null;
    const made = document.createElement("template");
    made.innerHTML = (await answer.json()).html;
    return made.content;
  } catch {
    // No preview, then; the link leads there.
    return null;
  }
}

/**
 * A copy without what must be on a page once only, and without tools that need the original. What is closed is closed.
 * @template {Node} Kind
 * @param {Kind} copy
 */
function clean(copy) {
  const wrapper = document.createDocumentFragment();
  wrapper.append(copy);
  for (const element of wrapper.querySelectorAll("[id]")) element.removeAttribute("id");
  for (const element of wrapper.querySelectorAll(".apparatus, .more")) element.remove();
  for (const element of wrapper.querySelectorAll("details.closed")) element.removeAttribute("open");
  return wrapper;
}
