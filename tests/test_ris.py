"""RIS files: records and their fields, what is broken in them, and Pandoc and rispy as oracles."""

import json
import subprocess
from pathlib import Path

import pypandoc
import pytest
import rispy
from florilegium.core.sources import Name, Source
from florilegium.core.spans import LineTable, Span
from florilegium.works.citation_keys import propose_key
from florilegium.works.csl.csl_items import to_csl
from florilegium.works.ris.database_records import parse_records
from florilegium.works.ris.ris_reader import parse_ris
from florilegium.works.ris.ris_writer import ris_record
from hypothesis import given
from hypothesis import strategies as st

SAMPLE = (Path(__file__).parent / "imports" / "works.ris").read_text(encoding="utf-8")
RECORD = "TY  - JOUR\nID  - doe2009\nAU  - Doe, Jane\nTI  - A title\nT2  - A journal\nPY  - 2009\nER  - \n"


def read(text):
    sources, problems = parse_ris(LineTable("a.ris", text))
    return {source.key: source for source in sources}, [(p.span.line, p.message) for p in problems]


def test_a_record_becomes_a_work_that_knows_its_places():
    sources, problems = read(RECORD)
    assert problems == []
    source = sources["doe2009"]
    assert (source.type, source.title, source.year) == ("article-journal", "A title", 2009)
    assert source.names["author"] == (Name(family="Doe", given="Jane"),)
    assert source.variables["container-title"] == "A journal"
    assert source.key_span == Span("a.ris", 2, 7, 2, 14)
    assert source.spans["title"] == Span("a.ris", 4, 7, 4, 14)
    assert (source.span.line, source.span.end_line) == (1, 7)


def test_what_is_broken_is_reported_with_its_line_and_the_rest_is_read():
    sources, problems = read(SAMPLE)
    assert list(sources) == ["somer2009", "lutz2013", "worldhealthorganization2009", "pew2021"]
    assert [line for line, _ in problems] == [15, 19, 34, 42, 44]
    messages = [message for _, message in problems]
    assert "not closed before the next one begins" in messages[0]
    assert '"A second title that would be lost" is lost' in messages[1]
    assert "has no tag" in messages[2]
    assert "belongs to no record" in messages[3]
    assert "not closed at the end of the file" in messages[4]


def test_a_last_record_without_its_end_is_read():
    text = RECORD.replace("ER  - \n", "")
    assert len(rispy.loads(text)) == 0, "the library drops it without a word"
    sources, problems = read(text)
    assert list(sources) == ["doe2009"]
    assert len(problems) == 1


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends_and_a_byte_order_mark_make_no_difference(end):
    sources, problems = read("\ufeff" + RECORD.replace("\n", end))
    assert problems == []
    assert to_csl(sources["doe2009"]) == to_csl(read(RECORD)[0]["doe2009"])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("PY  - 2013\nDA  - 2013/03/05/Spring", {"issued": {"date-parts": [[2013, 3, 5]]}}),
        ("PY  - 2013\nDA  - Mar 5", {"issued": {"date-parts": [[2013]]}}),
        ("PY  - 2013///", {"issued": {"date-parts": [[2013]]}}),
        ("PY  - in press", {"issued": {"literal": "in press"}}),
        ("Y1  - 2013/08/", {"issued": {"date-parts": [[2013, 8]]}}),
        ("SP  - 195\nEP  - 206", {"page": "195-206"}),
        ("SP  - 195-206", {"page": "195-206"}),
        ("SP  - 195\nEP  - 195", {"page": "195"}),
        ("SN  - 0166-2236", {"ISSN": "0166-2236"}),
        ("SN  - 978-0-415-95785-4", {"ISBN": "978-0-415-95785-4"}),
        ("DO  - https://doi.org/10.1000/x(1)", {"DOI": "10.1000/x(1)"}),
        ("M3  - doi:10.1000/x", {"DOI": "10.1000/x"}),
        ("M3  - Review", {"genre": "Review"}),
        ("UR  - https://a.org/x;y?z=1", {"URL": "https://a.org/x;y?z=1"}),
        ("KW  - one\nKW  - two", {"keyword": "one, two"}),
        ("AU  - van der Kolk, Bessel A.", {"author": [{"family": "Kolk", "given": "Bessel A.", "non-dropping-particle": "van der"}]}),
        ("AU  - Beethoven, Ludwig van", {"author": [{"family": "Beethoven", "given": "Ludwig", "dropping-particle": "van"}]}),
        ("AU  - King, Martin Luther, Jr.", {"author": [{"family": "King", "given": "Martin Luther", "suffix": "Jr."}]}),
        ("AU  - World Health Organization", {"author": [{"literal": "World Health Organization"}]}),
        ("AU  - Chilcoat", {"author": [{"family": "Chilcoat"}]}),
        ("AB  - One line\nand another\nGC - no tag", {"abstract": "One line and another GC - no tag"}),
        ("C2  - PMC3558525", {"PMCID": "PMC3558525"}),
    ],
)  # fmt: skip
def test_fields(fields, expected):
    sources, problems = read(f"TY  - JOUR\nID  - x1a\n{fields}\nER  - ")
    assert problems == []
    item = to_csl(sources["x1a"])
    assert {name: item.get(name) for name in expected} == expected


