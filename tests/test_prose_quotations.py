"""Quotations in running prose: what is one, from which work, and that they are compared as others are."""

from datetime import date
from pathlib import Path

import pytest
from florilegium.check.checking import Options, check_library
from florilegium.check.coverage.coverage_report import text_report
from florilegium.check.coverage.coverage_sections import coverage_of
from florilegium.check.verifying import verify_library
from florilegium.core.model import Quote
from florilegium.core.spans import LineTable
from florilegium.markdown.bodies import parse_body
from folders import write_files
from planned import LIBRARY

TODAY = date(2026, 11, 28)


def found(text: str, note: str = "n") -> list[tuple[str, str]]:
    body = parse_body(LineTable("annotations/notes/n.md", text), 0, note).body
    return [(quote.words, quote.reference.key if quote.reference else "") for quote in body.prose_quotes]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('She says "we kept it all away" [@doe, p. 3].', [("we kept it all away", "doe")]),
        ("She says “we kept *it*\nall away.” [@doe]", [("we kept it all away.", "doe")]),
        ('@doe says that "we kept it all away". Later "others gave it all up" [@roe].',
         [("we kept it all away", "doe"), ("others gave it all up", "roe")]),
        ('Doe [-@doe, p. 4] writes: "We kept it. All of it."', [("We kept it. All of it.", "doe")]),
        ("„Wir haben alles behalten“ [@doe]", [("Wir haben alles behalten", "doe")]),
        ("« Nous avons tout gardé ici » [@doe]", [("Nous avons tout gardé ici", "doe")]),
        ("‘We don’t keep it all’ [@doe]", [("We don’t keep it all", "doe")]),
        ("他写道「我们把一切都保留下来」[@doe]", [("我们把一切都保留下来", "doe")]),
        ('"One of them kept it" and "another gave it up" [@doe]',
         [("One of them kept it", "doe"), ("another gave it up", "doe")]),
        ('"One of them kept it" [@doe; @roe]', [("One of them kept it", "")]),
        ('- in a list: "we kept it all" [@doe]', [("we kept it all", "doe")]),
        ('So "numb" they were [@doe].', []),
        ('He said "we kept it all away". Another sentence [@doe].', []),
        ('"We kept it all away" without a work.', []),
        ('"We kept it [@doe] all away"', []),
        ('It was 5" long and 6" wide, not more than that" [@doe]', []),
        ('`"we kept it all away"` [@doe]', []),
        ('> "We kept it all away" [@doe]', []),
        ('> "We kept it all away"\n>\n> — the author, [@doe]', []),
    ],
)  # fmt: skip
def test_what_is_a_quotation(text: str, wanted: list[tuple[str, str]]) -> None:
    assert found(text) == wanted


def test_themes_quote_nobody() -> None:
    assert found('"We kept it all away" [@doe]', note="") == []


PROSE = '\nRoe says "I kept most of it" [@roe2010], and "I gave all of it up" [@roe2010].\n'
FILES = {**LIBRARY, "notes/remembering.md": LIBRARY["notes/remembering.md"] + PROSE}


def library(root: Path, files: dict[str, str]) -> Options:
    write_files(root, {f"annotations/{name}": text.encode() for name, text in files.items()})
    (root / "roe.txt").write_text("Remembering well, by Roe. I kept every word of it. I kept most of it.\n")
    return Options(root=root, today=TODAY, remember=False)


def test_they_are_compared_recorded_and_counted(tmp_path: Path) -> None:
    options = library(tmp_path, FILES)
    result = verify_library(options, {"roe2010": tmp_path / "roe.txt"})
    assert (result.compared, result.verified) == (5, 2)
    messages = [one.message for one in result.diagnostics if one.rule == "quote-not-in-source"]
    assert 'the words "I gave all of it up" do not stand in "roe2010", the work cited beside them' in messages
    lock = (tmp_path / "annotations/quotes.lock").read_text()
    assert lock.count("remembering/~") == 1
    lines = list(text_report(coverage_of(check_library(options).links)))
    assert "2 quotations in running prose, of which 1 was not verified" in lines
    # The entry goes stale when the words change, and follows them nowhere.
    path = tmp_path / "annotations/notes/remembering.md"
    path.write_text(path.read_text().replace("kept most of it", "kept some of it"))
    stale = [one for one in check_library(options).diagnostics if one.rule == "stale-lock-entry"]
    assert [one.message for one in stale] == [
        'the prose of "remembering" no longer has a quotation that was compared on 2026-11-28'
    ]


def test_a_library_can_do_without(tmp_path: Path) -> None:
    settings = LIBRARY["library.yml"] + "prose-quotations: false\n"
    options = library(tmp_path, {**FILES, "library.yml": settings})
    assert verify_library(options, {"roe2010": tmp_path / "roe.txt"}).compared == 3
    assert not [line for line in text_report(coverage_of(check_library(options).links)) if "running prose" in line]


def test_its_id_is_of_its_words() -> None:
    body = parse_body(LineTable("n.md", 'He "kept it all away" [@doe], "kept it all away" [@doe]'), 0, "n").body
    ids = {quote.id for quote in body.prose_quotes}
    assert len(ids) == 1
    assert all(isinstance(quote, Quote) and quote.is_prose for quote in body.prose_quotes)
