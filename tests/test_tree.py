"""The tree: where its nodes stand, that its text is what its HTML shows, and what hostile texts cost."""

import re
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from florilegium.core.spans import LineTable
from florilegium.library.frontmatter import FileDivision, cut_front_matter
from florilegium.markdown.bodies import ParsedBody, parse_body
from florilegium.markdown.building import build_tree
from florilegium.markdown.nodes import Node, walk
from florilegium.markdown.positions import normalise_lines
from florilegium.markdown.prose_tree import ProseTree
from florilegium.markdown.writing_text import raised_text
from florilegium.site.rendered_bodies import fill, render_body
from florilegium.site.sanitiser import sanitise
from hypothesis import given
from hypothesis import strategies as st
from markdown_oracle import PATH, documents, emphasis, phrases, read, rendered, wild_text

REPOSITORY = Path(__file__).parent.parent
SHIPPED = sorted((REPOSITORY / "annotations").rglob("*.md"))

raw = st.lists(
    st.sampled_from(
        "<b> </b> <sup>2</sup> <sub> </sub> <details> </details> <summary> </summary> <dl> <dt> </dt> <dd> </dd> </dl> "
        "<br> <hr> <q> </q> <ruby> <rt> </rt> </ruby> <i>x</i> <!--c--> <!-- <script> <x @y> a *b* [@k] &lt; "
        "[^1] \n \n\n > -".split(" ")
    ),
    max_size=12,
).map(" ".join)
"""Raw HTML in any order, allowed and not."""


# -- where nodes stand


def check_places(text: str) -> None:
    text = normalise_lines(text)
    data = text.encode()
    root = build_tree(text, data)
    for node in walk(root):
        position = node.start
        data[node.start : node.end].decode()  # On the edges of characters.
        for child in node.children:
            assert position <= child.start <= child.end <= max(node.end, child.start), (text, child)
            position = child.start
        if node.kind == "Text" and node.text.encode() != data[node.start : node.end]:
            # A line end of code may stand behind the sign of a block quote.
            assert data[node.start : node.start + 1] == b"&" or node.start == node.end or "\n" in node.text, (
                text,
                node,
            )


@given(st.one_of(wild_text, documents, phrases, raw))
def test_nodes_stand_inside_their_parents_in_order(text: str) -> None:
    check_places(text)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_nodes_of_the_shipped_library_stand_where_they_say(path: Path) -> None:
    check_places(path.read_text("utf-8"))


# -- the text is what is shown


