"""Works in other programs' formats: other programs read them back, with the same text."""

import json
from dataclasses import replace
from unicodedata import normalize
from urllib.parse import parse_qs

import bibtexparser
import pytest
import rispy
from florilegium.core.sources import Date, Name, Source
from florilegium.core.spans import LineTable, Span
from florilegium.works.bibtex.bibtex_reader import parse_bibtex
from florilegium.works.bibtex.bibtex_writer import biblatex_entry, bibtex_entry
from florilegium.works.csl.csl_items import csl_json
from florilegium.works.csl.csl_vocabulary import CSL_TYPES
from florilegium.works.exports.page_metadata import citation_metadata, context_object
from florilegium.works.ris.ris_fields import ris_type
from florilegium.works.ris.ris_reader import parse_ris
from florilegium.works.ris.ris_writer import ris_record
from hypothesis import given
from hypothesis import strategies as st

NOWHERE = Span.of_file("notes/x.md")


def work(type="article-journal", *, names=None, dates=None, key="doe2009", **variables):
    """A work; an underscore in a variable's name stands for a hyphen."""
    return Source(
        key=key,
        type=type,
        variables={name.replace("_", "-"): value for name, value in variables.items()},
        names=names if names is not None else {"author": (Name(family="Doe", given="Jane"),)},
        dates=dates if dates is not None else {"issued": Date(parts=((2009, 3, 1),))},
        span=NOWHERE,
        key_span=NOWHERE,
    )


CHAPTER = work(
    "chapter",
    names={"author": (Name(family="Somer", given="Eli"),), "editor": (Name(family="Dell"), Name(family="O'Neil"))},
    title="Opioid use disorder and dissociation",
    container_title="Dissociation and the dissociative disorders: DSM-V and beyond",
    publisher="Routledge",
    page="511-518",
    ISBN="9780415957854",
    DOI="10.4324/a_b#c%1",
)


def read_bibtex(text):
    sources, problems = parse_bibtex(LineTable("x.bib", text))
    assert not problems
    return sources


# -- BibTeX

HOSTILE = [
    r"A {brace, a } brace and a \command",
    "100% of $5 & #1_2 ~ ^",
    "}, title = {Other} }\n@book{evil, title = {x}",
    "--- `` '' ,, -- quoted ``so''",
    "Ünïcode 痛み שלום @comment @string",
    "ends with a backslash\\",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_bibtex_reads_back_as_one_entry_with_the_same_text(text):
    written = bibtex_entry(work(title=text, container_title=text))
    assert len(bibtexparser.parse_string(written).entries) == 1
    (read,) = read_bibtex(written)
    assert read.title == read.variables["container-title"] == " ".join(text.split())


VISIBLE = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=60).filter(str.strip)


@given(VISIBLE)
def test_any_title_survives_bibtex(text):
    written = bibtex_entry(work(title=text))
    library = bibtexparser.parse_string(written)
    assert len(library.entries) == 1
    assert not library.failed_blocks
    (read,) = read_bibtex(written)
    # A text with commands of LaTeX is composed as it is read: the few signs that NFC replaces are the same to readers.
    assert normalize("NFC", read.title) == normalize("NFC", " ".join(text.split()))


@pytest.mark.parametrize(
    "name",
    [
        Name(family="Doe", given="Jane"),
        Name(family="Kolk", given="Bessel", dropping_particle="van der"),
        Name(literal="World Health Organization and partners, Inc."),
        Name(family="King", given="Martin Luther", suffix="Jr."),
        Name(family="de Souza", given="Ana"),
        Name(family="Chilcoat"),
    ],
)
def test_names_survive_bibtex(name):
    (read,) = read_bibtex(bibtex_entry(work(title="T", names={"author": (name, Name(family="Roe", given="R."))})))
    assert read.names["author"] == (name, Name(family="Roe", given="R."))


def test_bibtex_of_a_chapter():
    (read,) = read_bibtex(bibtex_entry(CHAPTER))
    assert read.type == "chapter"
    assert read.variables["container-title"] == CHAPTER.variables["container-title"]
    assert read.variables["page"] == "511-518"
    assert read.variables["DOI"] == CHAPTER.variables["DOI"]
    assert read.dates["issued"].parts == ((2009, 3, 1),)
    assert [name.family for name in read.names["editor"]] == ["Dell", "O'Neil"]


def test_a_key_that_bibtex_cannot_have_is_rewritten():
    assert bibtex_entry(work(title="T", key='a,b{c}"d#')).startswith("@article{a-b-c-d,\n")


# -- RIS


@pytest.mark.parametrize("text", [*HOSTILE, "one\nER  - \n\nTY  - BOOK\nTI  - evil", "a\r\nTI  - b\u2028c"])
def test_ris_reads_back_as_one_record(text):
    (read,) = rispy.loads(ris_record(work(title=text, note=text)))
    assert read["title"] == " ".join(text.split())
    assert read["type_of_reference"] == "JOUR"


