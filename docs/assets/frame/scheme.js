// Light or dark: a button that changes from one to the other. A choice that is the system's own is not remembered, so
// that the page follows the system again. `early.js` does the painting.

const KEY = "florilegium-scheme";
const DARK = "slate";
const LIGHT = "default";

/**
 * Let a button change between light and dark.
 * @param {Element | null} button
 */
export function offerSchemes(button) {
  if (!(button instanceof HTMLButtonElement)) return;
  const root = document.documentElement;

  const label = () => {
    const words = root.dataset.mdColorScheme === DARK ? "Use light colours" : "Use dark colours";
    button.setAttribute("aria-label", words);
    button.title = words;
  };
  new MutationObserver(label).observe(root, { attributeFilter: ["data-md-color-scheme"] });
  label();

  button.addEventListener("click", () => {
    const wanted = root.dataset.mdColorScheme === DARK ? LIGHT : DARK;
    root.dataset.mdColorScheme = wanted;
    remember(wanted);
  });
}

/**
 * Keep the choice in this browser, or forget it where it is the system's.
 * @param {string} wanted
 */
function remember(wanted) {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? DARK : LIGHT;
  try {
    if (wanted === system) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, wanted);
  } catch {
    // Storage may be closed to this page: then the choice holds for this page alone.
  }
}
