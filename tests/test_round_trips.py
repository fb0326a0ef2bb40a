"""Works of every type of CSL, written as BibLaTeX, BibTeX and RIS and read again: what the format can hold comes back."""

import time
from dataclasses import replace

import pytest
from florilegium.core.spans import LineTable
from florilegium.works.bibtex.bibtex_reader import parse_bibtex
from florilegium.works.bibtex.bibtex_writer import biblatex_entry, bibtex_entry
from florilegium.works.csl.csl_items import read_item, to_csl
from florilegium.works.csl.csl_vocabulary import CSL_TYPES
from florilegium.works.ris.database_records import parse_records
from florilegium.works.ris.ris_writer import ris_record

NAMES = [
    {"family": "Berg", "given": "Jan", "non-dropping-particle": "van der"},
    {"literal": "Smith and Sons Inc."},
    {"family": "King", "given": "Martin Luther", "suffix": "Jr."},
]
PLAIN = {
    "title": "The role of H2O: A study", "author": NAMES, "issued": {"date-parts": [[2001, 5, 3]]}, "language": "en",
    "URL": "https://example.org/a_b", "accessed": {"date-parts": [[2020, 1, 2]]}, "keyword": "one, two", "note": "A note",
}  # fmt: skip
ARTICLE = {"container-title": "Journal", "volume": "12", "issue": "3", "page": "12-15", "DOI": "10.1000/182"}
BOOK = {
    "publisher": "Press", "publisher-place": "Oslo", "ISBN": "9780306406157", "edition": "2", "collection-title": "Series",
    "collection-number": "7", "volume": "2", "editor": [{"family": "Ed", "given": "Ora"}],
}  # fmt: skip
PART = {**BOOK, "container-title": "The book", "page": "1-9"}
NUMBERED = {"number": "N-12", "publisher": "Office", "publisher-place": "Oslo"}
SPECIAL = {
    **dict.fromkeys(("article-journal", "article-magazine", "article-newspaper", "review", "review-book"), ARTICLE),
    **{key: {**BOOK, "number-of-pages": "300"} for key in ("book", "collection", "classic")},
    **dict.fromkeys(("chapter", "entry", "entry-dictionary", "entry-encyclopedia"), PART),
    **dict.fromkeys(("report", "patent", "standard", "legislation", "bill", "regulation", "treaty"), NUMBERED),
    "paper-conference": {**PART, "event-title": "A conference", "event-place": "Rome"},
    "report": {**NUMBERED, "genre": "Working paper", "collection-title": "Papers"},
    "thesis": {"genre": "PhD thesis", "publisher": "University", "publisher-place": "Oslo", "number-of-pages": "200"},
    "dataset": {"publisher": "Zenodo", "DOI": "10.5281/zenodo.1"},
    "software": {"publisher": "Zenodo", "version": "1.2"},
    "webpage": {"container-title": "A site"}, "post": {"container-title": "A forum"},
    "post-weblog": {"container-title": "A blog"}, "interview": {"container-title": "A paper"},
    "article": {"number": "2101.00001", "publisher": "arXiv", "URL": "https://arxiv.org/abs/2101.00001"},
    "motion_picture": {"publisher": "Studio", "director": [{"family": "Dir", "given": "Ann"}]},
    "speech": {"event-title": "A conference", "event-place": "Rome"},
    "periodical": {"volume": "12", "issue": "3", "publisher": "Press"},
}  # fmt: skip
NOT_IN_BIBTEX = {"number-of-pages", "event-title", "event-place"}
NOT_IN_RIS = {"event-title", "event-place", "director"}
RIS_ALIKE = {
    "article": "article-journal", "broadcast": "motion_picture", "collection": "book", "entry": "chapter",
    "event": "document", "performance": "document", "post": "post-weblog", "regulation": "legislation",
    "review": "article-journal", "review-book": "article-journal", "treaty": "legislation",
}  # fmt: skip
"""Types that RIS has no type for, and what they come back as."""


def again(kind, write, read):
    """The work of this type, and what comes back of it."""
    source, problems = read_item({"type": kind, **PLAIN, **SPECIAL.get(kind, {})}, "the work")
    assert problems == []
    source = replace(source, key="key")
    found, problems = read(LineTable("works", write(source)))
    assert problems == []
    return to_csl(source), to_csl(found[0])


