"""In Chromium: what a page shows of the shipped library, and of texts that are made to break it, is the text of the tree."""

import random
import re
from pathlib import Path

import pytest
from florilegium.core.spans import LineTable
from florilegium.library.frontmatter import FileDivision, cut_front_matter
from florilegium.markdown.bodies import parse_body
from florilegium.markdown.prose_tree import ProseTree
from florilegium.markdown.writing_text import raised_text
from florilegium.site.rendered_bodies import Html, fill, render_body
from markdown_oracle import EMPHASIS, INLINES, LINES, PATH
from playwright.sync_api import Browser
from test_tree import lines_of

pytestmark = pytest.mark.browser

SHIPPED = sorted((Path(__file__).parent.parent / "annotations").rglob("*.md"))
RAW = (
    "<b> </b> <sup>2</sup> <sub> </sub> <details> </details> <summary>s</summary> <dl> <dt> </dt> <dd> </dd> </dl> <br> "
    "<hr> <q>q</q> <ruby>r<rt>t</rt></ruby> <i>x</i> <!--c--> <!-- <script> <x [@k] &lt; &amp; <table> <select> <svg> "
    "<math> <template> <textarea> <a> </a> <p> </p>"
).split(" ")

SHOWN = """htmls => htmls.map(html => {
    const place = document.createElement('div');
    place.innerHTML = html;
    place.querySelectorAll('.fl-noteback').forEach(way => way.remove());
    for (const sign of [...place.querySelectorAll('sup, sub')].reverse())
        sign.replaceWith('\\ue000' + sign.localName + ':' + sign.textContent + '\\ue001');
    return place.textContent;
})"""


def texts() -> list[str]:
    found = []
    for path in SHIPPED:
        text = path.read_text("utf-8")
        cut = cut_front_matter(text)
        assert isinstance(cut, FileDivision)
        found.append(text[cut.body_start :])
    chance = random.Random("trees")
    for _ in range(400):
        parts = [*LINES, *INLINES, *EMPHASIS, *RAW]
        ends = ("\n", "\n\n", " ", "")
        found.append("".join(chance.choice(parts) + chance.choice(ends) for _ in range(chance.randint(1, 14))))
    return found


def raised(text: str) -> str:
    """Marked signs as characters, the inner ones first."""
    found = 1
    while found:
        text, found = re.subn("\ue000(su[pb]):([^\ue000\ue001]*)\ue001", lambda m: raised_text(m[1], m[2]), text)
    return text


def test_the_page_shows_the_text(chromium: Browser) -> None:
    htmls, expected = [], []
    for text in texts():
        body = parse_body(LineTable(PATH, text), 0, "x").body
        tree = ProseTree(body)

        def flat(html: Html) -> str:
            return fill(html, root="/", citation=lambda index: f"(citation {index})", quote=lambda _: "")

        def cite(index: int) -> str:
            return f"(citation {index})"

        rendered = render_body(body, PATH)
        htmls.append("\n".join(flat(section.html) for section in rendered.sections))
        expected.append("\n".join(tree.text(section.blocks, cite) for section in tree.sections()))
    page = chromium.new_page()
    page.set_content("<!doctype html><title>x</title>")
    shown = page.evaluate(SHOWN, htmls)
    page.close()
    for text, there, here in zip(texts(), shown, expected, strict=True):
        assert lines_of(raised(there)) == lines_of(here), text


WORDS = (
    "I kept| all of it|*every* word|**no** word|_it_|`a  b`|<b>bold</b>|<i>it</i>|<u>u</u>|10<sup>6</sup>|H<sub>2</sub>O|<q>said</q>|"
    '<del>not</del>|~~never~~|<ins>more</ins>|<s>less</s>|<small>low</small>|<mark>seen</mark>|<span lang="de">Sehnsucht</span>|'
    '<abbr title="long">ab.</abbr>|<ruby>r<rt>t</rt></ruby>|<details><summary>s</summary>hid</details>|<!-- gone -->|&amp;|&nbsp;|'
    "&shy;|\\*|\\[x\\]|[x]|[…]|[link](https://example.org)|![image](x.png)|[^1]|[@doe]|@doe|<https://example.org>|"
    "https://example.org|— dash|- item|1. one|# head|| a | b ||\\\n|  \n|<br>|<span hidden>hid</span>|<p>para</p>|<wbr>|<kbd>k</kbd>|"
    "<bdi>b</bdi>|<cite>c</cite>|<var>v</var>|<em>*e*</em>|***both***|“quoted”|it's|...|\u200b|\u00a0|<dl><dt>t</dt><dd>d</dd></dl>"
).split("|")
"""What may and what may not stand in a quotation; those that are refused are left out below."""

LAID_OUT = """([style, htmls]) => {
    document.head.append(Object.assign(document.createElement('style'), {textContent: style}));
    return htmls.map(html => {
        const place = document.createElement('figure');
        place.className = 'quote';
        place.innerHTML = `<blockquote>${html}</blockquote>`;
        document.body.append(place);
        for (const sign of [...place.querySelectorAll('sup, sub')].reverse())
            sign.replaceWith('\\ue000' + sign.localName + ':' + sign.textContent + '\\ue001');
        const shown = place.innerText;
        place.remove();
        return shown;
    });
}"""


def quotations() -> list[str]:
    chance = random.Random("quotations")
    joins = (" ", " ", "", "\n> ", "\n>\n> ")
    made = []
    for _ in range(1_500):
        words = "".join(f"{chance.choice(WORDS)}{chance.choice(joins)}" for _ in range(chance.randint(1, 8)))
        made.append(f"> {words}\n>\n> — the author, in [@doe, p. 5] {{#q}}\n\n[^1]: A note.\n")
    return made


def test_the_words_that_are_compared_are_laid_out_as_they_are(chromium: Browser) -> None:
    refused = {
        "markup-in-quotation",
        "forbidden-html",
        "forbidden-image",
        "malformed-attribution",
        "invisible-character",
    }
    htmls, expected = [], []
    for text in quotations():
        parsed = parse_body(LineTable(PATH, text), 0, "x")
        # A citation on a line that begins with a dash is refused by a check that knows the library.
        if (
            len(parsed.body.quotes) != 1
            or parsed.body.quotes[0].citations
            or any(found.rule in refused for found in parsed.diagnostics)
        ):
            continue
        (words,) = render_body(parsed.body, PATH).quotes
        htmls.append(fill(words, root="/", citation=lambda index: f"(citation {index})", quote=lambda _: ""))
        expected.append((text, parsed.body.quotes[0].words))
    assert len(htmls) > 200
    page = chromium.new_page()
    page.set_content("<!doctype html><title>x</title>")
    style = (Path(__file__).parent.parent / "docs" / "assets" / "style.css").read_text(encoding="utf-8")
    shown = page.evaluate(LAID_OUT, [style, htmls])
    page.close()
    for (text, words), there in zip(expected, shown, strict=True):
        assert visible(raised(there)) == visible(words), text


def visible(text: str) -> list[str]:
    """The words without what has no width."""
    return re.sub("[\u00ad\u200b]", "", text).split()
