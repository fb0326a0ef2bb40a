"""Citations: read as Pandoc reads them, and written so that they read back the same."""

import json
import subprocess
from typing import Any

import pypandoc
import pytest
from florilegium.core.model import Citation, CitationMode, Locator, Reference
from florilegium.core.spans import LineTable, Span
from florilegium.markdown.bodies import parse_body
from florilegium.markdown.citations import (
    is_plain_key,
    parse_citations,
    parse_locator,
    render_citation,
)
from florilegium.markdown.locator_labels import LOCATOR_LABELS
from florilegium.markdown.positions import normalise_lines
from hypothesis import given
from hypothesis import strategies as st
from markdown_oracle import wild_text

NOWHERE = Span("x", 1, 1, 1, 1)


def cite(text: str) -> list[Citation]:
    return list(parse_body(LineTable("x", text), 0).body.citations)


# -- Pandoc

PANDOC = r"""
[@a]
[see @a, p. 3]
[@a; @b]
[see @a, pp. 3-5; also -@b, ch. 2]
@a says
@a [p. 3] says
@a [p. 3; also @b] says
@a [see @b]
@a [@b]
@a [-@b]
@a[p. 3]
@a [p. 3](x)
@a [^1]
@a, and
(see @a)
x @a.
[-@a]
-@a says
x-@a
[@{a b}]
[@{a(b)c}]
@{https://x.org/a?b=c}
[@a.b.]
[@a:b/c, p. 2]
a@b
a.@b
[@a](x)
[x @a](x)
[@a][b]
[[@a]]
[x [@a] y]
[@a [x] y]
[see [x] @a]
[@a, [x]]
[see @a and @b; c]
[a; @b]
[@a;]
[@a, p. 3, and more]
[@a p. 3]
[@a 3]
[@a, {p. 3 and so}]
[@a, {}, p. 3]
[@a{p. 3}x]
[@a, §3]
[@a, passim]
[@a,p. 3]
\@a
[\@a]
`@a`
<a@b.co>
[x](https://x.org/@a)
@a_b-c
@1a
@_a
[@*]
[@a--b]
[@a#b]
[@é]
[@a:]
[@a's book]
@a's book
[@a!]
[@a?b]
[@a%b&c+d]
""".strip().split("\n")
"""Text with citations; each is a paragraph."""


def oracle(paragraphs: list[str]) -> list[list[list[tuple[str, str, str]]]]:
    """Keys, modes and prefixes of the citations of each paragraph, as Pandoc reads them; one process for all."""
    document = "\n\n".join(f"::: x\n{paragraph}\n:::" for paragraph in paragraphs)
    command = [pypandoc.get_pandoc_path(), "-f", "markdown-example_lists-bracketed_spans", "-t", "json"]
    answer = subprocess.run(command, input=document, capture_output=True, text=True, check=True).stdout
    return [list(found_in(block["c"])) for block in json.loads(answer)["blocks"] if block["t"] == "Div"]


def found_in(node: Any) -> Any:
    if isinstance(node, dict) and node.get("t") == "Cite":
        yield [(c["citationId"], c["citationMode"]["t"], words(c["citationPrefix"])) for c in node["c"][0]]
    elif isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from found_in(child)


def words(inlines: Any) -> str:
    return "".join(node.get("c", " ") if isinstance(node.get("c", " "), str) else "?" for node in inlines)


MODES = {
    CitationMode.NORMAL: "NormalCitation",
    CitationMode.SUPPRESS_AUTHOR: "SuppressAuthor",
    CitationMode.AUTHOR_IN_TEXT: "AuthorInText",
}


def test_the_same_citations_as_pandoc() -> None:
    for text, expected in zip(PANDOC, oracle(PANDOC), strict=True):
        ours = [[(r.key, MODES[r.mode], r.prefix) for r in found.references] for found in cite(text)]
        assert ours == expected, text


CONTEXTS = {
    "heading": "# {}",
    "item": "- {}",
    "cell": "| {} |\n|---|\n| y |",
    "emphasis": "*x {} y*",
    "strong": "**x {} y**",
    "link": "[x {} y](https://x.org/)",
    "footnote": "a[^n]\n\n[^n]: {}",
    "quote": "> {}",
}
DIFFERENT = {
    # Pandoc lets a heading be the target of a link by its text.
    ("heading", "[[@a]]"),
    # CommonMark binds emphasis first.
    ("emphasis", "[@*]"),
    # A link within a link is the inner one for CommonMark, the outer one for Pandoc.
    ("link", "@a [p. 3](x)"),
    ("link", "[x](https://x.org/@a)"),
    ("link", "[see [x] @a]"),
}


