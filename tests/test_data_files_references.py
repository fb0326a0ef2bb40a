"""All works for reference managers: pandoc and our own readers find in them what the format can hold."""

import json
import re
import subprocess
from unicodedata import normalize

import bibtexparser
import pypandoc
import pytest
import rispy
from florilegium.core.json_trees import parse_json
from florilegium.core.sources import Source
from florilegium.core.spans import LineTable
from florilegium.works.bibtex.bibtex_reader import parse_bibtex
from florilegium.works.bibtex.bibtex_writer import biblatex_entry
from florilegium.works.bibtex.latex_writer import entry_key
from florilegium.works.csl.csl_checks import retraction
from florilegium.works.csl.csl_items import parse_source, to_csl
from florilegium.works.csl.csl_vocabulary import CSL_TYPES
from florilegium.works.ris.ris_reader import parse_ris
from florilegium.works.ris.ris_writer import ris_record
from hypothesis import given
from hypothesis import strategies as st

DOE = [{"family": "Doe", "given": "Jane"}]

WORKS = [
    {
        "id": "kolk2009",
        "type": "article-journal",
        "author": [
            {"family": "Kolk", "given": "Bessel A.", "non-dropping-particle": "van der"},
            {"family": "Souza", "given": "Ana", "non-dropping-particle": "de"},
            {"family": "King", "given": "Martin Luther", "suffix": "Jr."},
            {"literal": "World Health Organization and partners, Inc."},
        ],
        "title": "The DSM-V and what iOS users say: a study of {braces}, 50% & $5",
        "title-short": "The DSM-V",
        "container-title": "Journal of Foo & Bar",
        "container-title-short": "J Foo Bar",
        "volume": "12",
        "issue": "3",
        "page": "195-206",
        "DOI": "10.1002/(SICI)1097_a%1#2",
        "ISSN": "1234-5679",
        "PMID": "77",
        "issued": {"date-parts": [[2009, 3], [2009, 5]]},
        "language": "en",
        "abstract": "What it says: 100%.",
        "keyword": "trauma, opioids",
        "note": "Read twice",
    },
    {
        "id": "somer2009",
        "type": "chapter",
        "author": [{"family": "Somer", "given": "Eli"}],
        "editor": [{"family": "Dell", "given": "Paul F."}, {"family": "O’Neil", "given": "John A."}],
        "translator": [{"family": "Núñez", "given": "Zoë"}],
        "title": "Opioid use disorder and Dissociation",
        "container-title": "Dissociation and the Dissociative Disorders: DSM-V and beyond",
        "collection-title": "Handbooks of Trauma",
        "collection-number": "4",
        "edition": "2",
        "page": "511-518",
        "publisher": "Routledge",
        "publisher-place": "New York, NY",
        "ISBN": "9780415957854",
        "issued": {"date-parts": [[2009, 5, 1]]},
    },
    {
        "id": "apa2013",
        "type": "book",
        "author": [{"literal": "American Psychiatric Association"}],
        "title": "痛みと שלום: ein Überblick — naïve façade",
        "publisher": "O’Reilly & Söhne",
        "volume": "2",
        "number-of-volumes": "3",
        "issued": {"date-parts": [[1850]], "circa": True},
        "original-date": {"date-parts": [[1799]]},
        "language": "de",
    },
    {
        "id": "web-1",
        "type": "webpage",
        "author": DOE,
        "title": "A page with a long address",
        "container-title": "Some site",
        "URL": "https://example.org/a_b/%7Euser?q=1&r=a%20b#frag~x",
        "issued": {"date-parts": [[2020, 1, 2]]},
        "accessed": {"date-parts": [[2021, 2, 3]]},
    },
    {
        "id": "thesis:1",
        "type": "thesis",
        "author": DOE,
        "title": "pH in vitro",
        "genre": "Habilitation",
        "publisher": "Universität Wien",
        "issued": {"date-parts": [[1999, 6]]},
    },
    {
        "id": "report-1",
        "type": "report",
        "author": [{"literal": "UNODC"}],
        "title": "World drug report",
        "number": "E.21.XI.8",
        "publisher": "United Nations",
        "issued": {"date-parts": [[2021]]},
    },
    {
        "id": "conf-1",
        "type": "paper-conference",
        "author": DOE,
        "title": "A talk",
        "container-title": "Proceedings of the 3rd Meeting",
        "event-title": "3rd Meeting",
        "event-place": "Oslo",
        "event-date": {"date-parts": [[2001, 2, 3], [2001, 2, 5]]},
        "issued": {"date-parts": [[2002]]},
    },
    {"id": "news-1", "type": "article-newspaper", "author": DOE, "title": "News", "container-title": "The Times"},
    {"id": "magazine-1", "type": "article-magazine", "title": "Mag", "container-title": "M", "author": DOE},
    {"id": "film-1", "type": "motion_picture", "title": "Film", "director": DOE, "issued": {"date-parts": [[1960]]}},
    {"id": "data-1", "type": "dataset", "title": "Data", "author": DOE, "version": "1.2"},
    {"id": "soft-1", "type": "software", "title": "Soft", "author": DOE, "version": "3"},
    {"id": "ancient", "type": "book", "title": "Old", "author": DOE, "issued": {"date-parts": [[-44]]}},
    {"id": "spring", "type": "book", "title": "Green", "author": DOE, "issued": {"date-parts": [[2009]], "season": "1"}},
    {
        "id": "gone",
        "type": "article-journal",
        "title": "Gone",
        "author": DOE,
        "container-title": "J",
        "status": "retracted",
        "custom": {"status-date": "2020-05-01", "status-notice": "10.1234/notice"},
        "issued": {"date-parts": [[2019]]},
    },
]  # fmt: skip


