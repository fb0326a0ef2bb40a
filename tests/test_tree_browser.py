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
