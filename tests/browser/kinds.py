"""One page of every kind that the shipped library has, and the widths at which all are looked at."""

from playwright.sync_api import Page

__all__ = ["KINDS", "WIDTHS", "too_wide"]

KINDS = {
    "home": "",
    "notes": "notes/",
    "notes by author": "notes/by/author/",
    "note": "notes/somer-opioid-use-disorder-and-dissociation/",
    "themes": "themes/",
    "theme": "themes/numbing/",
    "quotes": "quotes/",
    "works": "works/",
    "work": "works/somer2009/",
    "authors": "authors/",
    "author": "authors/somer-eli/",
    "contribute": "contribute/",
    "format": "format/",
    "rules": "rules/",
    "coverage": "coverage/",
    "commands": "commands/",
    "data": "data/",
    "python": "python/",
    "about": "about/",
    "404": "notes/there-is/no-such-page/",
}

WIDTHS = (320, 360, 768, 1440)


def too_wide(page: Page) -> list[str]:
    """The elements that make a page scroll sideways."""
    return page.evaluate("""() => {
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= width) return [];
      return [...document.querySelectorAll("body *")]
        .filter((e) => e.getBoundingClientRect().right > width + 0.5).map((e) => e.outerHTML.slice(0, 120));
    }""")
