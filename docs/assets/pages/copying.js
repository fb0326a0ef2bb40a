// Buttons that copy: a quotation with its citation and its address, an address alone, a citation in some format.

/**
 * Adds the buttons to all places that ask for them within an element.
 * @param {ParentNode} place
 */
export function addCopying(place) {
  for (const tools of place.querySelectorAll(".fl-tools[data-copy]")) {
    const card = tools.closest("figure");
    const wanted = (tools.getAttribute("data-copy") ?? "").split(" ");
    if (!card) continue;
    if (wanted.includes("words")) tools.append(button("Copy quotation", () => quotation(card)));
    if (wanted.includes("link")) tools.append(button("Copy link", () => address(card)));
  }
  for (const box of place.querySelectorAll(".fl-copyable")) {
    const format = box.closest(".fl-format")?.querySelector("summary")?.textContent ?? "";
    const text = () => (box.querySelector("pre, p")?.textContent ?? "").trim();
    box.prepend(button(format ? `Copy ${format}` : "Copy", text));
  }
}

/**
 * @param {string} label
 * @param {() => string} text
 */
function button(label, text) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "fl-copy";
  made.textContent = label;
  made.addEventListener("click", async () => say(made, label, (await copy(text())) ? "Copied" : "Not copied"));
  return made;
}

/** One voice for all buttons; a screen reader hears what it says. */
const voice = document.createElement("p");
voice.className = "fl-hidden";
voice.setAttribute("role", "status");
document.body.append(voice);

/**
 * @param {HTMLButtonElement} made
 * @param {string} label
 * @param {string} word
 */
function say(made, label, word) {
  made.textContent = word;
  voice.textContent = word === "Copied" ? `${word}: ${label.replace(/^Copy ?/, "") || "text"}` : word;
  setTimeout(() => {
    made.textContent = label;
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
  area.className = "fl-hidden";
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
  const href = card.querySelector("a.fl-permalink")?.getAttribute("href") ?? "";
  const published = document.querySelector('link[rel="canonical"]')?.getAttribute("href");
  return new URL(href, published && /^https?:/.test(published) ? published : location.href).href;
}

/**
 * Words, who says them and where, the work's entry, and the address.
 * @param {Element} card
 */
function quotation(card) {
  const words = paragraphs(card.querySelector("blockquote"));
  const speaker = tidy(card.querySelector(".fl-speaker"));
  const source = tidy(card.querySelector(".fl-source")).replace(/^in /, "");
  const entry = tidy(entryOf(card));
  return [`“${words}”`, `— ${[speaker, source].filter(Boolean).join(", ")}`, entry, address(card)].filter(Boolean).join("\n\n");
}

/** @param {Element} card the entry, on this page, of the work that the words come from */
function entryOf(card) {
  const href = card.querySelector(".fl-source a.fl-ref")?.getAttribute("href") ?? "";
  const listed = href.startsWith("#") ? document.getElementById(href.slice(1)) : null;
  return listed?.querySelector(".fl-entry") ?? null;
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
