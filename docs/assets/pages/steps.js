// From quotation to quotation by key, and on from addresses that a work had before it had a page of its own.

import { plainKeysWork } from "../frame/keys.js";

/** The keys j and k lead to the next quotation and back, as long as such keys are not turned off. */
export function addSteps() {
  const figures = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("main figure.quote")]);
  if (!figures.length) return;
  document.addEventListener("keydown", (event) => {
    const target = event.target instanceof HTMLElement ? event.target : null;
    if (event.ctrlKey || event.metaKey || event.altKey || target?.matches("input, textarea, select, dialog *")) return;
    if ((event.key !== "j" && event.key !== "k") || !plainKeysWork()) return;
    const seen = figures.filter((figure) => !figure.hidden);
    const here = seen.indexOf(/** @type {HTMLElement} */ (document.activeElement?.closest("figure.quote")));
    const below = seen.findIndex((figure) => figure.getBoundingClientRect().top > 10);
    const next = here >= 0 ? here + (event.key === "j" ? 1 : -1) : event.key === "j" ? below : below - 1;
    const figure = seen[next];
    if (!figure) return;
    event.preventDefault();
    figure.tabIndex = -1;
    figure.focus();
    figure.scrollIntoView({ block: "center" });
  });
}

/** An old address of a work leads to its page. */
export function leadOn() {
  const list = document.querySelector("[data-moved]");
  const go = () => {
    const place = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    const link = place?.closest("[data-moved]") && place.querySelector("a");
    if (link instanceof HTMLAnchorElement) location.replace(link.href);
  };
  if (!list) return;
  go();
  addEventListener("hashchange", go);
}
