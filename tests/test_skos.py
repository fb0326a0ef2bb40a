"""Themes as a vocabulary: both files are read by rdflib, hold the same triples, and keep the conditions of SKOS."""

import json
from pathlib import Path

import pytest
from florilegium.site.pages.planned_pages import PagePlan
from hypothesis import given
from hypothesis import strategies as st
from planned import LIBRARY, contents, planned
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, OWL, RDF, SKOS

THEMES = Namespace("https://example.org/companion/themes/")
SCHEME = URIRef("https://example.org/companion/themes/")
AMNESIA, NUMBING, CHANGE, ALARM = (THEMES[f"{name}/"] for name in ("amnesia", "numbing", "change", "alarm"))


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> PagePlan:
    return planned(tmp_path_factory.mktemp("skos"))


def graphs(plan: PagePlan) -> tuple[Graph, Graph]:
    found = contents(plan, "data/themes.jsonld", "data/themes.ttl")
    json_ld = Graph().parse(data=found["data/themes.jsonld"], format="json-ld")
    return json_ld, Graph().parse(data=found["data/themes.ttl"], format="turtle")


@pytest.fixture(scope="module")
def graph(plan: PagePlan) -> Graph:
    return graphs(plan)[1]


def test_json_ld_and_turtle_hold_the_same_triples(plan):
    json_ld, turtle = graphs(plan)
    assert len(turtle) > 30
    assert isomorphic(json_ld, turtle)


def test_the_context_is_within_the_file(plan):
    data = json.loads(contents(plan, "data/themes.jsonld")["data/themes.jsonld"])
    assert isinstance(data["@context"], dict)


def test_a_theme_is_a_concept_with_labels_in_the_language_of_the_library(graph):
    assert set(graph.objects(AMNESIA, SKOS.prefLabel)) == {Literal("Amnesia", lang="en")}
    assert set(graph.objects(AMNESIA, SKOS.altLabel)) == {
        Literal("forgetting", lang="en"),
        Literal('loss of "memory"', lang="en"),
    }
    assert graph.value(AMNESIA, DCTERMS.identifier) == Literal("amnesia")
    assert set(graph.subjects(RDF.type, SKOS.Concept)) == {AMNESIA, NUMBING, CHANGE, ALARM, THEMES["oblivion/"]}


def test_the_definition_is_plain_text(graph):
    assert str(graph.value(AMNESIA, SKOS.definition)) == (
        "What is forgotten (Doe, 2009). See numbing.\n\nA heading\n\none\ntwo"
    )


def test_notices_stand_with_the_theme(graph):
    assert set(graph.objects(ALARM, SKOS.note)) == {Literal("Content notice: Trauma", lang="en")}
    assert not set(graph.objects(NUMBING, SKOS.note))


def test_broader_and_narrower_are_inverse(graph):
    assert set(graph.objects(NUMBING, SKOS.broader)) == {CHANGE, ALARM}
    broader = {(s, o) for s, o in graph.subject_objects(SKOS.broader)}
    assert broader == {(o, s) for s, o in graph.subject_objects(SKOS.narrower)}


def test_themes_at_the_top_are_those_of_the_scheme(graph):
    assert set(graph.subjects(SKOS.topConceptOf, SCHEME)) == {CHANGE, ALARM}
    assert set(graph.objects(SCHEME, SKOS.hasTopConcept)) == {CHANGE, ALARM}
    assert set(graph.subjects(SKOS.inScheme, SCHEME)) == {AMNESIA, NUMBING, CHANGE, ALARM}


def test_related_goes_both_ways_and_never_to_a_theme_above(graph):
    """SKOS, S23 and S27: numbing says that it is related to change, which is also broader."""
    assert set(graph.subject_objects(SKOS.related)) == {(NUMBING, AMNESIA), (AMNESIA, NUMBING)}
    above = {(s, o) for s in graph.subjects(RDF.type, SKOS.Concept) for o in graph.transitive_objects(s, SKOS.broader)}
    assert not above & set(graph.subject_objects(SKOS.related))


def test_nothing_is_above_itself(graph):
    for concept in graph.subjects(RDF.type, SKOS.Concept):
        for above in graph.objects(concept, SKOS.broader):
            assert concept not in set(graph.transitive_objects(above, SKOS.broader))


def test_a_theme_that_was_renamed_names_the_new_one(graph):
    old = THEMES["oblivion/"]
    assert graph.value(old, DCTERMS.isReplacedBy) == AMNESIA
    assert graph.value(old, OWL.deprecated) == Literal(True)
    assert not set(graph.objects(old, SKOS.prefLabel))


def test_without_an_address_themes_have_names_that_stay(tmp_path):
    files = {**LIBRARY, "library.yml": LIBRARY["library.yml"].replace("url: https://example.org/companion/\n", "")}
    json_ld, turtle = graphs(planned(tmp_path, files))
    assert isomorphic(json_ld, turtle)
    concepts = set(turtle.subjects(SKOS.prefLabel))
    assert len(concepts) == 4
    assert all(str(concept).startswith("urn:uuid:") for concept in concepts)


def test_no_draft_and_no_word_of_a_quote_is_in_the_vocabulary(plan):
    for text in contents(plan, "data/themes.jsonld", "data/themes.ttl").values():
        assert b"secret" not in text
        assert b"xylophone" not in text


HOSTILE = st.text(st.characters(codec="utf-8"), max_size=40)


@given(HOSTILE)
def test_any_text_is_the_same_literal_in_both_files(text):
    from florilegium.site.data_files.pieces import json_text
    from florilegium.site.data_files.skos import _literal
    from florilegium.site.prose_texts import valid_text

    valid = valid_text(text)
    (literal,) = Graph().parse(data=f"<a:s> <a:p> {_literal(valid)} .", format="turtle").objects()
    assert str(literal) == valid == json.loads(json_text(valid))


def test_the_shipped_library_reads(repository: Path, tmp_path: Path) -> None:
    files = {
        path.relative_to(repository / "annotations").as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((repository / "annotations").rglob("*.*"))
    }
    json_ld, turtle = graphs(planned(tmp_path, files))
    assert isomorphic(json_ld, turtle)


def test_a_theme_has_one_text_wherever_it_is_written(tmp_path: Path) -> None:
    """The definition and what search looks through say the same words."""
    from florilegium.site.data_files.skos import definition_of
    from florilegium.site.prose_texts import one_line, prose_text

    text = (
        "First<br>second, H<sub>2</sub>O and 10<sup>6</sup>, so-called *half*way[^1]. See [Doe](https://a.example/x).\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n- two\n\n[^1]: A footnote.\n"
    )
    plan = planned(tmp_path, {**LIBRARY, "themes/numbing.md": f"---\nlabel: Numbing\n---\n{text}"})
    theme = plan.site.links.themes["numbing"]
    line = "First second, H₂O and 10⁶, so-called halfway¹. See Doe."
    assert one_line(prose_text(theme, plan.site)) == f"{line} a b 1 2 one two A footnote."
    assert one_line(definition_of(theme, plan.site)) == one_line(prose_text(theme, plan.site))
