// The keys that open the search. Those without Ctrl can be turned off (WCAG 2.1.4): who speaks to a computer, or whose
// hand slips, would set them off unawares.

const KEY = "florilegium-keys";

/** Whether `/` and `s` open the search. */
export function plainKeysWork() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

/**
 * Let `/` and `s` open the search, or not; kept in this browser.
 * @param {boolean} work
 */
export function letPlainKeysWork(work) {
  try {
    if (work) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, "off");
  } catch {
    // Storage may be closed to this page: then the choice is lost.
  }
}

/**
 * Call `open` when a key is pressed that opens the search.
 * @param {() => void} open
 */
export function listenForKeys(open) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || !opensSearch(event)) return;
    event.preventDefault();
    open();
  });
}

/** @param {KeyboardEvent} event */
function opensSearch(event) {
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) return key === "k";
  if (event.ctrlKey || event.metaKey || event.altKey || isForTyping(event.target)) return false;
  return (key === "/" || key === "s") && plainKeysWork();
}

/** @param {EventTarget | null} target */
function isForTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input, textarea, select, dialog *");
}
