"""What programs read of a page: Zotero's type and fields of a work, COinS in every bibliography, JSON-LD."""

import html
import json
import re
from urllib.parse import parse_qs

import pytest
import yaml
from florilegium.core.sources import Date, Name, Source
from florilegium.core.spans import Span
from florilegium.site.data_files.identity import note_iri, quote_iri
from florilegium.site.linked_site import work_iri
from florilegium.site.pages.page_files import GeneratedPage
from florilegium.site.pages.planned_pages import PagePlan
from florilegium.site.pages.structured_data import MAX_STRUCTURED_QUOTES, MOST_WORDS, escaped_json
from florilegium.works.exports.page_metadata import (
    citation_metadata,
    context_object,
    is_better_as_object,
    item_type_metadata,
)
from florilegium.works.exports.schema_org import schema_org_work
from hypothesis import given
from hypothesis import strategies as st
from planned import LIBRARY, planned
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import RDF

NOWHERE = Span.of_file("notes/x.md")
SCHEMA = Namespace("https://schema.org/")


DOE = Name(family="Doe", given="Jane")


def work(type, *, author=(DOE,), editor=(), year=2009, **variables):
    names = {role: tuple(people) for role, people in (("author", author), ("editor", editor)) if people}
    return Source(
        key="doe2009",
        type=type,
        variables={name.replace("_", "-"): value for name, value in variables.items()},
        names=names,
        dates={"issued": Date(parts=((year,),))},
        span=NOWHERE,
        key_span=NOWHERE,
    )


# ------------------------------------------------------------------------------------------------------ Zotero


def imported(source):
    """What Zotero's translator "Embedded Metadata" makes of the page: the type, people, and fields by its own names.

    Names of which a part is a namespace that it knows, such as `book` in `citation_book_title`, say nothing of the type.
    The last name that does decides; then `z.itemType`; then an ISBN, or a title alone, is guessed from.
    """
    pairs = [*citation_metadata(source), *item_type_metadata(source)]
    said = {
        "citation_journal_title": "journalArticle",
        "citation_technical_report_institution": "report",
        "citation_conference_title": "conferencePaper",
        "citation_inbook_title": "bookSection",
        "citation_dissertation_institution": "thesis",
    }
    values = dict(pairs)
    decided = [said[name] for name, _ in pairs if name in said]
    guess = "book" if "citation_isbn" in values else "journalArticle"
    pages = "-".join(values[n] for n in ("citation_firstpage", "citation_lastpage") if n in values)
    return {
        "type": decided[-1] if decided else values.get("z.itemType", guess),
        "creators": [
            (name.removeprefix("citation_"), person) for name, text in pairs for person in people(name, text, pairs)
        ],
        "publicationTitle": values.get("citation_journal_title")
        or values.get("citation_inbook_title")
        or values.get("dc.source", ""),
        "pages": pages,
        "url": values.get("citation_public_url", ""),
        **{k: values[f"citation_{v}"] for k, v in FIELDS.items() if f"citation_{v}" in values},
    }


FIELDS = {
    "title": "title",
    "date": "publication_date",
    "publisher": "publisher",
    "ISBN": "isbn",
    "DOI": "doi",
    "volume": "volume",
    "series": "series_title",
    "university": "dissertation_institution",
    "institution": "technical_report_institution",
    "reportNumber": "technical_report_number",
    "conferenceName": "conference_title",
}


def people(name, text, pairs):
    if name not in ("citation_author", "citation_editor"):
        return []
    found = re.split(r"\s*;\s*", text)
    parts = re.split(r"\s*,\s*", text)
    alone = sum(other == name for other, _ in pairs) == 1
    if len(found) == 1 and alone and len(parts) > 1 and " " in parts[0] and " " in parts[1]:
        found = parts
    return [person for person in found if person]


def test_a_chapter_arrives_as_a_section_of_its_book():
    editors = (Name(family="Dell", given="Paul F."), Name(family="O'Neil", given="John A."))
    source = work("chapter", editor=editors, title="T", container_title="A book", page="511-518", publisher="Routledge")
    found = imported(source)
    assert found["type"] == "bookSection"
    assert found["publicationTitle"] == "A book"
    assert found["creators"] == [("author", "Doe, Jane"), ("editor", "Dell, Paul F."), ("editor", "O'Neil, John A.")]
    assert (found["pages"], found["publisher"], found["date"]) == ("511-518", "Routledge", "2009")