@pytest.mark.slow
def test_the_same_citations_as_pandoc_wherever_they_stand() -> None:
    cases = [(name, text) for name in CONTEXTS for text in PANDOC]
    texts = [CONTEXTS[name].replace("{}", text).replace("[^n]", f"[^n{n}]") for n, (name, text) in enumerate(cases)]
    different = {
        case
        for case, text, expected in zip(cases, texts, oracle(texts), strict=True)
        if [[(r.key, MODES[r.mode], r.prefix) for r in found.references] for found in cite(text)] != expected
    }
    assert different == DIFFERENT


# -- locators, which Pandoc takes apart only when it formats


@pytest.mark.parametrize(
    ("after_key", "label", "value", "rest"),
    [
        (", p. 3", "page", "3", ""),
        (" p. 3", "page", "3", ""),
        (",p.3", "page", "3", ""),
        (", pp. 33, 35-37, and nowhere else", "page", "33, 35-37", ", and nowhere else"),
        (", page 3", "page", "3", ""),
        (", Pages 3–5", "page", "3–5", ""),
        (", p. 3ff.", "page", "3ff.", ""),
        (", p. III", "page", "III", ""),
        (", iv", "page", "iv", ""),
        (", pp. iv-x, xi", "page", "iv-x, xi", ""),
        (" 3-5, 7", "page", "3-5, 7", ""),
        (", A3", "page", "A3", ""),
        (", 12:30", "page", "12:30", ""),
        (", timestamp 12:30", "timestamp", "12:30", ""),
        (", chapter 2", "chapter", "2", ""),
        (", ch. 2, p. 3", "chapter", "2", ", p. 3"),
        (", §3.1", "section", "3.1", ""),
        (", ¶ 4", "paragraph", "4", ""),
        (", fol. 3r", "folio", "3r", ""),
        (", {p. 3 and so}", "page", "3 and so", ""),
        (", {s.v. `x`} y", "sub-verbo", "`x`", " y"),
        ("{p. 3}x", "page", "3", "x"),
        (", p.", "page", "", ""),
        (", s.v. “word”", "sub-verbo", "“word”", ""),
    ],
)
def test_locators(after_key: str, label: str, value: str, rest: str) -> None:
    locator, end = parse_locator(after_key, 0, len(after_key), LineTable("x", after_key).span)
    assert locator is not None
    assert (locator.label, locator.value, after_key[end:]) == (label, value, rest)


@pytest.mark.parametrize(
    "after_key", ["", ", passim", ", and p. 3", ", parts of it", ", {}", "'s book", ", i think so", ", p"]
)
def test_what_is_no_locator(after_key: str) -> None:
    locator, _ = parse_locator(after_key, 0, len(after_key), LineTable("x", after_key).span)
    assert locator is None


# -- round trips

keys = st.one_of(
    st.from_regex(r"[a-zA-Z0-9_é][a-zA-Z0-9_:./é-]{0,8}", fullmatch=True),
    st.text(alphabet="abé0(),;@[]*<>|\"'=!`", min_size=1, max_size=6),
)
prose = st.sampled_from(["", "", "see", "also, e.g.", "cf. the table in"])
locators = st.one_of(
    st.none(),
    st.builds(
        Locator,
        label=st.sampled_from(sorted(LOCATOR_LABELS)),
        value=st.sampled_from(["3", "3-5", "12, 14", "iv", "A3", "3 and more", "12:30", "“word”"]),
        span=st.just(NOWHERE),
    ),
)


def references(mode: st.SearchStrategy[CitationMode]) -> st.SearchStrategy[Reference]:
    return st.builds(
        Reference,
        key=keys,
        span=st.just(NOWHERE),
        key_span=st.just(NOWHERE),
        mode=mode,
        prefix=prose,
        suffix=st.sampled_from(["", "", ", and more", "in part"]),
        locator=locators,
    )


