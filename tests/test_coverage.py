"""What a library rests on and what it lacks: each question with a library that it concerns, and one that it does not."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from florilegium.check.checking import Options, check_library
from florilegium.check.coverage.coverage_report import coverage_json, text_report
from florilegium.check.coverage.coverage_sections import Coverage, coverage_of
from florilegium.check.coverage.quoted_words import count_source_words
from florilegium.library.links import resolve_links
from florilegium.library.reading import read_library
from florilegium.quotations.lock_file import QUOTES_HEADER
from florilegium.quotations.matching.normal_form import words_digest
from florilegium.site.pages.coverage_page import MAX_COVERAGE_ROWS
from florilegium.site.planning import plan_site
from projects import LIBRARY

FORGETTING, REMEMBERING = "notes/forgetting.md", "notes/remembering.md"
Read = Callable[[Mapping[str, str]], Coverage]


@pytest.fixture
def read(tmp_path: Path, write: Callable[..., Path]) -> Read:
    """The coverage of a library that is given by its files."""

    def coverage(files: Mapping[str, str]) -> Coverage:
        write(tmp_path / "annotations", dict(files))
        return coverage_of(resolve_links(read_library(tmp_path).library))

    return coverage


def edited(name: str, old: str, new: str, files: Mapping[str, str] = LIBRARY) -> dict[str, str]:
    assert old in files[name]
    return {**files, name: files[name].replace(old, new)}


def quote(words: str, about: str) -> str:
    return f"\n> {words}\n>\n> — {about}\n"


def with_quotes(*quotes: str, files: Mapping[str, str] = LIBRARY) -> dict[str, str]:
    return {**files, FORGETTING: files[FORGETTING] + "".join(quotes)}


def entries(coverage: Coverage, section: str) -> dict[str, str]:
    return {entry.id: entry.text for entry in coverage.section(section).entries}


def test_quotations_that_were_not_verified(read):
    expected = {
        "forgetting/gone": "a participant, @doe2009, p. 4",
        "remembering/kept": "the author, @roe2010, p. 5",
    }
    assert entries(read(LIBRARY), "unverified-quotes") == expected
    words = "I kept every word of it."
    line = f"remembering/kept roe2010 sha256:{words_digest(words)} sha256:{'0' * 64} 7 2024-05-01"
    lock = {**LIBRARY, "quotes.lock": f"{QUOTES_HEADER}\n{line}\n"}
    assert list(entries(read(lock), "unverified-quotes")) == ["forgetting/gone"]
    changed = edited(REMEMBERING, "every word", "no word", lock)
    assert "remembering/kept" in entries(read(changed), "unverified-quotes")


def test_quotations_without_a_page(read):
    files = edited(REMEMBERING, "[@roe2010, p. 5]", "[@roe2010]")
    assert entries(read(files), "quotes-without-locator") == {"remembering/kept": "the author, @roe2010"}
    assert not entries(read(LIBRARY), "quotes-without-locator")
    # What has no pages is counted too, as its card shows it; a page in the work that was read will do.
    web = edited(REMEMBERING, "type: article-journal", "type: webpage", files)
    assert entries(read(web), "quotes-without-locator") == {"remembering/kept": "the author, @roe2010"}
    read_elsewhere = edited(REMEMBERING, "[@roe2010]", "[@roe2010], quoted in [@doe2009, p. 3]", files)
    assert not entries(read(read_elsewhere), "quotes-without-locator")


def test_themes_that_rest_on_one_work(read):
    assert entries(read(LIBRARY), "themes-of-one-source") == {"numbing": "1 quotation from @roe2010"}
    other = with_quotes(quote("Nothing at all.", "a participant, in [@doe2009, p. 7] #numbing {#nothing}"))
    assert not entries(read(other), "themes-of-one-source")


def test_themes_in_which_one_participant_speaks(read):
    section = "themes-of-one-participant"
    assert entries(read(LIBRARY), section) == {"amnesia": "1 quotation of a participant, @doe2009, p. 4"}
    # Two without a name may be two people; two of one name in one work are one.
    unnamed = quote("It went away.", "a participant, in [@doe2009, p. 7] #amnesia {#away}")
    assert not entries(read(with_quotes(unnamed)), section)
    named = edited(FORGETTING, "a participant,", 'a participant "Dana",')
    again = quote("It went away.", 'participant "Dana", in [@doe2009, p. 7] #amnesia {#away}')
    assert list(entries(read(with_quotes(again, files=named)), section)) == ["amnesia"]
    other = quote("It went away.", 'participant "Dana", in [@roe2010, p. 7] #amnesia {#away}')
    assert not entries(read(with_quotes(other, files=named)), section)


def test_themes_without_the_voice_of_a_participant(read):
    section = "themes-without-participant"
    assert entries(read(LIBRARY), section) == {"numbing": "1 quotation"}
    other = with_quotes(quote("Nothing at all.", "a participant, in [@doe2009, p. 7] #numbing {#nothing}"))
    assert not entries(read(other), section)
    # A library of essays has no participants, and misses none.
    essays = edited("library.yml", "participant, label: Participant", "poet, label: Poet")
    assert not {"themes-without-participant", "themes-of-one-participant"} & {s.id for s in read(essays).sections}


def test_themes_without_quotations(read):
    assert not entries(read(LIBRARY), "themes-without-quotes")
    files = {**LIBRARY, "themes/empty.md": "---\nlabel: Empty\n---\nNothing.\n"}
    assert entries(read(files), "themes-without-quotes") == {"empty": "0 notes"}
    above = edited("themes/numbing.md", "broader: amnesia", "broader: empty", files)
    assert not entries(read(above), "themes-without-quotes"), "its narrower themes have some"


SECOND = """  - id: poe1900
    type: book
    author: [{family: Poe}]
    title: A third work
    issued: {date-parts: [[1900]]}
