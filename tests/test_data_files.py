"""What the data files hold, as other programs read it: csv, DuckDB, JSON Schema, RDF."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import jsonschema
import pytest
import rdflib
from florilegium.check.checking import Options
from florilegium.pipeline import prepare_pages
from florilegium.site.addresses import group_anchor
from florilegium.site.data_files import data_files
from florilegium.site.data_files.csv_table import csv_record, restored, tamed
from florilegium.site.data_files.data_file import DataFile
from florilegium.site.data_files.opening import open_data_files
from florilegium.site.data_files.web_annotations import VOCABULARY
from florilegium.site.linked_site import Site
from florilegium.site.pages.themes_index import themes_page
from hypothesis import given
from hypothesis import strategies as st
from projects import LIBRARY, make_project
from pyarrow import parquet

REPOSITORY = Path(__file__).parent.parent
SECRET = "Nothing of a draft is exported"

HOSTILE = {
    **LIBRARY,
    "library.yml": LIBRARY["library.yml"]
    + "  - {id: interviewer, label: Interviewer}\nurl: https://example.org/library/\n",
    "notes/odd.md": """\
---
title: '=1+1 "quoted", </script><!-- and a \\n'
source: gone2001
basis: secondary
via: roe2010
themes: [amnesia, numbing]
notices: [drug-use]
contributors: [Robin, '@Kim']
date: 2024-04-01
updated: 2024-05-01
references:
  - id: gone2001
    type: article-journal
    author: [{family: '=Doe', given: '+Jane'}]
    title: '@Gone </script>'
    container-title: Journal
    issued: {date-parts: [[2001]]}
    DOI: 10.5555/gone.1
    status: retracted
    custom: {status-date: '2020-05-01', status-notice: 10.5555/notice}
---
Says what @gone2001 says. See [amnesia](../themes/amnesia.md) and [the other](remembering.md).

> =HYPERLINK(\\"http://example.org\\"), "he" said; \\</script>
>
> +1 more paragraph, with 'quotes'
>
> — an interviewer "-Kim", in [@gone2001, p. 7], quoted in [@roe2010, p. 3] #amnesia #numbing !drug-use {#live}

> Twice told is half forgotten.
>
> =1+1
>
> — the author, in [@gone2001, p. 8] #numbing {#twice}
""",
    "notes/draft.md": f"""\
---
title: {SECRET}
source: secret1999
basis: full-text
themes: [amnesia]
status: draft
references:
  - id: secret1999
    type: book
    author: [{{family: Secret, given: S.}}]
    title: {SECRET} either
    issued: {{date-parts: [[1999]]}}
---
{SECRET} [@secret1999].