def test_the_second_title_of_a_whole_work_is_its_series():
    sources, _ = read("TY  - BOOK\nID  - a1\nTI  - T\nT2  - Series\nER  - \nTY  - CHAP\nID  - b1\nT2  - Book\nER  - ")
    assert sources["a1"].variables["collection-title"] == "Series"
    assert sources["b1"].variables["container-title"] == "Book"


def test_an_unknown_type_is_reported_and_a_lower_case_one_is_not():
    _, problems = read("TY  - BOKO\nID  - a1\nER  - ")
    assert problems == [(1, '"BOKO" is not a RIS type')]
    assert read("TY  - book\nID  - a1\nER  - ")[1] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # a publisher that gives the date three times
            "TY  - JOUR\nAU  - Light, Ann\nY1  - 2014/06/01\nPY  - 2014\nDA  - 2014/06/01\nM3  - doi: 10.1000/182\nER  -",
            {"issued": {"date-parts": [[2014, 6, 1]]}, "DOI": "10.1000/182"},
        ),
        (  # JabRef's header, and a blank line inside
            "Provider: JabRef\nContent: text/plain\n\nTY  - JOUR\nAU  - Doe, Jane\n\nTI  - T\nPY  - 2009///\nER  -",
            {"title": "T", "issued": {"date-parts": [[2009]]}},
        ),
        (  # Ovid's numbers, its names and what it writes for nothing
            "1. \nTY  - JOUR\nA1  - Chang A.D.\nT1  - P\nY1  - 2025//\nVL  - None\nER  -\n\n<2>\nTY  - JOUR\nT1  - O\nER  -",
            {"author": [{"family": "Chang", "given": "A.D."}], "volume": None},
        ),
        ("T1  - T\nAU  - Doe, Jane\nTY  - JOUR\nER  -", {"title": "T", "type": "article-journal"}),
        ("TY  - JOUR\nY1  - 2020/11//Nov/Dec2020\nER  -", {"issued": {"date-parts": [[2020, 11]]}}),
    ],
)  # fmt: skip
def test_records_of_publishers_and_databases_are_read_without_a_remark(text, expected):
    sources, problems = read(text)
    item = to_csl(next(iter(sources.values())))
    assert {name: item.get(name) for name in expected} == expected
    assert problems == []


WEB_OF_SCIENCE = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Doe, J
   Roe, R
AF Doe, Jane
   Roe, Richard
TI A title that goes on
   in a second line
SO JOURNAL OF THE MIND
SN 0378-5955
PD MAR
PY 2019
VL 3
IS 2
BP 12
EP 19
DI 10.1000/182
ER

EF
"""
PUBMED = """
PMID- 23219016
IS  - 0378-5955 (Print)
VI  - 36
IP  - 4
DP  - 2013 Apr
TI  - The multiple facets of
      opioid receptor function.