def source(item: dict[str, object]) -> Source:
    table = LineTable("x.json", json.dumps(item))
    tree, _ = parse_json(table.text, table)
    assert tree is not None
    found, problems = parse_source(tree)
    assert found is not None
    assert not problems
    return found


def pandoc(text: str, form: str) -> list[dict[str, object]]:
    run = subprocess.run(
        [pypandoc.get_pandoc_path(), f"--from={form}", "--to=csljson"],
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    return json.loads(run.stdout)


NOCASE = re.compile(r"</?span[^>]*>")


def plain(value: object) -> object:
    if isinstance(value, str):
        return NOCASE.sub("", value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    return {name: plain(item) for name, item in value.items()} if isinstance(value, dict) else value


# -- BibLaTeX


@pytest.fixture(scope="module")
def by_biblatex() -> dict[object, object]:
    text = "\n".join(biblatex_entry(source(item)) for item in WORKS)
    return {item["id"]: plain(item) for item in pandoc(text, "biblatex")}


HAS_NO_FIELD = {"custom"}
"""What BibLaTeX has no field for; the note says it in words."""


@pytest.mark.parametrize("item", WORKS, ids=lambda item: item["id"])
def test_pandoc_reads_from_biblatex_what_was_written(item, by_biblatex):
    read = by_biblatex[item["id"]]
    # Pandoc's own doings: an older name, one tag for all of English, a short title before each colon.
    read = {"event-title" if name == "event" else name: value for name, value in read.items()}
    wanted = {name: value for name, value in item.items() if name not in HAS_NO_FIELD}
    if item["type"] == "webpage":
        read["container-title"] = read.pop("publisher")
    if "PMID" in item:
        assert read.pop("URL") == f"https://www.ncbi.nlm.nih.gov/pubmed/{wanted.pop('PMID')}"
    if "language" in item:
        assert read.pop("language").lower().startswith(str(item["language"]))
        wanted.pop("language")
    if "title-short" not in item:
        read.pop("title-short", None)
    if item["id"] == "gone":
        assert read.pop("note") == retraction(source(item)).sentence
    if item.get("issued", {}).get("season"):
        wanted["issued"] = {"date-parts": [[2009, 21]]}
    assert read == wanted


def test_our_own_reader_finds_the_works_too():
    text = "\n".join(biblatex_entry(source(item)) for item in WORKS)
    read, problems = parse_bibtex(LineTable("x.bib", text))
    assert not problems
    assert [(work.key, work.type, work.title) for work in read] == [
        (item["id"], item["type"], item["title"]) for item in WORKS
    ]


VISIBLE = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=60).filter(str.strip)


@given(VISIBLE)
def test_any_title_is_one_entry_and_survives(text):
    written = biblatex_entry(source({"id": "x", "type": "book", "title": text, "note": text}))
    library = bibtexparser.parse_string(written)
    assert len(library.entries) == 1
    assert not library.failed_blocks
    (read,), _ = parse_bibtex(LineTable("x.bib", written))
    # A text with commands of LaTeX is composed as it is read: the few signs that NFC replaces are the same to readers.
    assert normalize("NFC", read.title) == normalize("NFC", " ".join(text.split()))


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Opioid receptors: distinct roles", "{Opioid receptors: {distinct} roles}"),
        ("Opioid receptors: Distinct roles", "{Opioid receptors: Distinct roles}"),
        ("the DSM and Freud", "{{the} {DSM} and {Freud}}"),
        ("2009 and after", "{2009 and after}"),
    ],
)
def test_capitals_that_a_style_must_not_change_stand_in_braces(title, written):
    assert f"title = {written}," in biblatex_entry(source({"id": "x", "type": "book", "title": title}))