@pytest.mark.parametrize("extra", [{}, {"ISBN": "9780890425558"}])
def test_a_chapter_with_an_isbn_is_no_book(extra):
    assert imported(work("chapter", title="T", container_title="A book", **extra))["type"] == "bookSection"


@pytest.mark.parametrize(
    ("kind", "variables", "expected"),
    [
        ("article-journal", {"container_title": "J", "volume": "3"}, "journalArticle"),
        ("book", {"publisher": "P"}, "book"),
        ("book", {"ISBN": "9780890425558"}, "book"),
        ("thesis", {"publisher": "A university"}, "thesis"),
        ("thesis", {}, "thesis"),
        ("report", {"publisher": "An office", "number": "7"}, "report"),
        ("report", {}, "report"),
        ("webpage", {"URL": "https://example.org/"}, "webpage"),
        ("post-weblog", {"container_title": "A blog"}, "blogPost"),
        ("paper-conference", {"container_title": "Proceedings", "event_title": "A meeting"}, "conferencePaper"),
        ("manuscript", {}, "manuscript"),
        ("entry-encyclopedia", {"container_title": "E"}, "bookSection"),
    ],
)
def test_each_work_arrives_as_what_it_is(kind, variables, expected):
    assert imported(work(kind, title="T", **variables))["type"] == expected


@pytest.mark.parametrize(
    ("name", "written"),
    [
        (Name(family="Doe", given="Jane"), "Doe, Jane"),
        (Name(literal="World Health Organization"), "World Health Organization,"),
        (Name(literal="Smith and Sons, Inc."), "Smith and Sons Inc.,"),
        (Name(family="Berg", non_dropping_particle="van der"), "van der Berg,"),
        (Name(family="Kolk", given="Bessel A.", non_dropping_particle="van der"), "van der Kolk, Bessel A.;"),
        (Name(literal="UNESCO"), "UNESCO"),
    ],
)
def test_a_name_is_written_so_that_it_arrives_whole(name, written):
    source = work("article-journal", author=(name, Name(family="Roe", given="R.")), title="T", container_title="J")
    assert next(value for key, value in citation_metadata(source) if key == "citation_author") == written


def test_a_book_without_an_address_gets_none_of_ours():
    found = dict(citation_metadata(work("book", title="T", ISBN="9780890425558")))
    assert found["citation_public_url"] == "https://search.worldcat.org/isbn/9780890425558"
    assert found["citation_language"] == "und"


def test_fields_of_other_works():
    assert imported(work("thesis", title="T", publisher="A university"))["university"] == "A university"
    report = imported(work("report", title="T", publisher="An office", number="7"))
    assert (report["institution"], report["reportNumber"]) == ("An office", "7")
    assert imported(work("post-weblog", title="T", container_title="A blog"))["publicationTitle"] == "A blog"
    paper = imported(work("paper-conference", title="T", container_title="Proceedings", event_title="A meeting"))
    assert (paper["publicationTitle"], paper["conferenceName"]) == ("Proceedings", "A meeting")
    assert imported(work("book", title="T", collection_title="A series"))["series"] == "A series"
    assert imported(work("book", title="T", editor=(Name(family="Poe"),)))["creators"][1] == ("editor", "Poe")


def test_a_single_author_with_several_names_is_one_person():
    kolk = Name(family="Kolk", non_dropping_particle="van der", given="Bessel A.")
    assert imported(work("book", author=(kolk,), title="T"))["creators"] == [("author", "van der Kolk, Bessel A.")]
    both = (kolk, DOE)
    assert len(imported(work("book", author=both, title="T"))["creators"]) == 2
    assert dict(citation_metadata(work("book", title="T")))["citation_author"] == "Doe, Jane"


def test_the_address_is_that_of_the_work_and_never_of_our_page():
    assert imported(work("book", title="T", DOI="10.1234/a"))["url"] == "https://doi.org/10.1234/a"
    assert imported(work("book", title="T", DOI="10.1234/a", URL="https://a.org/"))["url"] == "https://a.org/"
    assert imported(work("book", title="T", DOI="nonsense", URL="javascript:alert(1)"))["url"] == ""


# ------------------------------------------------------------------------------------------------------- COinS


def coins(page: str) -> list[dict[str, list[str]]]:
    return [parse_qs(html.unescape(title)) for title in re.findall(r'class="Z3988" title="([^"]*)"', page)]