PG  - 195-206
LID - 10.1016/j.tins.2012.11.002 [doi]
FAU - Lutz, Pierre-Eric
AU  - Lutz PE
FAU - Kieffer, Brigitte L
PT  - Journal Article
JT  - Trends in neurosciences
PMC - PMC3558525
"""


def test_the_own_formats_of_two_databases_are_read():
    (work,), problems = parse_records(LineTable("a.txt", WEB_OF_SCIENCE))
    assert problems == []
    item = to_csl(work)
    assert (item["id"], item["title"]) == ("doe2019", "A title that goes on in a second line")
    assert item["container-title"] == "Journal of the Mind"
    assert item["author"][1] == {"family": "Roe", "given": "Richard"}
    assert (item["page"], item["issued"]) == ("12-19", {"date-parts": [[2019, 3]]})
    (work,), problems = parse_records(LineTable("a.nbib", PUBMED))
    assert problems == []
    item = to_csl(work)
    assert item["title"] == "The multiple facets of opioid receptor function"
    assert [item[name] for name in ("PMID", "PMCID", "DOI", "page")] == [
        "23219016", "PMC3558525", "10.1016/j.tins.2012.11.002", "195-206",
    ]  # fmt: skip
    assert [name["given"] for name in item["author"]] == ["Pierre-Eric", "Brigitte L"]


def test_keys_are_made_where_there_is_none_that_can_be_cited():
    record = "TY  - BOOK\n{}AU  - Müller-Lüdenscheidt, A.\nPY  - 1999\nTI  - The Title\nER  - \n"
    sources, _ = read(record.format("") + record.format("ID  - 12\n") + record.format("ID  - own1\n"))
    assert list(sources) == ["mullerludenscheidt1999", "mullerludenscheidt1999a", "own1"]


def test_a_key_is_made_of_what_there_is():
    assert propose_key("", "2009", "The art of forgetting") == "forgetting2009"
    assert propose_key("遗忘", None, "") == "yiwang"
    assert propose_key("Doe", 2009, "", {"doe2009", "doe2009a"}) == "doe2009b"


def pandoc(text):
    command = [pypandoc.get_pandoc_path(), "-f", "ris", "-t", "csljson"]
    return json.loads(subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout)


def test_pandoc_reads_the_same():
    lost = ("T1  - A second", "this line", "a line", "ER")
    lines = [line for line in SAMPLE.splitlines() if line and not line.startswith(lost)]
    clean = "\n".join(lines).replace("\nTY", "\nER  - \n\nTY") + "\nER  - \n"
    theirs = pandoc(clean)
    ours = [to_csl(source) for source in read(clean)[0].values()]
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        for name in ("title", "container-title", "volume", "issue", "page", "DOI", "URL", "publisher"):
            if other.get(name):  # Pandoc takes every SN for an ISSN, and some fields it passes over.
                assert mine.get(name) == other[name].removeprefix("https://doi.org/"), name
        theirs_first = other["author"][0]
        first = mine["author"][0]
        # Pandoc takes an institution for a person with given names.
        assert (first.get("family") or first["literal"].split()[-1]) == theirs_first["family"]
        assert mine["issued"]["date-parts"][0][0] == other["issued"]["date-parts"][0][0]


_WORDS = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=40).map(lambda t: " ".join(t.split()))


@given(title=_WORDS, family=_WORDS, publisher=_WORDS)
def test_our_own_records_come_back(title, family, publisher):
    span = Span.of_file("a.ris")
    family = " ".join(["The", *family.replace("*", "").replace(",", "").split(), "Institute"])
    names = {"author": (Name(literal=family),)}
    variables = {"title": title, "publisher": publisher}
    source = Source(key="doe2009", type="book", variables=variables, names=names, dates={}, span=span, key_span=span)
    sources, problems = read(ris_record(source))
    assert problems == []
    back = sources["doe2009"]
    assert back.title == title
    assert back.variables.get("publisher", "") == publisher
    assert back.names["author"][0].full == family


@given(st.text(st.sampled_from("TYERAUID -\n\r2, x\ufeff"), max_size=200))
def test_any_text_is_read_without_an_exception(text):
    parse_ris(LineTable("a.ris", text))


@given(st.text(max_size=100))
def test_any_value_stays_on_its_own_record(text):
    value = " ".join(text.split())
    sources, _ = read(f"TY  - BOOK\nID  - a1\nTI  - {value}\nER  - \n{RECORD}")
    assert "doe2009" in sources