> {SECRET}, for it is not finished.
>
> — the author, in [@secret1999, p. 1] #amnesia {{#secret}}
""",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("library"), library=HOSTILE).root


@pytest.fixture(scope="module")
def files(root: Path) -> dict[str, DataFile]:
    opened = open_data_files(Options(root=root, executor=None))
    return {file.name: file for file in opened.files if not file.asked}


@pytest.fixture(scope="module")
def content(files: dict[str, DataFile]) -> Callable[[str], bytes]:
    return lambda name: b"".join(files[name].render())


@pytest.fixture(scope="module")
def site(root: Path) -> Site:
    """The site as a build has it, citations and all."""
    prepared = prepare_pages(Options(root=root, executor=None))
    assert prepared.site, prepared.diagnostics
    return prepared.site


@pytest.fixture(scope="module")
def rows(content) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content("quotes.csv").decode("utf-8"), newline="")))


def words_of(address: str, site: Site) -> str:
    return next(quote.words for quote in site.links.quotes if quote.address == address)


# -- all files


@pytest.mark.slow
def test_the_files_are_those_of_a_build_byte_for_byte(files, content, site):
    built = {file.name: b"".join(file.render()) for file in data_files(site)}
    assert built.keys() == files.keys()
    for name, found in built.items():
        assert found == content(name), name


def test_no_draft_is_in_any_file(files, content):
    for name in files:
        assert SECRET.encode() not in content(name), name
        assert b"secret1999" not in content(name), name


def test_names_and_paths_are_unlike_each_other_and_stay_below_the_site(files):
    paths = [file.path for file in files.values()]
    assert len({path.casefold() for path in paths}) == len(paths)
    assert not any(path.startswith("/") or ".." in path.split("/") for path in paths)


def test_every_file_is_described(files):
    described = (REPOSITORY / "docs/data.md").read_text(encoding="utf-8")
    for name in files:
        if not name.startswith("notes/"):
            assert f"`{name}`" in described, name


@pytest.mark.parametrize("name", ["quotes.jsonl", "library.json", "references.json"])
def test_no_json_holds_a_tag_that_could_end_a_script(name, content):
    assert b"<" not in content(name)
    assert b"</script>" in content("quotes.csv"), "a table is no JSON: its cells are the text itself"


# -- CSV


def test_no_cell_is_live_and_every_cell_can_be_restored(rows, site):
    for row in rows:
        for cell in row.values():
            assert not re.match(r"[=+\-@\t\r\n＝＋－＠]", cell), cell
        assert restored(row["words"]) == words_of(row["id"], site)
    odd = next(row for row in rows if row["id"] == "odd/live")
    assert odd["words"].startswith("'=HYPERLINK(")
    assert odd["speaker_name"] == "'-Kim"
    assert odd["title"] == "'@Gone </script>"
    assert restored(odd["note_title"]).startswith('=1+1 "quoted"')


@given(st.text())
def test_any_cell_can_be_restored(text):
    assert restored(tamed(text)) == text
    assert not tamed(text).startswith(("=", "+", "-", "@", "\t", "\r"))


SIGNS = ("\n", "\r", "\r\n", ";", "\t", ",", '"', "=", "+", "-", "@", "＝", "＋", "－", "＠", "'")
"""What a spreadsheet divides a table at, or takes for the beginning of a formula."""


def spreadsheet(text: str) -> list[list[str]]:
    """The cells of a table as a spreadsheet reads it that divides at commas, semicolons and tabs alike."""
    table, row, cell, at, quoted = [], [], "", 0, False
    while at < len(text):
        sign = text[at]
        if quoted and text[at : at + 2] == '""':
            cell, at = cell + '"', at + 1
        elif quoted and sign == '"':
            quoted = False
        elif sign == '"' and not cell:
            quoted = True
        elif quoted or sign not in ",;\t\r\n":
            cell += sign
        else:
            row.append(cell)
            cell = ""
            if sign in "\r\n":
                at += text[at : at + 2] == "\r\n"
                table.append(row)
                row = []
        at += 1
    assert not row, "the last row has an end"
    return table


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_alone_in_a_cell_is_read_back(sign):
    cells = [sign, f"a{sign}b", f"a{sign}", f"{sign}=1+1", f"One.{sign}{sign}=1+1{sign}", "plain", ""]
    line = csv_record(map(tamed, cells)) + "\r\n"
    for read in (spreadsheet(line), list(csv.reader(io.StringIO(line, newline=""), strict=True))):
        assert [[restored(cell) for cell in row] for row in read] == [cells]
    assert not any(re.match(r"[=+\-@\t\r\n＝＋－＠]", cell) for cell in spreadsheet(line)[0])


@given(st.lists(st.text(alphabet="".join(SIGNS) + "ab 1"), min_size=1))
def test_any_row_is_read_back_by_a_spreadsheet(cells):
    read = spreadsheet(csv_record(map(tamed, cells)) + "\r\n")
    assert [[restored(cell) for cell in row] for row in read] == [cells]


def test_a_spreadsheet_reads_the_table_as_it_was_written(content, rows):
    header, *read = spreadsheet(content("quotes.csv").decode("utf-8"))
    assert [dict(zip(header, row, strict=True)) for row in read] == rows


def test_rows_hold_the_quote_its_notices_and_its_themes(rows):
    by_id = {row["id"]: row for row in rows}
    gone = by_id["forgetting/gone"]
    assert (gone["notices"], gone["note_notices"], gone["locator"]) == ("drug-use", "drug-use", "4")
    assert (gone["theme:amnesia"], gone["theme:numbing"]) == ("1", "0")
    assert gone["address"] == "https://example.org/library/notes/forgetting/#q-gone"
    live = by_id["odd/live"]
    assert (live["theme:amnesia"], live["theme:numbing"], live["themes"]) == ("1", "1", "amnesia numbing")
    assert (live["quoted_in"], live["quoted_in_locator"]) == ("roe2010", "3")
    assert (live["status"], live["status_date"]) == ("retracted", "2020-05-01")
    assert live["status_notice"] == "https://doi.org/10.5555/notice"
    assert gone["status"] == ""


def test_lines_end_as_rfc_4180_has_it(content):
    text = content("quotes.csv").decode("utf-8")
    assert not text.startswith("\ufeff")
    header = text.split("\r\n")[0]
    assert header.startswith('"id","address","words","notices",')
    # Within the words of a quote of two paragraphs there is a lone line feed.
    assert text.count("\r\n") == 1 + 4
    assert "\n'" not in header


# -- DuckDB


@pytest.fixture(scope="module")
def database(tmp_path_factory, content) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("tables")
    for name in ("quotes.csv", "quotes.parquet"):
        (folder / name).write_bytes(content(name))
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW pq AS FROM read_parquet('{folder}/quotes.parquet')")
        connection.execute(f"CREATE VIEW csv AS FROM read_csv('{folder}/quotes.csv', all_varchar = true)")
        yield connection


def matrix(site: Site) -> set[tuple[str, str, int]]:
    """Theme, source, number of quotes: read off the table on the page of themes."""
    page = themes_page(site).render("../").decode()
    table = page[page.index('class="scroll matrix"') :].partition("</table>")[0]
    counted = re.findall(r'<td class="some"><a href="\.\./themes/([^/]+)/[^"#]*#from-([^"]+)">(\d+)<', table)
    keys = {group_anchor(key).removeprefix("from-"): key for key in site.links.sources}
    return {(theme, keys[anchor], int(number)) for theme, anchor, number in counted}


def test_duckdb_counts_quotes_by_theme_and_source_as_the_site_does(database, site):
    counted = database.execute(
        "SELECT theme, source, count(*) FROM (SELECT unnest(themes) AS theme, source FROM pq) GROUP BY ALL"
    ).fetchall()
    assert len(matrix(site)) > 2
    assert set(counted) == matrix(site)


def test_duckdb_finds_the_same_in_the_csv(database, site):
    found = set()
    for theme in site.links.themes:
        query = f"SELECT source, count(*) FROM csv WHERE \"theme:{theme}\" = '1' GROUP BY source"
        found |= {(theme, source, number) for source, number in database.execute(query).fetchall()}
    assert found == matrix(site)


def test_parquet_holds_the_words_unchanged(database, site):
    found = dict(database.execute("SELECT id, words FROM pq").fetchall())
    assert found == {quote.address: quote.words for quote in site.links.quotes}
    (notices,) = database.execute("SELECT notices FROM pq WHERE id = 'odd/live'").fetchall()
    assert notices == (["drug-use"],)


def test_parquet_has_lists_and_numbers_and_the_same_bytes_each_time(content, tmp_path):
    path = tmp_path / "quotes.parquet"
    path.write_bytes(content("quotes.parquet"))
    schema = parquet.read_schema(path)
    assert str(schema.field("themes").type).startswith("list<")
    assert str(schema.field("year").type) == "int32"
    assert content("quotes.parquet") == path.read_bytes()


# -- Web Annotation

TERMS = {
    "oa": "http://www.w3.org/ns/oa#",
    "as": "http://www.w3.org/ns/activitystreams#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "id": {"@type": "@id", "@id": "@id"},
    "type": {"@type": "@id", "@id": "@type"},
    "Annotation": "oa:Annotation",
    "TextualBody": "oa:TextualBody",
    "SpecificResource": "oa:SpecificResource",
    "TextQuoteSelector": "oa:TextQuoteSelector",
    "Person": "foaf:Person",
    "Software": "as:Application",
    "body": {"@type": "@id", "@id": "oa:hasBody"},
    "target": {"@type": "@id", "@id": "oa:hasTarget"},
    "source": {"@type": "@id", "@id": "oa:hasSource"},
    "selector": {"@type": "@id", "@id": "oa:hasSelector"},
    "scope": {"@type": "@id", "@id": "oa:hasScope"},
    "creator": {"@type": "@id", "@id": "dcterms:creator"},
    "generator": {"@type": "@id", "@id": "as:generator"},
    "motivation": {"@type": "@vocab", "@id": "oa:motivatedBy"},
    "purpose": {"@type": "@vocab", "@id": "oa:hasPurpose"},
    "tagging": "oa:tagging",
    "classifying": "oa:classifying",
    "assessing": "oa:assessing",
    "describing": "oa:describing",
    "highlighting": "oa:highlighting",
    "exact": "oa:exact",
    "value": "rdf:value",
    "name": "foaf:name",
    "created": {"@id": "dcterms:created", "@type": "xsd:dateTime"},
    "modified": {"@id": "dcterms:modified", "@type": "xsd:dateTime"},
}
"""The terms in use, as the W3C's context defines them (https://www.w3.org/TR/annotation-vocab/): it is not fetched."""