class _Shown(HTMLParser):
    """The text content of HTML as a browser has it, but for raised and lowered signs, which become characters."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[list[str]] = [[]]
        self.skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skipped += ("class", "fl-noteback") in attrs
        if tag in ("sup", "sub"):
            self.out.append([])

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.skipped:
            self.skipped = 0
        if tag in ("sup", "sub"):
            text = "".join(self.out.pop())
            self.out[-1].append(raised_text(tag, text))

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.out[-1].append(data)


def lines_of(text: str) -> list[str]:
    """Lines without the white space that HTML does not show."""
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def shown_lines(html: str) -> list[str]:
    shown = _Shown()
    shown.feed(html)
    shown.close()
    return lines_of("".join(shown.out[0]))


def check_text(parsed: ParsedBody) -> None:
    """The text of a body, of its footnotes and of its quotes is the text of the HTML that the sanitiser lets through."""
    body = parsed.body
    html = render_body(body, PATH)
    tree = ProseTree(body)

    def cite(index: int) -> str:
        return f"(citation {index})"

    def flat(pieces: tuple[object, ...]) -> str:
        return fill(pieces, root="/", citation=cite, quote=lambda _: "")  # type: ignore[arg-type]

    for section, shown in zip([s for s in tree.sections() if s.heading or s.blocks], html.sections, strict=False):
        if section.node is not None:
            assert lines_of(tree.line(section.node.children, cite)) == [" ".join(shown_lines(flat(shown.heading)))] or (
                not tree.line(section.node.children, cite)
            )
    sections = "\n".join(tree.text(section.blocks, cite) for section in tree.sections())
    assert lines_of(sections) == shown_lines("\n".join(flat(section.html) for section in html.sections))
    notes = "\n".join(tree.text(note.children, cite) for note in tree.notes)
    assert lines_of(notes) == shown_lines(flat(html.footnotes))
    for index, quote in enumerate(body.quotes):
        assert lines_of(tree.text(tree.quotes[index], cite)) == shown_lines(flat(html.quotes[index]))
        if not quote.citations and "[^" not in body.text:
            assert lines_of(quote.words) == shown_lines(flat(html.quotes[index]))


@given(st.one_of(documents, phrases, emphasis, raw, wild_text))
def test_the_text_is_what_the_html_shows(text: str) -> None:
    check_text(read(text))
    check_text(read(f"> {text.replace(chr(10), chr(10) + '> ')}\n>\n> — a participant, in [@a] #x {{#y}}\n"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_text_of_the_shipped_library_is_what_its_html_shows(path: Path) -> None:
    text = path.read_text("utf-8")
    cut = cut_front_matter(text)
    assert isinstance(cut, FileDivision)
    check_text(parse_body(LineTable(PATH, text), cut.body_start, path.stem))


@given(st.one_of(documents, raw))
def test_the_sanitiser_changes_nothing_that_we_write(text: str) -> None:
    body = rendered(text)
    for section in body.sections:
        html = fill(section.html, root="/", citation=lambda _: "", quote=lambda _: "")
        assert sanitise(html) == html


# -- line ends


LINES = (
    "A [@a, p. 3] `b\nc`  \nd\n\n<details>\n\nx *y* [@b]\n\n</details>\n\n"
    "> words\n> more\n>\n> — a participant, in [@c] #t {#q}\n\n| é [@d] | x |\n|---|---|\n| 1 | 2 |\n\n[l](https://x.y)\n"
)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("lead", ["", "\ufeff"])
def test_line_ends_change_nothing(end: str, lead: str) -> None:
    plain, other = read(lead + LINES), read(lead + LINES.replace("\n", end))
    assert plain.body == other.body
    assert plain.diagnostics == other.diagnostics


def test_a_byte_order_mark_takes_a_column() -> None:
    (found,) = read("\ufeffx [@a]").body.citations
    assert (found.span.column, found.span.end_column) == (4, 8)


def test_controls_are_shown_as_replaced() -> None:
    assert read("a\0b \x01 \ufdd0").body.text == "a\ufffdb \ufffd \ufffd"


# -- hostile texts


HOSTILE = {
    "quotes": lambda n: "> " * n + "a",
    "lists": lambda n: "- " * n + "a",
    "brackets": lambda n: "[" * n,
    "cited brackets": lambda n: "[@a" * n,
    "semicolons": lambda n: "[@a; " * n + "]" * n,
    "backticks": lambda n: "".join("`" * (i % 300) + " " for i in range(n // 150)),
    "comments": lambda n: "<!-- " * n,
    "tags": lambda n: "<b>" * n,
    "details": lambda n: "<details>\n" * n,
    "emphasis": lambda n: "*a **b _c " * n,
    "definitions": lambda n: "".join(f"[{i}]: /u\n" for i in range(n)),
    "notes": lambda n: "".join(f"[^{i}]: [^{i + 1}]\n\n" for i in range(n)),
    "addresses": lambda n: "https://a.b " * n,
    "mails": lambda n: "a@b.c " * n,
    "attributions": lambda n: "> — a\n" * n,
    "wikilinks": lambda n: "[[a]] " * n,
    "bullets": lambda n: "• a\n" * n,
    "headings": lambda n: "# é {#b}\n" * n,
    "emphasised citations": lambda n: "*[@a]* [@é] " * n,
    "citations on one line": lambda n: "é&amp;[@a] " * n,
    "citations that emphasis cuts": lambda n: "*[see @a* " * n,
    "entities": lambda n: "&#x202e;" * n,
    "prose quotations": lambda n: '"*a* b c d" [@e] ' * n,
    "prose quotations of one work": lambda n: "“a b c d” " * n + "[@e]",
    "translations": lambda n: "> a\n>\n> — translated by b {of=#c}\n\n" * n,
    "emphasised quotation": lambda n: "> " + "*a* <b>c</b> " * n + "\n>\n> — a, [@b]",
}


def _cost(text: str) -> float:
    start = time.process_time()
    render_body(read(text).body, PATH)
    return time.process_time() - start


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_take_no_more_than_linear_time(name: str) -> None:
    """Four times the text takes about four times as long; quadratic time would take sixteen times as long."""
    make = HOSTILE[name]
    small = max(min(_cost(make(1000)) for _ in range(2)), 0.01)
    assert _cost(make(4000)) < 9 * small + 0.3


def test_trees_are_no_deeper_than_they_may_be() -> None:
    def depth(node: Node) -> int:
        return 1 + max((depth(child) for child in node.children), default=0)

    for text in (">" * 5000 + "a", "- " * 5000 + "a", "*a _b " * 5000):
        assert depth(build_tree(text, text.encode())) < 100


def test_a_body_can_be_dropped_at_once() -> None:
    """Trees hold no cycles, so nothing waits for the garbage collector."""
    parsed = read("a *b* [@c]\n\n> d\n>\n> — a participant, in [@e] #t {#q}\n")
    assert sys.getrefcount(parsed.tree.root.children[0]) < 5
    assert not re.search("\x01", parsed.body.text)
