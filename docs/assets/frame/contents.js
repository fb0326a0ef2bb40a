// The contents list shows where the reader is.

/**
 * Mark in a contents list the link to the part of the page that is being read.
 * @param {Element | null} contents
 */
export function followReading(contents) {
  if (!contents) return;
  /** @type {Map<Element, HTMLAnchorElement>} heading → its link, in the order of the page */
  const links = new Map();
  for (const link of contents.querySelectorAll("a")) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  if (links.size < 2) return;

  const mark = () => {
    /** @type {HTMLAnchorElement | undefined} */
    let current;
    for (const [heading, link] of links) {
      if (heading.getBoundingClientRect().top > innerHeight / 3) break;
      current = link;
    }
    for (const link of links.values()) link.toggleAttribute("data-here", link === current);
  };
  let waiting = false;
  const later = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      mark();
    });
  };
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", later, { passive: true });
  later();
}