OA = rdflib.Namespace(TERMS["oa"])
FL = rdflib.Namespace(VOCABULARY)


@pytest.fixture(scope="module")
def annotations(content) -> dict[str, dict]:
    lines = content("quotes.jsonl").decode("utf-8").splitlines()
    assert all(line.startswith("{") for line in lines)
    return {found["id"]: found for found in map(json.loads, lines)}


@pytest.fixture(scope="module")
def graph(annotations) -> rdflib.Graph:
    graph = rdflib.Graph()
    for found in annotations.values():
        first, ours = found["@context"]
        assert first == "http://www.w3.org/ns/anno.jsonld"
        graph.parse(data=json.dumps({**found, "@context": [TERMS, ours]}), format="json-ld")
    return graph


def unknown_terms(value, key="") -> set[str]:
    """The words of an annotation that neither the standard's context nor ours defines: RDF would lose them."""
    if isinstance(value, list):
        return {term for inner in value for term in unknown_terms(inner, key)}
    if isinstance(value, dict):
        own = {
            name
            for name in value
            if not name.startswith(("fl:", "@")) and name not in {*TERMS, "prefix", "suffix", "language"}
        }
        return own | {
            term for name, inner in value.items() if name != "@context" for term in unknown_terms(inner, name)
        }
    return {str(value)} if key in ("type", "motivation", "purpose") and value not in TERMS else set()