def test_names_in_context_objects_can_be_told_apart():
    kolk = Name(family="Kolk", non_dropping_particle="van der", given="Bessel")
    found = parse_qs(context_object(work("book", author=(kolk, Name(literal="A, B & Co.")), title="T")))
    assert (found["rft.aulast"], found["rft.aufirst"]) == (["van der Kolk"], ["Bessel"])
    assert "rft.au" not in found, "who stands in both arrives twice"
    assert found["rft.aucorp"] == ["A, B & Co."]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> PagePlan:
    return planned(tmp_path_factory.mktemp("metadata"))


def page(plan: PagePlan, path: str) -> str:
    return plan.pages[path].render().decode()


@pytest.mark.parametrize("path", ["themes/amnesia.md", "quotes/index.md", "works/index.md"])
def test_every_work_of_a_bibliography_has_one(plan, path):
    titles = {found.get("rft.atitle", [""])[0] for found in coins(page(plan, path))}
    assert titles == {"The art of forgetting", "Remembering well"}
    listed = page(plan, path).count('id="ref-') or page(plan, path).count("data-read=")
    assert listed == len(coins(page(plan, path)))


def test_the_work_of_a_note_is_described_by_the_head_alone(plan):
    """A reference manager would take a context object, which says less, in place of the metadata."""
    text = page(plan, "notes/forgetting.md")
    assert 'id="ref-' in text
    assert not coins(text)
    assert "citation_author" in text


@pytest.mark.parametrize("path", ["notes/remembering.md", "works/roe2010.md"])
def test_a_work_without_an_address_is_described_by_a_context_object_alone(plan, path):
    """Zotero takes the address of the page for that of a work whose metadata name none."""
    text = page(plan, path)
    assert [found["rft.atitle"] for found in coins(text)] == [["Remembering well"]]
    assert "citation_" not in text


def test_a_work_with_editors_or_an_address_keeps_its_metadata():
    assert not is_better_as_object(work("book", title="T", editor=(DOE,)))
    assert not is_better_as_object(work("chapter", title="T", author=(DOE,), editor=(DOE,)))
    assert not is_better_as_object(work("book", title="T", author=(DOE,), ISBN="9780306406157"))
    assert is_better_as_object(work("manuscript", title="T", author=(DOE,)))


# ----------------------------------------------------------------------------------------------------- JSON-LD


def front(text: str) -> dict[str, object]:
    return yaml.safe_load(text.split("---\n")[1])


def structured(plan: PagePlan, note: str) -> str:
    return str(front(page(plan, f"notes/{note}.md"))["structured_data"])


def graph(text: str) -> Graph:
    data = json.loads(text)
    assert data.pop("@context") == "https://schema.org"
    # The context of schema.org is on another host; its terms are these.
    local = {"@vocab": str(SCHEMA), "url": {"@type": "@id"}, "sameAs": {"@type": "@id"}}
    return Graph().parse(data=json.dumps({"@context": local, **data}), format="json-ld")


NOTE = URIRef("https://example.org/companion/notes/forgetting/")
GONE, OPEN = URIRef(f"{NOTE}#q-gone"), URIRef(f"{NOTE}#q-open-word")


def test_a_note_its_work_and_its_quotations(plan):
    found = graph(structured(plan, "forgetting"))
    assert found.value(NOTE, RDF.type) == SCHEMA.CreativeWork
    assert str(found.value(NOTE, SCHEMA.name)) == "On forgetting"
    (chapter,) = found.subjects(RDF.type, SCHEMA.Chapter)
    assert found.value(NOTE, SCHEMA.about) == chapter
    book = found.value(chapter, SCHEMA.isPartOf)
    assert found.value(book, RDF.type) == SCHEMA.Book
    assert str(found.value(book, SCHEMA.name)) == "A book of arts"
    assert str(found.value(found.value(book, SCHEMA.editor), SCHEMA.familyName)) == "Poe"
    assert set(found.objects(NOTE, SCHEMA.hasPart)) == {GONE, OPEN}
    assert set(found.subjects(RDF.type, SCHEMA.Quotation)) == {GONE, OPEN}
    assert found.value(OPEN, SCHEMA.isPartOf) == found.value(GONE, SCHEMA.isPartOf) == chapter
    assert str(found.value(OPEN, SCHEMA.citation)) == "Doe, 2009, p. 5"
    assert str(found.value(OPEN, SCHEMA.text)) == "An open word of hers."