@pytest.mark.parametrize("kind", sorted(CSL_TYPES))
def test_nothing_is_lost_that_a_format_can_hold(kind):
    before, after = again(kind, biblatex_entry, parse_bibtex)
    assert after == before
    before, after = again(kind, bibtex_entry, parse_bibtex)
    assert after == {name: value for name, value in before.items() if name not in NOT_IN_BIBTEX}
    before, after = again(kind, ris_record, parse_records)
    numbered = {"collection-number"} if kind in ("entry-dictionary", "entry-encyclopedia") else set()
    kept = {name: value for name, value in before.items() if name not in NOT_IN_RIS | numbered}
    assert after == {**kept, "type": RIS_ALIKE.get(kind, kind)}


def test_a_volume_is_a_part_of_its_work_and_an_issue_of_its_journal():
    for kind in ("book", "chapter", "article-journal"):
        item = {"type": kind, "title": "T", "container-title": "C", "volume-title": "V", "author": NAMES[:1]}
        item = {name: value for name, value in item.items() if kind != "book" or name != "container-title"}
        source, _ = read_item(item, "the work")
        found, _ = parse_bibtex(LineTable("works.bib", biblatex_entry(source)))
        assert to_csl(found[0]) == {**item, "id": "work"}


def test_the_pages_of_a_book_are_counted_and_those_of_a_chapter_are_a_place():
    def page(text):
        found, _ = parse_records(LineTable("works.ris", text))
        return {name: found[0].variables[name] for name in ("page", "number-of-pages") if name in found[0].variables}

    assert page("TY  - BOOK\nTI  - T\nSP  - 320\nER  - \n") == {"number-of-pages": "320"}
    assert page("TY  - BOOK\nTI  - T\nSP  - 3\nEP  - 20\nER  - \n") == {"page": "3-20"}
    assert page("TY  - CHAP\nTI  - T\nSP  - 320\nER  - \n") == {"page": "320"}


# ------------------------------------------------------------------- what other programs and publishers write


@pytest.mark.parametrize(
    ("written", "people", "doubtful"),
    [
        ("Doe J, Roe RA, Poe A-B", ["J. Doe", "R. A. Roe", "A. B. Poe"], True),
        ("Doe J and Roe R", ["J. Doe", "R. Roe"], True),
        ("Jane Doe und Richard Roe", ["Jane Doe", "Richard Roe"], True),
        ("Doe, Jane / Roe, Richard", ["Jane Doe", "Richard Roe"], True),
        ("Doe, Jane and et al.", ["Jane Doe", "others"], True),
        ("Dr. Jane Doe, PhD and Prof. Richard Roe", ["Jane Doe", "Richard Roe"], True),
        ("Doe, Jane (Ed.) and Roe, R. (Hrsg.)", ["Jane Doe", "R. Roe"], True),
        ("The ENCODE Project Consortium", ["The ENCODE Project Consortium"], True),
        ("Malcolm X", ["Malcolm X"], False),
        ("Guttenberg, Karl von und zu and Ann Union", ["Karl von und zu Guttenberg", "Ann Union"], False),
        ("Group, Ann", ["Ann Group"], False),
    ],
)
def test_lists_of_people_as_others_write_them(written, people, doubtful):
    found, problems = parse_bibtex(LineTable("works.bib", f"@book{{k, title={{T}}, author={{{written}}}}}"))
    assert [name.full for name in found[0].names["author"]] == people
    assert any(problem.rule == "doubtful-reference" for problem in problems) == doubtful


@pytest.mark.parametrize(
    ("field", "name", "value"),
    [
        ("title = {A \\& B \\&amp; C &#x2013; D}", "title", "A & B & C – D"),
        ("title = {\\texorpdfstring{$\\alpha$}{alpha} and \\sout{x}}", "title", "α and x"),
        ("title = {\\ce{H2O}, \\ce{SO4^2-} in \\SI{5}{\\milli\\gram}}", "title",
         "H<sub>2</sub>O, SO<sub>4</sub><sup>2-</sup> in 5 mg"),
        ("title = {\\foreignlanguage{german}{Die Welt} \\label{x}heute}", "title", "Die Welt heute"),
        ("edition = {2nd ed.}", "edition", "2"),
        ("edition = {Second}", "edition", "2"),
        ("edition = {3. Auflage}", "edition", "3"),
        ("edition = {Norton critical}", "edition", "Norton critical"),
        ("isbn = {978-0-306-40615-7 (pbk); 0306406152}", "ISBN", "978-0-306-40615-7"),
        ("url = {www.example.org/a}", "URL", "http://www.example.org/a"),
    ],
)  # fmt: skip
def test_fields_as_others_write_them(field, name, value):
    found, problems = parse_bibtex(LineTable("works.bib", f"@book{{k, {field}}}"))
    assert (found[0].variables[name], problems) == (value, [])