def test_every_term_of_an_annotation_is_one_of_the_standard(annotations):
    assert {term for found in annotations.values() for term in unknown_terms(found)} == set()
    assert unknown_terms({"type": "Note", "body": [{"colour": 1}]}) == {"Note", "colour"}


LIVE = rdflib.URIRef("https://example.org/library/notes/odd/#q-live")


def test_every_quote_is_an_annotation_of_its_work(graph, site):
    assert set(graph.subjects(rdflib.RDF.type, OA.Annotation)) == {
        rdflib.URIRef(site.canonical(site.addresses.quote(quote))) for quote in site.links.quotes
    }
    (target,) = graph.objects(LIVE, OA.hasTarget)
    assert graph.value(target, OA.hasSource) == rdflib.URIRef("https://doi.org/10.5555/gone.1")
    assert graph.value(target, OA.hasScope) == rdflib.URIRef("https://example.org/library/references/#ref-roe2010")
    selector = graph.value(target, OA.hasSelector)
    assert (selector, rdflib.RDF.type, OA.TextQuoteSelector) in graph
    assert str(graph.value(selector, OA.exact)) == words_of("odd/live", site)
    assert graph.value(target, FL.locator) == rdflib.Literal("page 7")


def test_bodies_say_what_they_are_for(graph):
    assert set(graph.objects(LIVE, OA.motivatedBy)) == {OA.tagging}
    said: dict[str, set[str]] = {}
    for body in graph.objects(LIVE, OA.hasBody):
        purpose = str(graph.value(body, OA.hasPurpose)).removeprefix(TERMS["oa"])
        value = graph.value(body, rdflib.RDF.value) or graph.value(body, OA.hasSource)
        said.setdefault(purpose, set()).add(str(value))
    assert said["tagging"] == {"Amnesia", "Numbing"}
    assert said["classifying"] == {f"https://example.org/library/themes/{id_}/" for id_ in ("amnesia", "numbing")}
    assert {"Content notice: Drug use", "Not verified"} < said["assessing"]
    assert any(value.startswith("The work: Retracted") and "2020-05-01" in value for value in said["assessing"])
    assert said["describing"] == {"Speaker: Interviewer “-Kim”"}


def test_people_and_days_are_those_of_the_note(annotations, graph):
    assert {str(name) for name in graph.objects(None, rdflib.URIRef(f"{TERMS['foaf']}name"))} >= {"Robin", "@Kim"}
    assert annotations[str(LIVE)]["created"] == "2024-04-01T00:00:00Z"
    assert annotations[str(LIVE)]["modified"] == "2024-05-01T00:00:00Z"


