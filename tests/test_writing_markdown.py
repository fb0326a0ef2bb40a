"""The Markdown writer: what it writes has the same text and the same citations when it is read again."""

from pathlib import Path

import pytest
from florilegium.core.spans import LineTable
from florilegium.library.frontmatter import FileDivision, cut_front_matter
from florilegium.markdown.bodies import parse_body
from florilegium.markdown.citations import render_citation
from florilegium.markdown.nodes import Node
from florilegium.markdown.prose_tree import ProseTree, normal_label
from florilegium.markdown.writing_markdown import MarkdownWriter
from hypothesis import given
from hypothesis import strategies as st
from markdown_oracle import PATH, documents, emphasis, phrases, read, signs, wild_text

SHIPPED = sorted((Path(__file__).parent.parent / "annotations").rglob("*.md"))

cited = st.lists(
    st.sampled_from(
        "[@a] [see *x* @a, p. 3; also @b] @c @c [p. 4] [-@d] \\@e *[@f]* _y_ `@g` <https://h.i/@j> k@l.mn "
        "[m @n](/themes/) ~~o~~ **p @q** &amp; <b>r</b> <sup>2</sup> snake_case 1. - # > | ` * _".split(" ")
    ),
    max_size=9,
).map(" ".join)


def written(text: str) -> str:
    """A body as Markdown, its citations as they are read."""
    body = read(text).body
    tree = ProseTree(body)

    def cite(node: Node) -> str:
        return render_citation(body.citations[node.info])

    def number(node: Node) -> str:
        return normal_label(str(node.info) if node.kind == "FootnoteDefinition" else node.text)

    def quote(node: Node) -> str:
        return ""

    return MarkdownWriter(citation=cite, quote=quote, number=number).write(tree.root.children)


def meaning(text: str) -> tuple[object, ...]:
    """The words of a body, white space aside, and what it cites."""
    body = read(text).body
    tree = ProseTree(body)
    keys = [[(r.key, r.mode, r.locator and r.locator.value) for r in c.references] for c in body.citations]
    return tree.text(tree.root.children, lambda index: f"({index})").split(), keys


@given(st.one_of(documents, phrases, emphasis, signs, cited, wild_text))
def test_what_is_written_reads_back(text: str) -> None:
    assert meaning(written(text)) == meaning(text), written(text)


@given(st.one_of(documents, emphasis, cited))
def test_writing_again_changes_nothing(text: str) -> None:
    once = written(text)
    assert meaning(written(once)) == meaning(once)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_shipped_library_reads_back(path: Path) -> None:
    text = path.read_text("utf-8")
    cut = cut_front_matter(text)
    assert isinstance(cut, FileDivision)
    body = parse_body(LineTable(PATH, text), cut.body_start).body
    prose = "\n\n".join(part for part in body.text.split("\n\n") if not part.startswith(">"))
    assert meaning(written(prose)) == meaning(prose)
