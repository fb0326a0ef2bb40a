"""Bodies: what stands in the Markdown of a note, and where."""

import time

import pytest
from florilegium.core.model import Body
from florilegium.core.spans import LineTable, Span
from florilegium.markdown.headings import make_anchor
from florilegium.markdown.positions import normalise_lines
from hypothesis import given
from markdown_oracle import PATH, documents, read, wild_text

ATTRIBUTION = '\n>\n> — a participant "Dana", in [@a, p. 3], quoted in [@b] #x #y !z {#an-id}'


def quoting(words: str) -> str:
    return "> " + words.replace("\n", "\n> ") + ATTRIBUTION


def rules(text: str) -> list[tuple[str, str]]:
    """Rule and underlined text of every finding."""
    table = LineTable(PATH, text)
    return [(d.rule, table.slice(d.span)) for d in read(text).diagnostics]


def spans(body: Body) -> list[Span]:
    found = [x.span for x in (*body.headings, *body.hyperlinks, *body.citations)]
    found += [r.key_span for c in body.citations for r in c.references]
    for quote in body.quotes:
        found += [quote.span, quote.words_span, quote.attribution_span, quote.id_span]
        found += [m.span for m in (*quote.themes, *quote.notices)] + [r.span for r in quote.references]
    return found


@given(wild_text)
def test_any_text_has_a_body_with_its_spans_inside(text: str) -> None:
    parsed = read(text)
    table = LineTable(PATH, text)
    end = table.position(len(text))
    for span in [*spans(parsed.body), *(d.span for d in parsed.diagnostics)]:
        assert span.path == PATH
        assert (1, 1) <= span.start <= span.end <= end
    assert parsed.body.text == normalise_lines(text)


@given(documents)
def test_quotes_and_block_quotes(text: str) -> None:
    parsed = read(quoting("w") + "\n\n" + text)
    assert parsed.body.quotes[0].words == "w"
    assert len(parsed.tree.quotes) == len(parsed.body.quotes)


def test_everything_that_links_is_found() -> None:
    text = (
        '# One *two* {#own}\n\n[@a] and [b](c.md "t") <https://d.e> f@g.hi ![i](j.png) [k][l]\n\n[l]: /themes/\n\n'
        "| [@m] | `|` |\n|---|---|\n| [n](o.md) | @p |\n\n[^q]: [@r]\n"
    )
    table = LineTable(PATH, text)
    body = read(text).body
    assert [(h.level, h.text, h.id) for h in body.headings] == [(1, "One two", "own")]
    targets = [(h.target, h.image) for h in body.hyperlinks]
    assert targets == [
        ("c.md", False),
        ("https://d.e", False),
        ("mailto:f@g.hi", False),
        ("j.png", True),
        ("/themes/", False),
        ("o.md", False),
    ]
    assert [table.slice(h.span) for h in body.hyperlinks][:2] == ["c.md", "<https://d.e>"]
    assert [c.references[0].key for c in body.citations] == ["a", "m", "p", "r"]
    assert [table.slice(c.span) for c in body.citations] == ["[@a]", "[@m]", "@p", "[@r]"]


def test_citations_are_in_reading_order() -> None:
    text = "[@a]\n\n> [@b]\n>\n> — a participant, in [@c] #x {#y}\n\n- [@d] @e\n\n| [@f] | [@g] |\n|--|--|\n"
    parsed = read(text)
    assert [c.references[0].key for c in parsed.body.citations] == ["a", "b", "d", "e", "f", "g"]
    assert [c.references[0].key for c in parsed.body.quotes[0].citations] == ["b"]