def test_no_term_of_an_annotation_is_lost(annotations):
    """Whatever key is not defined, JSON-LD passes over in silence."""

    def keys(value: object) -> set[str]:
        if isinstance(value, list):
            return set().union(*map(keys, value)) if value else set()
        return set(value).union(*map(keys, value.values())) if isinstance(value, dict) else set()

    for found in annotations.values():
        used = keys({name: value for name, value in found.items() if name != "@context"})
        assert {name for name in used if not name.startswith("fl:")} <= TERMS.keys()


# -- library.json


@pytest.fixture(scope="module")
def library(content) -> dict:
    return json.loads(content("library.json"))


@pytest.fixture(scope="module")
def schema() -> dict:
    return json.loads((REPOSITORY / "docs/schemas/library-1.json").read_text(encoding="utf-8"))


def test_the_library_keeps_its_schema(library, schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(library)
    assert library["$schema"].endswith(f"schemas/library-{library['schema_version']}.json")


@pytest.mark.parametrize(
    ("field", "value"),
    [("schema_version", 2), ("quotes", [{"id": "x/y"}]), ("themes", [{"id": "x", "label": 1}]), ("notes", None)],
)
def test_the_schema_refuses_what_is_none(library, schema, field, value):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**library, field: value}, schema)


def test_the_library_holds_everything(library):
    by_id = {quote["id"]: quote for quote in library["quotes"]}
    assert by_id["odd/live"]["notices"] == ["drug-use"]
    assert by_id["odd/live"]["quoted_in"] == {"key": "roe2010", "locator": {"label": "page", "value": "3"}}
    assert by_id["odd/live"]["speaker"] == {"role": "interviewer", "name": "-Kim"}
    works = {work["key"]: work for work in library["references"]}
    assert works["gone2001"]["status"] == {
        "kind": "retracted",
        "date": "2020-05-01",
        "notice": "https://doi.org/10.5555/notice",
    }
    assert works["gone2001"]["csl"]["status"] == "retracted"
    assert works["gone2001"]["iri"] == "https://doi.org/10.5555/gone.1"
    assert works["doe2009"]["status"] is None
    notes = {note["id"]: note for note in library["notes"]}
    assert notes["odd"]["quotes"] == ["odd/live", "odd/twice"]
    assert (notes["odd"]["basis"], notes["odd"]["via"]) == ("secondary", "roe2010")
    assert [theme["broader"] for theme in library["themes"]] == [[], ["amnesia"]]


def test_links_are_what_the_prose_leads_to(library):
    odd = [link for link in library["links"] if link["from"] == {"kind": "note", "id": "odd"}]
    assert [(link["type"], link["to"]["kind"], link["to"]["id"]) for link in odd] == [
        ("cites", "reference", "gone2001"),
        ("mentions", "theme", "amnesia"),
        ("mentions", "note", "remembering"),
    ]


def test_every_key_and_id_leads_somewhere(library):
    ids = {
        "note": {note["id"] for note in library["notes"]},
        "theme": {theme["id"] for theme in library["themes"]},
        "reference": {work["key"] for work in library["references"]},
    }
    for link in library["links"]:
        assert link["from"]["id"] in ids[link["from"]["kind"]]
        assert link["to"]["id"] in ids[link["to"]["kind"]]
    for quote in library["quotes"]:
        assert quote["note"] in ids["note"]
        assert quote["source"]["key"] in ids["reference"]
        assert set(quote["themes"]) <= ids["theme"]
        assert set(quote["notices"]) <= {notice["id"] for notice in library["notices"]}


# -- references


def test_the_works_of_the_three_reference_files_are_the_same(content):
    works = {work["id"]: work for work in json.loads(content("references.json"))}
    assert list(works) == sorted(works)
    assert set(works) == {"doe2009", "gone2001", "roe2010"}
    assert works["gone2001"]["custom"] == {"status-date": "2020-05-01", "status-notice": "10.5555/notice"}
    bib, ris = content("references.bib").decode(), content("references.ris").decode()
    assert re.findall(r"^@\w+\{(.*),$", bib, re.MULTILINE) == list(works)
    assert re.findall(r"^ID  - (.*)$", ris, re.MULTILINE) == list(works)
    assert "pubstate = {retracted}" in bib
    assert bib.count("Retracted") == ris.count("Retracted") == 1
