"""Block structure: the same as other readers of CommonMark find, and never lost on any text."""

import pytest
from florilegium.core.spans import LineTable
from florilegium.markdown.blocks import MAX_DEPTH, Block, BlockKind, Content, parse_blocks
from florilegium.markdown.tables import parse_alignments, split_cells
from hypothesis import given
from markdown_oracle import ORACLE, documents, wild_text

K = BlockKind
_TOKENS = {
    "blockquote_open": "quote",
    "list_item_open": "item",
    "heading_open": "heading",
    "fence": "code",
    "code_block": "code",
    "hr": "break",
    "table_open": "table",
}
_KINDS = {K.QUOTE: "quote", K.ITEM: "item", K.HEADING: "heading", K.CODE: "code", K.BREAK: "break", K.TABLE: "table"}


def outline(text: str) -> list[tuple[int, str, str]]:
    """Line, kind, and level or text of every block that is no paragraph."""
    table = LineTable("x", text)
    found = []
    for block in parse_blocks(text).walk():
        if block.kind in _KINDS:
            detail = block.info if block.kind is K.HEADING else code_of(text, block) if block.kind is K.CODE else ""
            first = block.lines[0].start if block.kind is K.HEADING and block.lines else block.start
            found.append((table.position(first).line, _KINDS[block.kind], detail))
    return sorted(found)


def code_of(text: str, block: Block) -> str:
    content = Content(text, block.lines).text
    return " ".join(content.split())


def oracle_outline(text: str) -> list[tuple[int, str, str]]:
    found = []
    for token in ORACLE.parse(text):
        if token.type in _TOKENS:
            assert token.map is not None
            kind = _TOKENS[token.type]
            detail = {"heading": token.tag[1:], "code": " ".join(token.content.split())}.get(kind, "")
            found.append((token.map[0] + 1, kind, detail))
    return sorted(found)


@given(documents)
def test_the_same_blocks_as_markdown_it(text: str) -> None:
    assert outline(text) == oracle_outline(text)


@given(wild_text)
def test_any_text_is_some_document(text: str) -> None:
    root = parse_blocks(text)
    for block in root.walk():
        assert 0 <= block.start <= block.end <= len(text)
        for line in block.lines:
            assert 0 <= line.start <= line.end <= len(text)
            assert "\n" not in text[line.start : line.end]


@given(documents)
def test_line_ends_make_no_difference(text: str) -> None:
    def shape(source: str) -> list[tuple[str, str, str]]:
        return [(b.kind, b.info, Content(source, b.lines).text) for b in parse_blocks(source).walk()]

    for end in ("\r\n", "\r"):
        assert shape(text.replace("\n", end)) == shape(text)


@given(documents)
def test_nothing_of_the_text_is_lost(text: str) -> None:
    """Every letter stands in some leaf, but for markers of items, info strings and fences."""
    kept = "".join(Content(text, b.lines).text + b.info for b in parse_blocks(text).walk())
    for letter in "abcdehijklmnopqrstuvwxyz":
        assert text.count(letter) <= kept.count(letter)


def leaves(text: str) -> list[tuple[str, str]]:
    return [(b.kind.value, Content(text, b.lines).text) for b in parse_blocks(text).walk() if b.lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[^a]: one\n    two\n\n    three", [("paragraph", "one\ntwo"), ("paragraph", "three")]),
        ("x\n[^a]: no", [("paragraph", "x\n[^a]: no")]),
        ("<!-- a\n\nb --> c\n\nd", [("html", "<!-- a\n\nb --> c"), ("paragraph", "d")]),
        ("<div>\n\nx", [("paragraph", "<div>"), ("paragraph", "x")]),
        ("<script>\n\nx</script>\ny", [("html", "<script>\n\nx</script>"), ("paragraph", "y")]),
        ("<scripture>\n\nx", [("paragraph", "<scripture>"), ("paragraph", "x")]),
        ("a\n| b |\n| - |\n| c |", [("paragraph", "a"), ("table", "| b |\n| - |\n| c |")]),
        ("| b | c |\n| - |", [("paragraph", "| b | c |\n| - |")]),
        ("> | b |\n> | - |\nc", [("table", "| b |\n| - |"), ("paragraph", "c")]),
        ("# a #b #", [("heading", "a #b")]),
        ("#", [("heading", "")]),
        ("#a", [("paragraph", "#a")]),
    ],
)
def test_what_pandoc_and_github_add(text: str, expected: list[tuple[str, str]]) -> None:
    assert leaves(text) == expected


def test_what_the_end_of_the_text_cuts_off_is_not_closed() -> None:
    for text in ("```\na", "> ```\nb", "<!-- a", "<?php"):
        assert any(not block.closed for block in parse_blocks(text).walk()), text
    for text in ("```\na\n```", "> a", "<!-- a -->", "    a"):
        assert all(block.closed for block in parse_blocks(text).walk()), text


def test_containers_are_nested_up_to_a_depth() -> None:
    assert not parse_blocks(">" * MAX_DEPTH + " a").too_deep
    root = parse_blocks(">" * (MAX_DEPTH + 1) + " a")
    assert root.too_deep
    assert leaves(">" * (MAX_DEPTH + 1) + " a") == [("paragraph", "> a")]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("| a | b |", ["a", "b"]),
        ("a|b", ["a", "b"]),
        ("| a \\| b | c", ["a \\| b", "c"]),
        ("| a `|` b |", ["a `", "` b"]),
        ("|", [""]),
        ("||", [""]),
        ("|a\\|", ["a\\|"]),
        ("|\\|a|", ["\\|a"]),
    ],
)
def test_cells(line: str, cells: list[str]) -> None:
    assert [line[start:end] for start, end in split_cells(line, 0, len(line))] == cells


@pytest.mark.parametrize(
    ("line", "alignments"),
    [
        ("|:-|-:|:-:|-|", ("left", "right", "center", "")),
        ("--|--", ("", "")),
        ("---", None),
        ("| |", None),
        ("|:|", None),
        ("| - | a |", None),
    ],
)
def test_alignments(line: str, alignments: tuple[str, ...] | None) -> None:
    assert parse_alignments(line, 0, len(line)) == alignments
