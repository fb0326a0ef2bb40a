// Lists narrowed and sorted in place: quotations by speaker, work and year, works and notes by what was read of them,
// and the quotations of two works side by side.

export function addNarrowing() {
  for (const form of document.querySelectorAll("form[data-narrow]")) {
    if (form instanceof HTMLFormElement) wire(form, () => narrow(form));
  }
  for (const form of document.querySelectorAll("form[data-list]")) {
    if (form instanceof HTMLFormElement) wire(form, () => arrange(form));
  }
  for (const form of document.querySelectorAll("form[data-pair]")) {
    if (form instanceof HTMLFormElement) form.addEventListener("submit", (event) => compare(event, form));
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {() => void} act
 */
function wire(form, act) {
  form.addEventListener("input", act);
  form.addEventListener("submit", (event) => event.preventDefault());
}

/** @param {HTMLFormElement} form */
function wanted(form) {
  const given = [...new FormData(form)].map(([name, value]) => /** @type {[string, string]} */ ([name, String(value)]));
  return given.filter(([name, value]) => value && name !== "order" && name !== "words");
}

/** @param {HTMLElement} element @param {[string, string][]} filters */
function fits(element, filters) {
  return filters.every(([name, value]) => element.dataset[name] === value);
}

/** @param {HTMLFormElement} form @param {number} shown @param {number} all */
function say(form, shown, all) {
  const status = form.querySelector("[role=status]");
  if (status) status.textContent = shown === all ? "" : `${shown.toLocaleString(document.documentElement.lang)} / ${all}`;
}

/** @param {HTMLFormElement} form */
function narrow(form) {
  const filters = wanted(form);
  const main = form.closest("main") ?? document;
  const figures = /** @type {NodeListOf<HTMLElement>} */ (main.querySelectorAll("figure.quote[data-role]:not(.compact)"));
  for (const figure of figures) figure.hidden = !fits(figure, filters);
  for (const group of /** @type {NodeListOf<HTMLElement>} */ (main.querySelectorAll(".group"))) {
    group.hidden = !group.querySelector("figure:not([hidden])");
  }
  say(form, [...figures].filter((figure) => !figure.hidden).length, figures.length);
}

/** @param {HTMLFormElement} form */
function arrange(form) {
  const list = (form.closest("main") ?? document).querySelector("ul.rows");
  if (!list) return;
  const rows = /** @type {HTMLElement[]} */ ([...list.children]);
  const given = new FormData(form);
  const words = String(given.get("words") ?? "").toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const filters = wanted(form);
  for (const [place, row] of rows.entries()) {
    row.dataset.place ??= String(place);
    const text = (row.textContent ?? "").toLocaleLowerCase();
    row.hidden = !fits(row, filters) || !words.every((word) => text.includes(word));
  }
  const order = String(given.get("order") ?? "");
  const collator = new Intl.Collator(document.documentElement.lang);
  rows.sort((a, b) => {
    if (order === "year" || order === "quotes") return Number(b.dataset[order] || 0) - Number(a.dataset[order] || 0);
    if (order === "title") return collator.compare(a.dataset.title ?? "", b.dataset.title ?? "");
    return Number(a.dataset.place) - Number(b.dataset.place);
  });
  list.classList.toggle("theme-rows", list.classList.contains("theme-rows") || list.classList.contains("was-tree"));
  if (list.classList.contains("theme-rows") && order) list.classList.replace("theme-rows", "was-tree");
  list.append(...rows);
  say(form, rows.filter((row) => !row.hidden).length, rows.length);
}

/** @param {SubmitEvent} event @param {HTMLFormElement} form */
function compare(event, form) {
  event.preventDefault();
  const main = form.closest("main") ?? document.body;
  main.querySelector(".pair")?.remove();
  const pair = document.createElement("div");
  pair.className = "pair";
  for (const name of ["a", "b"]) {
    const select = form.elements.namedItem(name);
    if (!(select instanceof HTMLSelectElement)) return;
    const column = document.createElement("section");
    const heading = document.createElement("h3");
    heading.textContent = select.selectedOptions[0]?.textContent ?? "";
    column.append(heading);
    for (const figure of main.querySelectorAll(`figure.quote[data-source="${CSS.escape(select.value)}"]`)) {
      const copy = /** @type {HTMLElement} */ (figure.cloneNode(true));
      copy.hidden = false;
      copy.removeAttribute("id");
      copy.classList.add("compact");
      copy.querySelector(".more")?.remove();
      copy.querySelector(".apparatus")?.remove();
      column.append(copy);
    }
    pair.append(column);
  }
  form.after(pair);
  pair.scrollIntoView({ block: "nearest" });
}
