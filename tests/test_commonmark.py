"""The 652 examples of the CommonMark specification, through our own HTML writer; what differs is listed with its reason.

The specification comes from the npm package `commonmark-spec`, which `scripts/setup --test` fetches.
"""

import re
import sys
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from florilegium.core.spans import LineTable
from florilegium.markdown.bodies import parse_body
from florilegium.markdown.nodes import Node
from florilegium.markdown.prose_tree import ProseTree
from florilegium.markdown.writing_html import HtmlWriter

SPEC = Path(sys.prefix) / "tools" / "node_modules" / "commonmark-spec" / "spec.txt"
pytestmark = pytest.mark.skipif(not SPEC.is_file(), reason="scripts/setup --test fetches the specification")

_EXAMPLE = re.compile(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", re.MULTILINE | re.DOTALL)

DIFFERENT = {
    "raw HTML that is not on the allow-list, or has no partner, is shown as text; a block of it is a paragraph": {
        *(21, 31, *range(148, 168), *range(169, 177), 178, 180, 181, 182, 184, 185, 186, 187, 188, 189, 190, 191, 344),
        *(475, 476, 477, 491, 524, 536, 614, 615, 616, 617, 623, 627, 628, 629, 630, 631, 642, 643),
    },
    "what follows a comment on its line is a paragraph; a comment leaves nothing": {177, 626},
    "an entity for a character that no reader sees is shown as it is written": {26},
    "an image is a hyperlink": {517, 520, 531, *range(572, 590), 591},
    "a hyperlink without words shows its address": {484},
    "a bare address is a hyperlink, as on GitHub": {602, 608, 611, 612},
}


def ours(text: str) -> str:
    """A text as our HTML, with every hyperlink allowed and citations as they are written."""
    tree = ProseTree(parse_body(LineTable("x", text), 0).body)

    def source(node: Node) -> str:
        return tree.data[node.start : node.end].decode()

    writer = HtmlWriter(tree.data, lambda address: f'<a href="{escape(address)}">', source, lambda node: "")
    out = []
    for node in tree.root.children:
        is_heading = node.kind == "Heading"
        out.append(f"<h1>{writer.write_line(node.children)}</h1>\n" if is_heading else writer.write([node]))
    return "".join(out)


class _Reducer(HTMLParser):
    """Elements, where hyperlinks lead, where lists begin, and text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.pre += tag == "pre"
        kept = [(name, unquote(value or "")) for name, value in attrs if name in ("href", "start")]
        heading = ("class", "fl-heading") in attrs
        self.out.append("<heading>" if heading else f"<{tag}{kept or ''}>")

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        self.pre -= tag == "pre"
        self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.out.append(data if self.pre else re.sub(r"\s+", " ", data))


def reduced(html: str) -> str:
    reducer = _Reducer()
    reducer.feed(html)
    reducer.close()
    text = re.sub(r"<heading><strong>(.*?)</strong></p>", r"<h>\1</h>", "".join(reducer.out), flags=re.DOTALL)
    text = re.sub(r"<(/?)h[1-6]>", r"<\1h>", text)
    blocks = "h|p|ul|ol|li|blockquote|pre|hr|code"
    return re.sub(rf"\s*(</?(?:{blocks}|br)(?:\[[^>]*\])?>)\s*", r"\1", text).strip()


def test_the_examples_of_the_specification() -> None:
    text = SPEC.read_text("utf-8").partition("<!-- END TESTS -->")[0].replace("→", "\t")
    examples = _EXAMPLE.findall(text)
    assert len(examples) == 652
    different = {n for n, (markdown, html) in enumerate(examples, 1) if reduced(ours(markdown)) != reduced(html)}
    listed = set().union(*DIFFERENT.values())
    assert different == listed
