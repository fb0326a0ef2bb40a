// Buttons that copy: a quotation with its citation and its address, an address alone, a citation in some format.

import { _ } from "../frame/words.js";

/**
 * Wires the buttons of quotations, and adds one to each citation and format, within an element.
 * @param {ParentNode} place
 */
export function addCopying(place) {
  if (place === document) {
    document.addEventListener("click", (event) => {
      const made = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
      const card = made?.closest("figure");
      if (made instanceof HTMLButtonElement && card) void pressed(made, quotation(card));
    });
    document.addEventListener("copy", withNotice);
  }
  for (const code of place.querySelectorAll("main pre")) {
    if (code.closest(".copyable")) continue;
    const box = document.createElement("div");
    box.className = "copyable";
    code.replaceWith(box);
    box.append(code);
    // What is wider than the page is scrolled, by keyboard too.
    if (code.scrollWidth > code.clientWidth) code.setAttribute("tabindex", "0");
  }
  for (const box of place.querySelectorAll(".copyable")) {
    const text = () => (box.querySelector("pre, p")?.textContent ?? "").trim();
    const made = document.createElement("button");
    made.type = "button";
    made.className = "copy-button";
    made.textContent = _("Copy");
    const code = box.querySelector("pre")?.textContent?.trim().split("\n")[0].slice(0, 40);
    const name = box.closest("details")?.querySelector("summary")?.textContent ?? box.querySelector("p")?.textContent?.slice(0, 40) ?? code ?? "";
    made.setAttribute("aria-label", `${made.textContent} ${name}`.trim());
    made.addEventListener("click", () => void pressed(made, text()));
    box.prepend(made);
  }
}

/** Words that are selected and copied take the notice of their quotation along. @param {ClipboardEvent} event */
function withNotice(event) {
  const selection = getSelection();
  const range = selection?.rangeCount ? selection.getRangeAt(0) : null;
  const start = range?.startContainer;
  const words = (start instanceof Element ? start : start?.parentElement)?.closest("figure.quote blockquote");
  const notice = tidy(words?.closest("figure")?.querySelector(".why, .speaks") ?? null);
  if (!selection || !range || !notice || !event.clipboardData) return;
  const shape = document.createElement("div");
  const line = document.createElement("p");
  line.textContent = `[${notice}]`;
  shape.append(line, range.cloneContents());
  event.clipboardData.setData("text/plain", `[${notice}]\n\n${selection}`);
  event.clipboardData.setData("text/html", shape.innerHTML);
  event.preventDefault();
}

/**
 * @param {HTMLButtonElement} made
 * @param {string} text
 */
async function pressed(made, text) {
  say(made, (await copy(text)) ? "✓" : "✗");
}

/** One voice for all buttons; a screen reader hears what it says. */
const voice = document.createElement("p");
voice.className = "unseen";
voice.setAttribute("role", "status");
document.body.append(voice);

/**
 * @param {HTMLButtonElement} made
 * @param {string} sign
 */
function say(made, sign) {
  const label = made.dataset.label ?? made.innerHTML;
  made.dataset.label = label;
  made.append(` ${sign}`);
  voice.textContent = `${made.firstChild?.textContent ?? ""} ${sign}`;
  setTimeout(() => {
    made.innerHTML = label;
    voice.textContent = "";
  }, 2000);
}

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/**
 * The way for pages that come without encryption, where browsers have no clipboard.
 * @param {string} text
 */
function copyBySelection(text) {
  const before = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}

/**
 * The permanent address of a card's quotation: as the site is published, where the page says so.
 * @param {Element} card
 */
function address(card) {
  const href = card.querySelector("a.permalink")?.getAttribute("href") ?? "";
  const published = document.querySelector('link[rel="canonical"]')?.getAttribute("href");
  return new URL(href, published && /^https?:/.test(published) ? published : location.href).href;
}

/**
 * Words with their notice, who says them and where, the work's entry, and the address.
 * @param {Element} card
 */
function quotation(card) {
  const notice = tidy(card.querySelector(".why, .speaks"));
  const words = paragraphs(card.querySelector("blockquote"));
  const line = tidy(card.querySelector(".by"));
  const entries = [...new Set([...card.querySelectorAll(".source a")].map((link) => tidy(entryOf(link))))];
  const translated = [...card.querySelectorAll(".translation")].map((one) => `[${tidy(one.querySelector(":scope > p"))}: “${paragraphs(one.querySelector("blockquote"))}”]`);
  const parts = [notice && `[${notice}]`, `“${words}”`, `— ${line}`, ...translated, ...entries, address(card)];
  return parts.filter(Boolean).join("\n\n");
}

/** @param {Element} link to a work: its entry on this page */
function entryOf(link) {
  const href = link.getAttribute("href") ?? "";
  const slug = href.startsWith("#ref-") ? href.slice(1) : `ref-${/works\/([^/]+)\/$/.exec(href)?.[1] ?? ""}`;
  return document.getElementById(slug)?.querySelector(".entry") ?? null;
}

/** @param {Element | null} element */
function tidy(element) {
  return (element?.textContent ?? "").replace(/\s+/g, " ").trim();
}

/** @param {Element | null} quote */
function paragraphs(quote) {
  const blocks = [...(quote?.querySelectorAll(":scope > p") ?? [])];
  return blocks.length ? blocks.map(tidy).join("\n\n") : tidy(quote);
}