def test_a_quote() -> None:
    text = "Before.\n\n" + quoting("Heroin *helps* me\nforget. [she] […]\n\n- one") + "\n\nAfter."
    table = LineTable(PATH, text)
    parsed = read(text)
    assert not parsed.diagnostics
    (quote,) = parsed.body.quotes
    assert quote.words == "Heroin helps me\nforget. [she] […]\none"
    assert quote.address == "x/an-id"
    assert quote.speaker is not None
    assert (quote.speaker.text, quote.speaker.name) == ('a participant "Dana"', "Dana")
    assert [r.key for r in quote.references] == ["a", "b"]
    assert ([m.id for m in quote.themes], [m.id for m in quote.notices]) == (["x", "y"], ["z"])
    assert table.slice(quote.span) == quoting("Heroin *helps* me\nforget. [she] […]\n\n- one")
    assert table.slice(quote.id_span) == "{#an-id}"
    assert table.slice(quote.attribution_span).startswith("— a participant")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a `*b*` \\*c\\*", "a *b* *c*"),
        ("    *code*", "*code*"),
        ("```\n*code*\n```", "*code*"),
        ("| a | *b* |\n|---|---|\n| c | d |", "a b\nc d"),
        ("> nested\n\nouter", "nested\nouter"),
        ("## Heading\n\ntext", "Heading\ntext"),
        ("a <!-- b --> c<br>d", "a  c\nd"),
        ("p = .03*, .04*", "p = .03*, .04*"),
        ("[l]: /themes/\nx", "x"),
    ],
)
def test_the_words_of_a_quote_are_what_is_shown(words: str, expected: str) -> None:
    (quote,) = read(quoting(words)).body.quotes
    assert quote.words == expected


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("a <script>b</script>", ("forbidden-html", "<script>")),
        ("<script>\nb\n</script>", ("forbidden-html", "<script>")),
        ("<textarea>\n\nb", ("forbidden-html", "<textarea>")),
        ("a <b onclick='x'>c</b>", ("forbidden-html", "<b onclick='x'>")),
        ("a <b>c", ("forbidden-html", "<b>")),
        ("a <b>c\n\nd</b>", ("forbidden-html", "</b>")),
        ("a <b", ("forbidden-html", "<b")),
        ("<details>\n\na", ("forbidden-html", "<details>")),
        ("- <details>\n\nb\n\n</details>", ("forbidden-html", "<details>")),
        ("<!-- a", ("forbidden-html", "<!--")),
        ("a <!-- b\nc", ("forbidden-html", "<!--")),
        ("<!-- a --> <script>", ("forbidden-html", "<script>")),
        ("<?php ?>", ("forbidden-html", "<?php ?>")),
        ("a &#x202e; b", ("invisible-character", "&#x202e;")),
        ("```\na", ("unclosed-fence", "```")),
        ("> a", ("unattributed-quote", "> a")),
        (">" * 17 + " a", ("too-deep", "")),
        ("<details>\n" * 17, ("too-deep", "<details>")),
        ("> a\n>\n> — b, [@c]", ("missing-quote-id", "")),
        ("> a\n>\n> — b, [\\@c] {#d}", ("malformed-attribution", "— b, [\\@c] {#d}")),
    ],
)
def test_findings(text: str, finding: tuple[str, str]) -> None:
    assert finding in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "a <b>c</b> <br> d<wbr>e <kbd lang='en'>f</kbd> <!-- g -->",
        "<details open><summary>a b</summary>\n\nc\n\n</details>",
        "<dl>\n<dt>a</dt>\n<dd>b\n\n*c*\n\n</dd>\n</dl>",
        "<!-- a\n\nb -->\n\nc",
        "a < b, x<y, 1 <2 `<script>`\n\n    <script>",
        "&shy; &zwnj; &nbsp; &eacute; &bogus;",
        "```\na\n```",
        "<p@q.rs> <https://a.b/c>",
        "[a]: https://b.c 'd'",
        "[a]: /b/\n---\n",
    ],
)
def test_near_misses(text: str) -> None:
    assert rules(text) == []


def test_markdown_behind_a_comment_is_not_read_and_that_is_said() -> None:
    assert read("<!-- a --> b [@c]").body.citations == ()
    assert rules("<!-- a --> b [@c]") == [("markdown-in-html", "b [@c]")]


def test_definitions_alone_make_no_heading() -> None:
    assert read("[a]: /themes/\n---\n").body.headings == ()
    assert [h.text for h in read("[a]: /themes/\nb\n---\n").body.headings] == ["b"]


def test_anchors_differ_and_are_ours() -> None:
    text = "# A b!\n# A b\n# a-b-1\n# A b\n# __config\n# q-x\n# Fn\n# !\n# Überschrift\n# x {#MyOwn}\n"
    ids = [h.id for h in read(text).body.headings]
    assert ids == ["a-b", "a-b-1", "a-b-1-1", "a-b-2", "config", "s-q-x", "s-fn", "section", "überschrift", "myown"]


@given(documents)
def test_anchors_are_unique(text: str) -> None:
    ids = [heading.id for heading in read(f"# a\n# a 1\n# a-1\n{text}\n# a").body.headings]
    assert len(ids) == len(set(ids))


def test_many_equal_headings_take_linear_time() -> None:
    taken: dict[str, int] = {}
    start = time.process_time()
    for _ in range(20_000):
        make_anchor("the same", taken)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "words",
    [
        "— die Autorin, in [@a, S. 3], zitiert nach [@b] #x {#an-id}",
        "— l'autrice, dans [@a], citée dans [@b] #x {#an-id}",
        "— la autora, en [@a], citada por [@b] #x {#an-id}",
        "— המחברת, ב [@a], מצוטטת אצל [@b] #x {#an-id}",
        "— 作者，见 [@a]，转引自 [@b] #x {#an-id}",
    ],
)
def test_the_words_before_a_work_may_be_of_another_language(words):
    parsed = read(f"> Words.\n>\n> {words}\n")
    assert [d.message for d in parsed.diagnostics] == []
    quote = parsed.body.quotes[0]
    assert [reference.key for reference in quote.references] == ["a", "b"]
    assert quote.speaker.text in ("die Autorin", "l'autrice", "la autora", "המחברת", "作者")