# -- RIS

RIS_HOLDS = (
    "type", "title", "container-title", "volume", "issue", "page", "DOI", "URL", "publisher", "edition", "language",
    "abstract", "number-of-volumes",
)  # fmt: skip
READ_AS = {"misc": "webpage", "motion-picture": "motion_picture", "program": "software"}
"""What pandoc, when it reads RIS, calls some types in its own way."""


@pytest.fixture(scope="module")
def by_ris() -> dict[object, dict[str, object]]:
    text = "\n".join(ris_record(source(item)) for item in WORKS)
    return {item["id"]: item for item in pandoc(text, "ris")}


@pytest.mark.parametrize("item", WORKS, ids=lambda item: item["id"])
def test_pandoc_reads_from_ris_what_was_written(item, by_ris):
    read = by_ris[item["id"]]
    read["type"] = READ_AS.get(str(read["type"]), read["type"])
    wanted = {name: item[name] for name in RIS_HOLDS if name in item}
    assert {name: read.get(name) for name in wanted} == wanted
    if "issued" in item:
        assert read["issued"]["date-parts"][0][:1] == [item["issued"]["date-parts"][0][0]]


def test_ris_says_what_pandoc_does_not_read():
    (kolk,) = rispy.loads(ris_record(source(WORKS[0])))
    assert kolk["notes"] == ["Read twice"]
    assert kolk["short_title"] == "The DSM-V"
    assert kolk["keywords"] == ["trauma", "opioids"]
    assert kolk["authors"][0] == "van der Kolk, Bessel A."
    (web,) = rispy.loads(ris_record(source(WORKS[3])))
    assert web["access_date"] == "2021/02/03/"
    (gone,) = rispy.loads(ris_record(source(WORKS[-1])))
    assert gone["notes"] == [retraction(source(WORKS[-1])).sentence]


@pytest.mark.parametrize("item", WORKS, ids=lambda item: item["id"])
def test_our_own_reader_finds_in_ris_what_was_written(item):
    table = LineTable("x.ris", ris_record(source(item)))
    (read,), problems = parse_ris(table)
    assert not problems
    found = to_csl(read)
    for name in (*RIS_HOLDS, "title-short", "publisher-place", "collection-title", "keyword", "accessed"):
        if name in item:
            assert found.get(name) == item[name], name
    if "PMCID" not in item and item["id"] not in ("kolk2009", "spring", "ancient", "conf-1", "apa2013"):
        assert found.get("issued") == item.get("issued")


# -- CSL-JSON


@pytest.mark.parametrize("item", WORKS, ids=lambda item: item["id"])
def test_csl_json_holds_everything(item):
    assert to_csl(source(item)) == item


def test_pandoc_reads_our_csl_json():
    read = {item["id"]: item for item in pandoc(json.dumps([to_csl(source(item)) for item in WORKS]), "csljson")}
    for item in WORKS:
        assert read[item["id"]]["title"] == item["title"]


# -- keys


def test_a_key_that_biblatex_cannot_have_is_rewritten():
    assert entry_key("a,b{c}") == "a-b-c"
    assert entry_key("kolk2009:a") == "kolk2009:a"


@pytest.mark.parametrize("kind", sorted(CSL_TYPES))
def test_a_work_of_every_type_is_read_back_by_all(kind):
    work = source({"id": "x", "type": kind, "title": "T", "container-title": "C", "publisher": "P", "number": "7"})
    (read,) = pandoc(biblatex_entry(work), "biblatex")
    assert plain(read["title"]) == "T"
    (record,) = rispy.loads(ris_record(work))
    assert record["title"] == "T"
