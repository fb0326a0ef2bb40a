"""A comparison as Markdown: what strangers wrote shows itself and does nothing else, wherever it stands."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from florilegium.check.changes.changes_markdown import render_markdown
from florilegium.check.changes.comparing import compare
from florilegium.check.changes.differences import Changes
from florilegium.check.changes.inert_text import as_code, as_markdown
from florilegium.check.changes.sides import read_sides
from florilegium.check.checking import Options
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from projects import LIBRARY

FORGETTING, REMEMBERING = "notes/forgetting.md", "notes/remembering.md"
PARSERS = (MarkdownIt("commonmark"), MarkdownIt("js-default", {"html": True, "linkify": False}))
OURS = ("<details>", "<summary>", "</summary>", "</details>")

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=https://evil.example/x.png>",
    "</details></summary><h1>free",
    "<!-- hidden",
    "&lt;b&gt; &#60;b&#62;",
    "![x](https://evil.example/x.png)",
    "[x](https://evil.example)",
    "[x]: https://evil.example",
    "[x][x] [x]",
    "<https://evil.example>",
    "https://evil.example www.evil.example evil.example x@evil.example",
    "@maintainer @org/team #123 GH-12 org/repo#7 !5 ~label %milestone $snippet :tada: &3",
    "0123456789abcdef0123456789abcdef01234567",
    "`` ` ``` code",
    "```\nfence",
    "~~~ **bold** ~~gone~~ __x__ _y_ *z*",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "$x$ $`y`$ $$z$$",
    "\\<b> \\\\[x](y)",
    "# heading",
    "1. one",
    "- item",
    "+ item",
    "> quote",
    "    indented",
    "===",
    "---",
    "x\n===",
    "[^1] [^1]: note",
    "- [ ] task",
    "\u202etxt\u2066 \x1b[31m \x00 \u200b",
    "::error::x ##[error]x",
)


def tokens(text: str, parser: MarkdownIt) -> Iterator[Token]:
    for token in parser.parse(text):
        yield token
        yield from token.children or ()


def elements(text: str, parser: MarkdownIt) -> list[str]:
    """What the Markdown makes besides text."""
    return [t.type for t in tokens(text, parser) if t.type not in ("text", "inline", "softbreak", "text_special")]


def shown(text: str) -> str:
    """What a reader sees, without the joiners that nobody sees."""
    found = "".join(t.content for t in tokens(text, PARSERS[0]) if t.type in ("text", "text_special", "code_inline"))
    return found.replace("\u2060", "")


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_text(text, parser):
    made = as_markdown(text)
    assert elements(made, parser) == ["paragraph_open", "paragraph_close"], made
    if text.isprintable():
        assert shown(made) == " ".join(text.split())


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("text", HOSTILE)
def test_names_are_code(text, parser):
    assert elements(f"- {as_code(text)} x", parser).count("code_inline") == 1
    made = [e for e in elements(as_code(text), parser) if not e.startswith("paragraph")]
    assert made == ["code_inline"], as_code(text)


@given(st.text(st.sampled_from("ab1 \n`*_[]()<>#!&\\~|:/.@-+=$^{}\"'"), max_size=30))
def test_any_text_is_text(text):
    if text.strip():
        for parser in PARSERS:
            assert elements(as_markdown(text), parser) == ["paragraph_open", "paragraph_close"]
            assert elements(f"> {as_markdown(text)}", parser)[0] == "blockquote_open"
            assert len(elements(f"> {as_markdown(text)}", parser)) == 4
        assert shown(as_markdown(text)) == " ".join(text.split())


FOUND_BY_HOSTS = re.compile(
    r"""[@\#!~%&][\w-] | \bGH-\d | \bwww\.\w | ://\w | :\w+: | \b[0-9a-f]{7,40}\b | \w@\w | \w\.(?:com|org|example)\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""What code hosts make links of in text that is no code, after Markdown was read."""


@pytest.mark.parametrize("text", HOSTILE)
def test_hosts_find_no_names(text):
    found = "".join(t.content for t in tokens(as_markdown(text), PARSERS[0]) if t.type in ("text", "text_special"))
    assert not FOUND_BY_HOSTS.search(found), found


# ------------------------------------------------------------------------------------------------ whole comparisons


@pytest.fixture
def diff(tmp_path: Path, write: Callable[..., Path]) -> Callable[..., Changes]:
    def compare_files(after: Mapping[str, str], before: Mapping[str, str] = LIBRARY) -> Changes:
        for name, files in (("before", before), ("after", after)):
            write(tmp_path / name / "annotations", dict(files))
        options = Options(root=tmp_path, executor=None)
        return compare(*read_sides(str(tmp_path / "before"), str(tmp_path / "after"), options))

    return compare_files


def hostile_library() -> dict[str, str]:
    words = "\n>\n> ".join("x " + " ".join(text.split()).replace("\x00", "") for text in HOSTILE)
    everywhere = "x <b>y</b> [l](https://evil.example) ![i](https://evil.example/i.png) @maintainer #12 `c` ~~g~~ **s**"
    value = "'" + everywhere.replace("'", "''") + "'"
    note = (
        LIBRARY[REMEMBERING]
        .replace("I kept every word of it.", words)
        .replace("the author", f"the author {everywhere}")
    )
    note = note.replace("title: On remembering", f"title: {value}").replace(
        "title: Remembering well", f"title: {value}"
    )
    note = note.replace("#amnesia #numbing {", "#amnesia #numbing !drug-use {")
    theme = LIBRARY["themes/numbing.md"].replace("label: Numbing", f"label: {value}")
    settings = LIBRARY["library.yml"].replace("title: A library for tests", f"title: {value}")
    settings += f"help: {value}\nexceptions: [{{rule: missing-locator, paths: [{value}], reason: {value}}}]\n"
    return {**LIBRARY, REMEMBERING: note, "themes/numbing.md": theme, "library.yml": settings}


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("reverse", [False, True])
def test_a_hostile_change(diff, parser, reverse):
    sides = (hostile_library(), LIBRARY)
    text = render_markdown(diff(*(reversed(sides) if reverse else sides)))
    made = list(tokens(text, parser))
    assert not [t.type for t in made if t.type in ("link_open", "image", "fence", "code_block", "table_open", "hr")]
    html = "".join(t.content for t in made if t.type.startswith("html"))
    assert "evil" not in html
    assert set(re.findall(r"<[^>]*>", html)) <= set(OURS)
    assert html.count("<details>") == html.count("</details>") == 1
    visible = "".join(t.content for t in made if t.type in ("text", "text_special"))
    # CommonMark by itself knows no `~~`, which are ours.
    assert parser is PARSERS[0] or not FOUND_BY_HOSTS.search(visible)
    headings = [made[i + 1].content for i, t in enumerate(made) if t.type == "heading_open"]
    assert headings == ["What changes in the library", "Settings of the library", *HEADINGS]


HEADINGS = ["Quotations", "Notes", "Themes", "Works", "Words quoted of each work", "Other pages that change with it"]


def test_a_change_of_words(diff):
    text = render_markdown(
        diff({**LIBRARY, REMEMBERING: LIBRARY[REMEMBERING].replace("every word", "no *word* or two")})
    )
    assert "\n  > I kept ~~every~~ **no** word **or two** of it.\n" in text
    assert "<details>" not in text


def test_words_behind_a_notice_are_folded(diff):
    text = render_markdown(diff({**LIBRARY, FORGETTING: LIBRARY[FORGETTING].replace("is gone.", "is lost.")}))
    before, _, folded = text.partition("<details><summary>Content notice: drug-use</summary>")
    assert "lost" not in before
    assert "~~gone.~~ **lost.**" in folded.partition("</details>")[0]
    assert "lost" not in folded.partition("</details>")[2]


def test_a_change_that_does_not_fit(diff):
    note = LIBRARY[REMEMBERING].split("---\n", 2)[1]
    quotes = "".join(
        f"> Number {n} of the many words.\n>\n> — the author, in [@roe2010, p. 5] #amnesia {{#number-{n}}}\n\n"
        for n in range(500)
    )
    found = diff(
        {**LIBRARY, "notes/many.md": f"---\n{note}---\n{quotes}", **{"themes/numbing.md": "---\nlabel: X\n---\n"}}
    )
    everything = render_markdown(found)
    assert "not shown here" not in everything
    for size in (2_000, 10_000, 20_000):
        text = render_markdown(found, max_bytes=size)
        assert len(text.encode()) <= size
        cut = re.search(r"_(\d+) entries are not shown here", text)
        assert cut
        assert int(cut[1]) + entries(text) == entries(everything)


def entries(text: str) -> int:
    return len(re.findall(r"^- ", text, re.MULTILINE))


def test_long_words_are_cut(diff):
    note = LIBRARY[REMEMBERING].replace("I kept every word of it.", "word " * 100_000)
    text = render_markdown(diff({**LIBRARY, REMEMBERING: note}))
    assert len(text) < 10_000
    assert "more characters" in text
