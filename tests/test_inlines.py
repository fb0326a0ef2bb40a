"""Inline Markdown: marks, links and emphasis, the same as other readers find; and the words that are left."""

import re

import pytest
from florilegium.markdown.inlines import (
    MarkKind,
    PhraseKind,
    entity_text,
    mask,
    merge_marks,
    parse_definitions,
    parse_marks,
    parse_phrases,
    parse_targets,
    plain_text,
)
from hypothesis import assume, given
from hypothesis import strategies as st
from markdown_oracle import ORACLE, documents, emphasis, our_html, phrases, reduced, shown_text, signs, wild_text

K = MarkKind
DEFINITION = "\n\n[r]: /quotes/\n"


def comparable(html: str) -> str:
    """What both show alike: ours shows hyperlinks without words by their address, and those that lead nowhere by words."""
    html = re.sub(r"<a href=(?!/themes/|/notes/|/quotes/|http)[^>]*>(.*?)</a>", r"\1", reduced(html))
    return re.sub(r"<a href=(/[a-z]+/)>[ ]*(?:\1)?</a>", "", html)


@given(phrases)
def test_the_same_phrases_as_markdown_it(text: str) -> None:
    # Images are links here; and markdown-it errs where a text ends within what could be an address or a label.
    assume("![" not in text and not re.search(r"\]\([^)]*\Z|\]\[", text))
    assert comparable(our_html(text + DEFINITION)) == comparable(ORACLE.render(text + DEFINITION))


@given(emphasis)
def test_the_same_emphasis_as_markdown_it(text: str) -> None:
    assert _sorted_pairs(our_html(text)) == _sorted_pairs(ORACLE.render(text))


def _sorted_pairs(html: str) -> str:
    """Which of two elements around the same words is the outer one makes no difference."""
    return reduced(html).replace("<strong><em>", "<em><strong>").replace("</em></strong>", "</strong></em>")


@given(signs)
def test_the_same_signs_are_emphasis_as_for_markdown_it(text: str) -> None:
    """Or all signs of a paragraph are shown, where Python-Markdown does not follow; but none that others show is lost."""
    as_text = re.sub(r"(?<!\\)([*_~])", r"\\\1", text)
    assert shown_text(our_html(text)) in (shown_text(ORACLE.render(text)), shown_text(ORACLE.render(as_text)))


@given(documents)
def test_the_same_html_as_markdown_it(text: str) -> None:
    assume(not re.search(r"\n\s*\n\s*\n", text))  # markdown-it ends a list whose item is empty.
    assert reduced(our_html(text + DEFINITION)) == reduced(ORACLE.render(text + DEFINITION))


def kinds(text: str) -> list[tuple[str, str]]:
    return [(mark.kind.value, text[mark.start : mark.end]) for mark in parse_marks(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a `b` ``c`d`` `e", [("code", "`b`"), ("code", "``c`d``")]),
        ("<https://a.b> <a@b.c> <b>", [("autolink", "<https://a.b>"), ("autolink", "<a@b.c>"), ("tag", "<b>")]),
        ("https://a.b/c). d@e.f, g@h", [("autolink", "https://a.b/c"), ("autolink", "d@e.f")]),
        ("https://a.b/(c) “http://d.e”", [("autolink", "https://a.b/(c)"), ("autolink", "http://d.e")]),
        ("xhttps://a.b /https://a.b @https://c.d", []),
        ("\\* \\a \\\\", [("escape", "\\*"), ("escape", "\\\\")]),
        ("&amp; &#65; &nope; &amp", [("entity", "&amp;"), ("entity", "&#65;")]),
        ("<!-- a --> <!-- b", [("comment", "<!-- a -->"), ("comment", "<!-- b")]),
        ("<!--> a -->", [("comment", "<!-->")]),
        ("<a b='>' c>", [("tag", "<a b='>' c>")]),
        ("<a b c='d\nx < 3, a<b", [("tag", "<a b c='d")]),
        ("x<y and 1 < 2", []),
        ("<script x", [("tag", "<script x")]),
        (
            "<?php a ?> <![CDATA[b]]> <!DOCTYPE c>",
            [("tag", "<?php a ?>"), ("tag", "<![CDATA[b]]>"), ("tag", "<!DOCTYPE c>")],
        ),
        ("\\_a@b.co", [("escape", "\\_"), ("autolink", "a@b.co")]),
        ("`a`https://b.c", [("code", "`a`"), ("autolink", "https://b.c")]),
        ("`a``b`", [("code", "`a``b`")]),
        ("[a](https://b.c/d)", [("autolink", "https://b.c/d")]),
    ],
)
def test_marks(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(text) == expected


@given(wild_text)
def test_marks_follow_one_another(text: str) -> None:
    marks = parse_marks(text)
    position = 0
    for mark in marks:
        assert position <= mark.start < mark.end <= len(text)
        position = mark.end
    assert len(mask(text, marks)) == len(text)


@given(wild_text)
def test_phrases_are_balanced_and_lose_nothing(text: str) -> None:
    marks = parse_marks(text)
    opened: list[object] = []
    seen = []
    for kind, value in parse_phrases(text, marks, parse_targets(text, marks), {"a": "/themes/"}, {"b"}):
        if kind is PhraseKind.LINK:
            opened.append(value)
        elif kind is PhraseKind.UNLINK:
            assert opened.pop() == value
        elif kind is PhraseKind.TEXT:
            seen.append(value)
    assert not opened
    prose = mask(text, marks)
    for letter in "pqz":
        assert "".join(seen).count(letter) <= prose.count(letter)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("[a](b)", "b"),
        ("[a]( <b c> 'd' )", "b c"),
        ("[a](b\\)c)", "b)c"),
        ("[a](b(c(d))e)", "b(c(d))e"),
        ("[a](b&amp;c&#x6a;)", "b&cj"),
        ("[a]()", ""),
        ("[a](javascript&colon;x)", "javascript:x"),
        ('[a](b\n"c")', "b"),
        ("[a](b c)", None),
        ("[a](b", None),
        ("`[a](b)`", None),
        ("[a](`)`", "`"),
        ("\\](b)", None),
        ("<i title='](b)'>", None),
    ],
)
def test_targets(text: str, address: str | None) -> None:
    found = [target.address for target in parse_targets(text, parse_marks(text))]
    assert found == ([] if address is None else [address])


