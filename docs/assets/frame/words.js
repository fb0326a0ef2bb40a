// The words of the scripts in the language of the page. The files in ../words/ are made from the catalogues in
// scripts/florilegium/site/translations/; English is what stands in the scripts.

/** Languages with a file of words. */
const LANGUAGES = ["de", "es", "fr", "he", "zh"];

const [language] = document.documentElement.lang.toLowerCase().split("-");
/** @type {Record<string, string[]>} */
let words = {};
if (LANGUAGES.includes(language)) {
  try {
    ({ words } = await import(`../words/${language}.js`));
  } catch {
    // The words stay English.
  }
}

/** @param {string} text @param {Record<string, string>} values */
function filled(text, values) {
  return text.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);
}

/**
 * A string of the interface; `%(name)s` in it stands for a value.
 * @param {string} text
 * @param {Record<string, string>} [values]
 */
export function _(text, values = {}) {
  return filled(words[text]?.[0] ?? text, values);
}

/**
 * A number with its noun: one of two strings, in which `%(num)s` stands for the number.
 * @param {number} number
 * @param {string} one
 * @param {string} many
 * @param {Record<string, string>} [values]
 */
export function counted(number, one, many, values = {}) {
  const forms = words[one];
  // Chinese has one form, French counts from two, the others from everything but one.
  const form = language === "zh" ? 0 : Number(language === "fr" ? number > 1 : number !== 1);
  return filled(forms?.[form] ?? (number === 1 ? one : many), { num: numeral(number), ...values });
}

/** A number as the language writes it. @param {number} number */
export function numeral(number) {
  return number.toLocaleString(document.documentElement.lang || "en");
}