bracketed = st.lists(
    references(st.sampled_from([CitationMode.NORMAL, CitationMode.SUPPRESS_AUTHOR])), min_size=1, max_size=3
)
textual = st.tuples(
    references(st.just(CitationMode.AUTHOR_IN_TEXT)).map(lambda reference: reference._replace(prefix="", suffix="")),
    st.lists(references(st.just(CitationMode.NORMAL)), max_size=2),
).map(lambda pair: [pair[0], *pair[1]])


def values(citation: Citation) -> list[tuple[object, ...]]:
    return [
        (r.key, r.mode, r.prefix, r.suffix, r.locator and (r.locator.label, r.locator.value))
        for r in citation.references
    ]


@given(st.one_of(bracketed, textual))
def test_a_citation_that_is_written_reads_back(references: list[Reference]) -> None:
    citation = Citation(references=tuple(references), span=NOWHERE)
    text = render_citation(citation)
    found = list(parse_citations(text, LineTable("x", text).span))
    assert [values(f.citation) for f in found] == [values(citation)], text


@given(keys)
def test_plain_keys_need_no_braces(key: str) -> None:
    if is_plain_key(key):
        (found,) = cite(f"[@{key}]")
        assert found.references[0].key == key


# -- spans


@given(wild_text)
def test_citations_stand_where_they_say(text: str) -> None:
    table = LineTable("x", text)
    position = (1, 1)
    for found in cite(text):
        assert position <= found.span.start < found.span.end
        position = found.span.end
        for reference in found.references:
            assert normalise_lines(table.slice(reference.key_span)).lstrip("@{").rstrip("}") == reference.key
            assert reference.span.start <= reference.key_span.start
            assert reference.key_span.end <= reference.span.end


def test_every_part_has_its_span() -> None:
    text = "Now [see @a, p. 3, and; -@{b}] and @c [p. 4]."
    table = LineTable("x", text)
    first, second = cite(text)
    assert table.slice(first.span) == "[see @a, p. 3, and; -@{b}]"
    assert [table.slice(r.span) for r in first.references] == ["see @a, p. 3, and", "-@{b}"]
    assert [table.slice(r.key_span) for r in first.references] == ["@a", "@{b}"]
    locator = first.references[0].locator
    assert locator is not None
    assert table.slice(locator.span) == "p. 3"
    assert table.slice(second.span) == "@c [p. 4]"


def test_keys_in_braces_hold_brackets() -> None:
    found = cite("[@a; @{x]y[z}, p. 3] and [@{]}")
    assert [[r.key for r in f.references] for f in found] == [["a", "x]y[z"], ["]"]]


def test_an_omission_is_no_suffix() -> None:
    (found,) = cite("As @a […] said")
    assert found.span.end_column == len("As @a") + 1


@pytest.mark.parametrize(
    ("text", "label", "value", "suffix"),
    [
        ("S. 12–15", "page", "12–15", ""),
        ("Kap. 2, S. 14", "chapter", "2", ", S. 14"),
        ("Bd. IV", "volume", "IV", ""),
        ("cap. 3", "chapter", "3", ""),
        ("pág. 12", "page", "12", ""),
        ("стр. 12", "page", "12", ""),
        ("עמ׳ 12", "page", "12", ""),
        ("第12页", "page", "12", ""),
        ("頁12", "page", "12", ""),
        ("n° 5", "number", "5", ""),
        ('s.v. "Word", p. 3', "sub-verbo", '"Word"', ", p. 3"),
        ("sub verbo Trieb", "sub-verbo", "Trieb", ""),
        ("00:12:30", "timestamp", "00:12:30", ""),
    ],
)
def test_places_are_read_in_the_words_of_many_languages(text, label, value, suffix):
    found = parse_citations(f"[@k, {text}]", LineTable("", f"[@k, {text}]").span)
    reference = next(iter(found)).citation.references[0]
    assert (reference.locator.label, reference.locator.value, reference.suffix) == (label, value, suffix)


@pytest.mark.parametrize("text", ["s. 3", "Satz 3", "t. 2", "note that 3 of them", "Seite an Seite", "Teil eins"])
def test_what_only_looks_like_a_place_is_none(text):
    found = parse_citations(f"[@k, {text}]", LineTable("", f"[@k, {text}]").span)
    locator = next(iter(found)).citation.references[0].locator
    assert locator is None or locator.value == text
