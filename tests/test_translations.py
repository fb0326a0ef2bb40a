"""Translated quotations: shown with their originals everywhere, and nowhere called verified."""

import csv
import io
import json
import subprocess
from pathlib import Path

import pypandoc
import pytest
from florilegium.core.spans import LineTable
from florilegium.markdown.bodies import parse_body
from florilegium.markdown.prose_tree import shown_text
from florilegium.quotations.verification import named_quotes
from florilegium.site.pages.planned_pages import PagePlan
from florilegium.site.search.index_records import documents
from planned import LIBRARY, contents, planned

PAIR = """
> Ich habe alles behalten.
>
> — the author, in [@roe2010, p. 5] #amnesia !trauma {#behalten}

> I have kept *all* of it.
>
> — translated by Robin Smith, of [@roe2010, p. 5] {of=#behalten}

> J’ai tout gardé.
>
> — traduit par Ana Pérez, in [@doe2009, p. 4] {of=#behalten lang=fr}
"""
FILES = {**LIBRARY, "notes/remembering.md": LIBRARY["notes/remembering.md"] + PAIR}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> PagePlan:
    return planned(tmp_path_factory.mktemp("translations"), FILES)


def page(plan: PagePlan, path: str) -> str:
    return plan.pages[path].render().decode()


@pytest.mark.parametrize("path", ["notes/remembering.md", "themes/amnesia.md", "works/roe2010.md"])
def test_a_card_shows_both_wherever_it_stands(plan: PagePlan, path: str) -> None:
    text = page(plan, path)
    assert "Ich habe alles behalten." in text
    start = text.index("Ich habe alles behalten.")
    closed = text[text.rindex("<details", 0, start) : text.index("</details>", start)]
    assert '<blockquote lang="en" dir="auto"><p>I have kept <em>all</em> of it.</p></blockquote>' in closed
    assert "Translated by Robin Smith; not verified" in closed
    assert "Translated by Ana Pérez, in Doe, 2009, p. 4; not verified" in closed
    assert text.count("I have kept") == 1
    assert "{of=" not in text


def test_exports_name_the_translator(plan: PagePlan) -> None:
    found = contents(plan, "data/library.json", "data/quotes.csv", "data/quotes.jsonl", "notes/remembering.md")
    quotes = {quote["id"]: quote for quote in json.loads(found["data/library.json"])["quotes"]}
    assert quotes["remembering/kept"]["translations"] == []
    assert quotes["remembering/behalten"]["translations"] == [
        {
            "words": "I have kept all of it.",
            "language": "en",
            "translator": "Robin Smith",
            "published_in": None,
        },
        {
            "words": "J’ai tout gardé.",
            "language": "fr",
            "translator": "Ana Pérez",
            "published_in": {"key": "doe2009", "locator": {"label": "page", "value": "4"}},
        },
    ]
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(found["data/quotes.csv"].decode("utf-8-sig")))}
    assert rows["remembering/behalten"]["translations"].split("\n") == [
        "[en] I have kept all of it. (Translated by Robin Smith; not verified)",
        "[fr] J’ai tout gardé. (Translated by Ana Pérez, in Doe, 2009, p. 4; not verified)",
    ]
    annotation = next(
        one for one in map(json.loads, found["data/quotes.jsonl"].decode().splitlines()) if "behalten" in str(one)
    )
    assert [(body["language"], body["value"]) for body in annotation["body"] if "language" in body] == [
        ("en", "I have kept all of it."),
        ("fr", "J’ai tout gardé."),
    ]
    assert "> — Translated by Robin Smith; not verified" in found["notes/remembering.md"].decode()


def test_the_search_knows_each_paragraph_by_its_language(plan: PagePlan) -> None:
    records = [
        record
        for document in documents(plan.site, lambda _path: "")
        for record in document.make().records
        if record.paragraphs == ["Ich habe alles behalten."]
    ]
    assert [list(record.translations) for record in records] == [
        [("en", "I have kept all of it."), ("fr", "J’ai tout gardé.")]
    ]


def test_a_translation_is_compared_with_nothing(plan: PagePlan) -> None:
    compared = [quote.words for quote, _ in named_quotes(plan.site.links.library)]
    assert "Ich habe alles behalten." in compared
    assert not any("kept all" in words for words in compared)


def test_pandoc_and_others_show_both() -> None:
    command = [pypandoc.get_pandoc_path(), "--from=markdown", "--to=html"]
    html = subprocess.run(command, input=PAIR, capture_output=True, text=True, encoding="utf-8", timeout=60).stdout
    for part in ("Ich habe alles behalten.", "translated by Robin Smith", "{of=#behalten}", "{of=#behalten lang=fr}"):
        assert part in html
        assert part in shown_text(PAIR)
    assert html.count("<blockquote>") == 3


def test_a_translation_that_no_quotation_claims_stays_in_the_text(tmp_path: Path) -> None:
    text = LIBRARY["notes/remembering.md"] + PAIR.replace("of=#behalten}", "of=#nobody}")
    settings = LIBRARY["library.yml"] + "rules:\n  malformed-translation: warning\n"
    found = planned(tmp_path, {**LIBRARY, "library.yml": settings, "notes/remembering.md": text})
    assert "I have kept <em>all</em> of it." in page(found, "notes/remembering.md")


def test_bodies_of_translations_are_no_quotes() -> None:
    body = parse_body(LineTable("x.md", PAIR), 0, "n").body
    assert [quote.id for quote in body.quotes] == ["behalten"]
    assert [(one.of.id, one.translator, one.language, one.is_published) for one in body.translations] == [
        ("behalten", "Robin Smith", "", False),
        ("behalten", "Ana Pérez", "fr", True),
    ]


@pytest.mark.parametrize(
    ("attribution", "translator", "fault"),
    [
        ("translated from the German by Robin Smith, of [@doe] {of=#q}", "Robin Smith", ""),
        ("translation by Robin Smith {of=#q}", "Robin Smith", ""),
        ("ins Englische übersetzt von Robin Smith {of=#q}", "Robin Smith", ""),
        ("translated by Robin Smith\n> {of=#q}", "Robin Smith", ""),
        ("my translation, of [@doe] {of=#q}", "", "the translation does not say who translated"),
        ("translated by [Robin](https://example.org) {of=#q}", "", "the name of the translator holds markup"),
        ("translated by Robin Smith {of=#q} {#own}", "", '"{#own}" stands with a translation'),
        ("translated by Robin Smith, of [@doe], in [@roe] {of=#q}", "", "the translation names two works"),
    ],
)
def test_who_translated(attribution: str, translator: str, fault: str) -> None:
    parsed = parse_body(LineTable("x.md", f"> a b\n>\n> — {attribution}\n"), 0, "n")
    assert [one.translator for one in parsed.body.translations] == ([translator] if translator else [])
    assert [one.message for one in parsed.diagnostics] == ([fault] if fault else [])