@pytest.mark.parametrize(
    ("field", "parts"),
    [
        ("year = {2000 BC}", ((-2000,),)), ("year = {AD 79}", ((79,),)), ("year = {c2004}", ((2004,),)),
        ("year = {2019}, month = {10--12}", ((2019, 10), (2019, 12))), ("year = {2019}, month = {07}", ((2019, 7),)),
    ],
)  # fmt: skip
def test_dates_as_others_write_them(field, parts):
    found, _ = parse_bibtex(LineTable("works.bib", f"@book{{k, title={{T}}, {field}}}"))
    assert (found[0].dates["issued"].parts, found[0].dates["issued"].circa) == (parts, False)


def test_keys_with_spaces_and_signs_become_keys_that_can_be_cited():
    text = "@book{Doe et al. 2001, title={T}}\n@book{10.1000/182(x), title={T}}"
    found, problems = parse_bibtex(LineTable("works.bib", text))
    assert [source.key for source in found] == ["Doe-et-al.-2001", "10.1000/182-x"]
    assert [problem.rule for problem in problems] == ["doubtful-reference"] * 2


@pytest.mark.parametrize(
    ("lines", "item"),
    [
        ("TY  - JOUR\nAU  - Doe, Jane; Roe, R.\nAU  - et al.",
         {"author": [{"family": "Doe", "given": "Jane"}, {"family": "Roe", "given": "R."}, {"literal": "others"}]}),
        ("TY  - JOUR\nAU  - Doe J., Roe R.", {"author": [{"family": "Doe", "given": "J."}, {"family": "Roe", "given": "R."}]}),
        ("TY  - JOUR\nAU  - Smith & Sons Inc", {"author": [{"literal": "Smith & Sons Inc"}]}),
        ("TY  - CHAP\nTI  - T\nBT  - Book\nT2  - Series", {"container-title": "Book", "collection-title": "Series"}),
        ("TY  - CPAPER\nT2  - Conference\nC3  - Proceedings\nC1  - Rome",
         {"container-title": "Proceedings", "event-title": "Conference", "event-place": "Rome"}),
        ("TY  - THES\nM1  - Master's thesis", {"genre": "Master's thesis"}),
        ("TY  - RPRT\nSN  - WHO/123", {"number": "WHO/123"}),
        ("TY  - BOOK\nSN  - 0306406152 (pbk)\nET  - 2nd ed.", {"ISBN": "0306406152", "edition": "2"}),
    ],
)  # fmt: skip
def test_records_as_databases_write_them(lines, item):
    found, _ = parse_records(LineTable("works.ris", f"{lines}\nER  - \n"))
    given = to_csl(found[0])
    assert {name: given.get(name) for name in item} == item


def test_of_several_addresses_the_first_is_read_and_that_is_said():
    found, problems = parse_bibtex(LineTable("works.bib", "@book{k, url = {https://a.org/1; https://a.org/2}}"))
    assert (found[0].variables["URL"], [p.rule for p in problems]) == ("https://a.org/1", ["doubtful-reference"])
    found, problems = parse_records(
        LineTable("works.ris", "TY  - BOOK\nUR  - https://a.org/1; https://a.org/2\nER  - \n")
    )
    assert (found[0].variables["URL"], [p.rule for p in problems]) == ("https://a.org/1", ["doubtful-reference"])


@pytest.mark.parametrize("people", [",", "ab ", "Doe J, ", " und", "&amp;", "(ed.", "et al "])
def test_a_long_list_of_nothing_is_read_in_no_time(people):
    before = time.process_time()
    parse_bibtex(LineTable("works.bib", f"@book{{k, author={{{people * 8_000}}}, title={{T}}}}"))
    parse_records(LineTable("works.ris", f"TY  - BOOK\nAU  - {people * 8_000}\nER  - \n"))
    assert time.process_time() - before < 15, "in quadratic time it would be 90"