def test_ris_of_a_chapter():
    (read,) = rispy.loads(ris_record(CHAPTER))
    assert read["type_of_reference"] == "CHAP"
    assert read["authors"] == ["Somer, Eli"]
    assert read["secondary_authors"] == ["Dell", "O'Neil"]
    assert (read["start_page"], read["end_page"], read["year"]) == ("511", "518", "2009")


# -- CSL-JSON, metadata


def test_csl_json_is_the_text_unchanged():
    (read,) = json.loads(csl_json(work(title=HOSTILE[2])))
    assert read["title"] == HOSTILE[2]
    assert read["issued"] == {"date-parts": [[2009, 3, 1]]}


def test_a_chapter_arrives_as_a_section_of_a_book():
    found = dict(citation_metadata(CHAPTER))
    assert found["citation_inbook_title"] == found["citation_book_title"] == CHAPTER.variables["container-title"]
    assert found["citation_title"] == CHAPTER.title
    assert (found["citation_firstpage"], found["citation_lastpage"]) == ("511", "518")
    assert "citation_journal_title" not in found
    coins = parse_qs(context_object(CHAPTER))
    assert coins["rft_val_fmt"] == ["info:ofi/fmt:kev:mtx:book"]
    assert coins["rft.genre"] == ["bookitem"]
    assert coins["rft.btitle"] == [CHAPTER.variables["container-title"]]


def test_an_article_has_its_journal():
    found = citation_metadata(work(title="T", container_title="Journal", volume="3"))
    assert ("citation_journal_title", "Journal") in found
    assert ("citation_author", "Doe, Jane") in found
    assert ("citation_publication_date", "2009/03/01") in found
    assert parse_qs(context_object(work(title="T & Co.", container_title="J")))["rft.atitle"] == ["T & Co."]


def test_what_is_unknown_is_left_out():
    bare = work("webpage", names={}, dates={}, title="T")
    assert citation_metadata(bare) == [("citation_title", "T"), ("citation_language", "und")]
    assert bibtex_entry(bare) == "@online{doe2009,\n  title = {T},\n}\n"
    assert ris_record(bare) == "TY  - ELEC\nTI  - T\nID  - doe2009\nER  - \n"


# -- there and back again

_FULL = {
    "title": "The role of <i>E. coli</i> in H<sub>2</sub>O & “quotes” 50% #1 $5 {x} ~ \\ _ ^", "container-title": "Container",
    "publisher": "Press", "number": "7", "volume": "3", "DOI": "10.1000/a_b", "URL": "https://example.org/a_b%20c",
    "language": "de",
}  # fmt: skip
_PEOPLE = (
    Name(family="van Gogh", given="V."),
    Name(family="Berg", given="J.", non_dropping_particle="van der"),
    Name(family="Humboldt", given="A.", dropping_particle="von"),
    Name(literal="Smith and Sons Inc."),
    Name(family="King", given="Martin Luther", suffix="Jr."),
)
_ISSUED = (
    Date(parts=((2001, 5, 3),)),
    Date(parts=((-380,),)),
    Date(parts=((1999,), (2003,))),
    Date(parts=((1999,), (0,))),
    Date(parts=((2001,),), season="1"),
    Date(parts=((1650,),), circa=True),
)
_FOLDED_BY_RIS = {"container-title", "collection-title"}
"""What the format has one tag for."""


def back(text, parse):
    (found,), problems = parse(LineTable("x", text))
    assert problems == []
    return found


@pytest.mark.parametrize("write", [biblatex_entry, bibtex_entry])
@pytest.mark.parametrize("kind", sorted(CSL_TYPES))
def test_a_work_of_every_type_comes_back_from_bibtex(kind, write):
    source = replace(work(kind, names={"author": _PEOPLE}), variables=_FULL)
    found = back(write(source), parse_bibtex)
    assert (found.type, found.names, found.dates) == (kind, source.names, source.dates)
    lost = {"genre"} if kind == "thesis" else set()
    assert {name: text for name, text in found.variables.items() if name not in lost} == _FULL


@pytest.mark.parametrize("issued", _ISSUED, ids=str)
@pytest.mark.parametrize(
    ("write", "parse"), [(biblatex_entry, parse_bibtex), (bibtex_entry, parse_bibtex), (ris_record, parse_ris)]
)
def test_every_kind_of_date_comes_back(write, parse, issued):
    found = back(write(work(dates={"issued": issued}, title="T")), parse)
    assert found.dates == {"issued": issued}


@pytest.mark.parametrize("kind", sorted(CSL_TYPES))
def test_a_work_of_every_type_comes_back_from_ris(kind):
    source = replace(work(kind, names={"author": _PEOPLE}), variables=_FULL)
    found = back(ris_record(source), parse_ris)
    assert ris_type(found.type) == ris_type(kind)
    # RIS has no place for a particle of its own.
    assert [name.full for name in found.names["author"]] == [name.full for name in _PEOPLE]
    # The number of a book is that in its series.
    folded = _FOLDED_BY_RIS | ({"number"} if kind in ("book", "classic", "collection") else set())
    kept = {name: text for name, text in _FULL.items() if name not in folded}
    assert {name: found.variables.get(name) for name in kept} == {**kept, "title": source.title}