@pytest.mark.parametrize(
    ("text", "found", "rest"),
    [
        ("[a]: b", [("a", "b")], ""),
        ("[A\nB]: <c d> 'e'\nf", [("a b", "c d")], "f"),
        ("[a]:\nb\n(c)\n[d]: e", [("a", "b"), ("d", "e")], ""),
        ("[a]: b\n'c", [("a", "b")], "'c"),
        ("[a]: b c", [], "[a]: b c"),
        ("[^a]: b", [], "[^a]: b"),
        ("[ ]: b", [], "[ ]: b"),
        ("[a] : b", [], "[a] : b"),
    ],
)
def test_definitions(text: str, found: list[tuple[str, str]], rest: str) -> None:
    definitions = parse_definitions(text)
    assert [(d.label, d.mark.text) for d in definitions.found] == found
    assert text[definitions.stop :] == rest


def test_merged_marks_leave_out_what_begins_inside() -> None:
    text = "a `b` [c](https://d.e) f@g.hi"
    marks = parse_marks(text)
    merged = merge_marks(marks, [target.mark for target in parse_targets(text, marks)])
    assert [mark.kind for mark in merged] == [K.CODE, K.DESTINATION, K.AUTOLINK]
    assert merged[-1].text == "f@g.hi"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a *b* **c** _d_ ~~e~~ f_g_h", "a b c d e f_g_h"),
        ("*a **b** c*", "a b c"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("r = .32*, p = .04* and", "r = .32*, p = .04* and"),
        ("_a __b__ c_x *y*", "_a b c_x y"),
        ("\x02klzzwxh:0000\x03*a*", "\x02klzzwxh:0000\x03*a*"),
        ("[a *b*](c) ![d](e)", "a b d"),
        ("[a] [she] […]", "[a] [she] […]"),
        ("`*a*` \\*b\\*", "*a* *b*"),
        ("&eacute; &lt;b> a<br>b<wbr>c", "é <b> a\nbc"),
        ("a <!-- b --> <kbd>c</kbd>", "a  c"),
        ("a  \nb\\\nc\nd", "a\nb\nc\nd"),
        ("<https://a.b> c@d.ef", "https://a.b c@d.ef"),
        ("\ufdd0 `a`", "\ufdd0 a"),
    ],
)
def test_plain_text(text: str, words: str) -> None:
    assert plain_text(text) == words


@given(st.one_of(phrases, emphasis, signs))
def test_plain_text_is_what_is_shown(text: str) -> None:
    # Hyperlinks without words show their address; a line may begin a block.
    assume("\n" not in text and not re.search(r"\[\s*\]|!\[", text))
    assert " ".join(plain_text(text).split()) == shown_text(our_html(text))


@given(wild_text)
def test_plain_text_of_anything(text: str) -> None:
    plain_text(text)


@pytest.mark.parametrize("entity", ["&#x202e;", "&#8294;", "&#0;", "&#xFDD0;", "&#xE0041;", "&#7;", "&#xFEFF;"])
def test_entities_cannot_hide_text(entity: str) -> None:
    assert entity_text(entity) == entity


@pytest.mark.parametrize(
    ("entity", "text"), [("&shy;", "\xad"), ("&zwnj;", "\u200c"), ("&nbsp;", "\xa0"), ("&#x2014;", "—")]
)
def test_entities_that_are_spelling(entity: str, text: str) -> None:
    assert entity_text(entity) == text