"""


def test_works_that_are_cited_but_never_quoted(read):
    assert not entries(read(LIBRARY), "works-never-quoted")
    files = edited(REMEMBERING, "---\nRoe", f"{SECOND}---\nRoe [@poe1900]")
    assert entries(read(files), "works-never-quoted") == {"poe1900": "cited in 1 place"}
    listed_only = edited(REMEMBERING, "---\nRoe", f"{SECOND}---\nRoe")
    assert not entries(read(listed_only), "works-never-quoted")


def test_works_that_are_quoted_but_have_no_note(read):
    assert not entries(read(LIBRARY), "quoted-works-without-note")
    files = edited(REMEMBERING, "---\nRoe", f"{SECOND}---\nRoe")
    files[REMEMBERING] += quote("Never more, ever.", "the author, in [@poe1900, p. 1] #amnesia {#never}")
    assert entries(read(files), "quoted-works-without-note") == {"poe1900": "quoted in 1 quotation"}


def test_what_notes_rest_on(read):
    assert entries(read(LIBRARY), "notes-from-abstract") == {"remembering": "on @roe2010"}
    assert not entries(read(LIBRARY), "notes-from-secondary")
    files = edited(REMEMBERING, "basis: abstract", "basis: secondary\nvia: doe2009")
    assert not entries(read(files), "notes-from-abstract")
    assert entries(read(files), "notes-from-secondary") == {"remembering": "on @roe2010, read in @doe2009"}


@pytest.mark.parametrize(
    ("status", "about"),
    [
        ("retracted", "Retracted; summarised in 1 note, quoted in 1 quotation, cited in 1 place"),
        ("concern", "Expression of concern; summarised in 1 note, quoted in 1 quotation, cited in 1 place"),
        ("corrected", None),
        ("in press", None),
    ],
)
def test_retracted_works(read, status, about):
    files = edited(REMEMBERING, "    volume: 1\n", f"    volume: 1\n    status: {status}\n")
    assert entries(read(files), "retracted-works") == ({"roe2010": about} if about else {})


def test_drafts_count_nowhere(read):
    coverage = read(edited(REMEMBERING, "basis: abstract", "basis: abstract\nstatus: draft"))
    assert (coverage.notes, coverage.quotes, coverage.works) == (1, 1, 1)
    assert all("remembering" not in entry.id for section in coverage.sections for entry in section.entries)
    assert [entry.key for entry in coverage.words] == ["doe2009"]


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("I kept every word of it.", 6),
        ("I couldn’t, or wouldn't — well-known … 1,000 of them!", 8),
        ("[She] kept it [sic] […] and more", 4),
        ("talk[ed] to [T]he man", 4),
        ("…", 0),
        ("", 0),
        ("私は忘れた", 5),
        ("שלום עולם", 2),
    ],
)
def test_words_are_counted(words, number):
    assert count_source_words(words) == number


def test_words_quoted_of_each_work(read):
    coverage = read(LIBRARY)
    assert [tuple(entry) for entry in coverage.words] == [("roe2010", 6, 1), ("doe2009", 5, 1)]
    assert coverage.total_words == 11


# -------------------------------------------------------------------------------------------------------- reports


def test_the_text(read):
    lines = list(text_report(read(LIBRARY)))
    assert lines[0] == "2 notes, 2 themes, 2 quotations, 2 works"
    assert "Quotations that were not verified: 2 of 2" in lines
    assert "  remembering/kept  (the author, @roe2010, p. 5)" in lines
    assert "  @roe2010: 6 words in 1 quotation, 55% of them" in lines
    assert lines[-1].startswith("No problems: retracted works that are used; ")


def many(number: int) -> dict[str, str]:
    quotes = [
        quote(f"Words number {n}.", f"a participant, in [@doe2009, p. 4] #amnesia {{#q{n}}}") for n in range(number)
    ]
    return with_quotes(*quotes)


def test_the_text_is_cut_and_can_be_had_whole(read):
    coverage = read(many(50))
    assert "  … and 32 more; --all lists them" in list(text_report(coverage))
    assert not any("more; --all" in line for line in text_report(coverage, most=None))


def test_the_json(read):
    text = "".join(coverage_json(read(many(50))))
    assert text.isascii()
    report = json.loads(text)
    assert report["version"] == 1
    assert report["totals"] == {"notes": 2, "themes": 2, "quotes": 52, "works": 2, "quoted_words": 161} | {
        "compared": 0,
        "wrong_at_first": 0,
        "prose_quotations": 0,
        "prose_quotations_unverified": 0,
    }
    section = next(section for section in report["sections"] if section["id"] == "unverified-quotes")
    assert (section["count"], section["of"], len(section["entries"])) == (52, 52, 52)
    assert section["entries"][0] == {
        "kind": "quote",
        "id": "forgetting/gone",
        "about": "a participant, @doe2009, p. 4",
        "works": ["doe2009"],
    }
    assert report["quoted_words"][0] == {"key": "doe2009", "words": 155, "quotes": 51}


@pytest.fixture
def page(tmp_path: Path, write: Callable[..., Path]) -> Callable[[Mapping[str, str]], str]:
    def rendered(files: Mapping[str, str]) -> str:
        write(tmp_path / "annotations", dict(files))
        options = Options(root=tmp_path, executor=None, remember=False)
        return plan_site(check_library(options), options).pages["coverage/index.md"].render().decode()

    return rendered


def test_the_page_leads_to_each_place(page):
    html = page(LIBRARY)
    for address in ("notes/remembering/#q-kept", "notes/remembering/", "themes/numbing/", "works/roe2010/"):
        assert f'href="../{address}"' in html
    assert "the author, Roe, 2010, p. 5" in html


def test_no_words_of_quotations_are_told(page, read):
    secret = "xylophone"
    files = edited(FORGETTING, "What is gone is gone.", f"What is {secret} is gone.")
    assert secret not in page(files)
    assert secret not in "".join(coverage_json(read(files)))
    assert secret not in "\n".join(text_report(read(files)))


def test_hostile_names_are_text(page, read):
    files = edited(FORGETTING, "title: On forgetting", "title: '<b>x</b> {{ y }} \u202e'")
    files = edited(FORGETTING, "a participant,", "a participant <script>z</script>,", files)
    html = page(files)
    assert "<b>x" not in html
    assert "<script" not in html
    terminal = "\n".join(text_report(read(files)))
    assert "\u202e" not in terminal


def test_the_page_does_not_grow_with_the_library(page, read, tmp_path):
    title = "A very long title, " * 14
    files = many(300)
    for n in range(40):
        note = LIBRARY[REMEMBERING].replace("roe2010", f"roe{n}").replace("{#kept}", f"{{#kept{n}}}")
        files[f"notes/remembering-{n}.md"] = note.replace("On remembering", f"{title} {n}").replace(
            "I kept", f"{n} I kept"
        )
        files[f"themes/theme-{n}.md"] = f"---\nlabel: {title} {n}\n---\nX.\n"
    html = page(files)
    assert html.count("<li>") <= 12 * (MAX_COVERAGE_ROWS + 1)
    assert len(html.encode()) < 60_000
    assert "and 330 more." in html
