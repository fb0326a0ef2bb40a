// Light or dark: three radios, which work by the style sheet alone; this remembers the choice. `early.js` does the painting.

const KEY = "florilegium-scheme";

/** Keep what the reader chooses in the settings, and show there what was chosen before. */
export function keepScheme() {
  const radios = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[name=fl-scheme]"));
  const chosen = document.documentElement.dataset.scheme ?? "auto";
  for (const radio of radios) {
    radio.checked = radio.value === chosen;
    radio.addEventListener("change", () => choose(radio.value));
  }
}

/** @param {string} scheme */
function choose(scheme) {
  const root = document.documentElement;
  if (scheme === "auto") delete root.dataset.scheme;
  else root.dataset.scheme = scheme;
  try {
    if (scheme === "auto") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, scheme);
  } catch {
    // Storage may be closed to this page: then the choice holds for this page alone.
  }
}
