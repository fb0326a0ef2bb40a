"""One page of every kind, in the shipped library and in small ones of other languages; and what no page may do."""

from playwright.sync_api import Page

KINDS = {
    "home": "",
    "notes": "notes/",
    "notes by kind": "notes/by/kind/",
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

LANGUAGES = {
    "de": {
        "note": "notes/erinnern/",
        "theme": "themes/gedaechtnis/",
        "work": "works/jordan1911/",
        "author": "authors/jordan-ada/",
    },
    "he": {
        "note": "notes/zikaron/",
        "theme": "themes/zikaron/",
        "work": "works/yarden1911/",
        "author": "authors/yrdn-dh/",
    },
}
"""The kinds of pages whose addresses are other ones in the small libraries of `libraries.py`."""
SHARED = ("home", "notes", "notes by kind", "themes", "quotes", "works", "authors", "coverage", "404")
for _others in LANGUAGES.values():
    _others.update({kind: KINDS[kind] for kind in SHARED})

WIDTHS = (320, 360, 768, 1440)


def too_wide(page: Page) -> list[str]:
    """The elements that make a page scroll sideways, to the right or, in a right-to-left page, to the left."""
    return page.evaluate("""() => {
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= width) return [];
      return [...document.querySelectorAll("body *")]
        .map((e) => [e, e.getBoundingClientRect()])
        .filter(([, box]) => box.right > width + 0.5 || box.left < -0.5).map(([e]) => e.outerHTML.slice(0, 120));
    }""")


def broken_words(page: Page) -> list[str]:
    """Words that go on in the next line without a hyphen. Code and addresses may; titles are hyphenated by the browser."""
    return page.evaluate("""() => {
      const found = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const range = document.createRange();
      while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        if (!parent.checkVisibility() || parent.getBoundingClientRect().width < 2 || parent.closest("pre, code, kbd, script, style, template, h1, h2, h3, .unseen")) continue;
        for (const match of walker.currentNode.data.matchAll(/[\\p{Script=Latin}\\p{Script=Hebrew}\\p{M}]{2,}/gu)) {
          if (/[\\/.@_]/.test(walker.currentNode.data[match.index - 1] ?? "") || /[\\/@_]/.test(walker.currentNode.data[match.index + match[0].length] ?? "")) continue;
          range.setStart(walker.currentNode, match.index);
          range.setEnd(walker.currentNode, match.index + match[0].length);
          const tops = [...range.getClientRects()].filter((box) => box.width > 0).map((box) => box.top);
          if (tops.length > 1 && Math.max(...tops) - Math.min(...tops) > 8) found.push(match[0]);
        }
      }
      return found;
    }""")