def test_a_speaker_has_the_name_that_the_note_gives(plan):
    found = graph(structured(plan, "forgetting"))
    speaker = found.value(GONE, SCHEMA.spokenByCharacter)
    assert str(found.value(speaker, SCHEMA.name)) == "Dana"
    assert str(found.value(speaker, SCHEMA.description)) == "Participant"
    assert str(found.value(found.value(OPEN, SCHEMA.spokenByCharacter), SCHEMA.name)) == "Author"


def test_the_words_of_a_closed_quote_are_left_out_and_its_notices_are_there(plan):
    text = structured(plan, "forgetting")
    assert "xylophone" not in text
    found = graph(text)
    assert found.value(GONE, SCHEMA.text) is None
    assert str(found.value(GONE, SCHEMA.contentRating)) == "Content notice: Drug use, Trauma"
    assert found.value(OPEN, SCHEMA.contentRating) is None


def test_no_words_are_given_where_the_note_as_a_whole_has_a_notice(plan):
    text = structured(plan, "remembering")
    assert "kept every word" not in text
    assert "Content notice: Drug use" in text


def test_a_retracted_work_is_named_as_such(plan):
    found = graph(structured(plan, "remembering"))
    (article,) = found.subjects(RDF.type, SCHEMA.ScholarlyArticle)
    assert str(found.value(article, SCHEMA.creativeWorkStatus)) == "Retracted, 2020-05-01"
    volume = found.value(article, SCHEMA.isPartOf)
    assert str(found.value(volume, SCHEMA.volumeNumber)) == "1"
    assert str(found.value(found.value(volume, SCHEMA.isPartOf), SCHEMA.name)) == "Journal of Memory"


def test_things_have_the_names_that_they_have_in_the_data_files(plan):
    names = {node["@id"] for node in json.loads(structured(plan, "forgetting"))["@graph"]}
    links, site = plan.site.links, plan.site
    quotes = {quote_iri(quote, site) for quote in links.notes["forgetting"].quotes}
    assert names == {
        note_iri(links.notes["forgetting"], site),
        *quotes,
        work_iri("doe2009", site),
        work_iri("roe2010", site),
    }


def test_other_pages_have_none(plan):
    assert "structured_data" not in front(page(plan, "themes/amnesia.md"))


HOSTILE = "</script><!-- <script>alert(1)</script> --> & ]]> {{ x }} {% y %}"


def test_nothing_can_end_the_element_that_it_stands_in(tmp_path):
    note = LIBRARY["notes/forgetting.md"].replace("title: On forgetting", f"title: '{HOSTILE}'")
    note = note.replace("An open word *of* hers.", "An open word \\</script> \\<!-- of hers.")
    text = structured(planned(tmp_path, {**LIBRARY, "notes/forgetting.md": note}), "forgetting")
    assert not set("<>&") & set(text)
    assert "An open word </script> <!-- of hers." in json.dumps(json.loads(text))
    assert escaped_json("\u2028\u2029\x85<") == '"\\u2028\\u2029\\u0085\\u003c"'


@given(st.text(max_size=60))
def test_any_title_is_valid_yaml_and_json(title):
    text = escaped_json({"name": title})
    rendered = GeneratedPage(title="T", description="D", parts=(), structured_data=text).render("../").decode()
    again = json.loads(str(front(rendered)["structured_data"]))
    assert again == {"name": title.encode("utf-8", "replace").decode()}


def test_a_long_note_is_not_held_twice(tmp_path):
    quotes = "".join(
        f"\n> {'Word ' * 200}number {n}.\n>\n> — the author, in [@doe2009, p. {n}] #amnesia {{#q{n}}}\n"
        for n in range(1, 60)
    )
    note = LIBRARY["notes/forgetting.md"].replace("\n## Signs", f"{quotes}\n## Signs")
    text = structured(planned(tmp_path, {**LIBRARY, "notes/forgetting.md": note}), "forgetting")
    data = json.loads(text)
    quotations = [node for node in data["@graph"] if node["@type"] == "Quotation"]
    assert len(quotations) == MAX_STRUCTURED_QUOTES
    assert sum(len(node.get("text", "")) for node in quotations) <= MOST_WORDS
    assert len(text) < 50_000


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("book", "Book"), ("thesis", "Thesis"), ("report", "Report"), ("webpage", "WebPage"), ("song", "CreativeWork")],
)
def test_types_of_works_in_the_words_of_schema_org(kind, expected):
    node = schema_org_work(work(kind, title="T", publisher="P", URL="javascript:alert(1)"), "urn:x")
    assert node["@type"] == expected
    assert node["publisher"] == {"@type": "Organization", "name": "P"}
    assert "url" not in node
