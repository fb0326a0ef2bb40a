"""Files for programs of qualitative analysis: an independent reader reads them, and every selection is a quotation."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from florilegium.site.data_files.refi_qda.refi_codes import code_tree
from florilegium.site.data_files.refi_qda.refi_texts import note_text
from florilegium.site.pages.planned_pages import PagePlan
from florilegium.site.prose_texts import valid_text
from hypothesis import given
from hypothesis import strategies as st
from planned import LIBRARY, contents, planned
from pyrefiqda import RefiCodebook, RefiProject
from pyrefiqda.models import Project

GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
CODEBOOK, PROJECT = "data/codebook.qdc", "data/project.qdpx"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> PagePlan:
    return planned(tmp_path_factory.mktemp("refi"))


@pytest.fixture(scope="module")
def files(plan: PagePlan) -> dict[str, bytes]:
    return contents(plan, CODEBOOK, PROJECT, "data/codebook.csv")


def read_project(data: bytes, folder: Path) -> tuple[Project, Path]:
    """The project as pyrefiqda reads it, and the folder of its sources."""
    (folder / "project.qdpx").write_bytes(data)
    return RefiProject.load(folder / "project.qdpx", str(folder / "out")), folder / "out"


@pytest.fixture(scope="module")
def opened(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Path]:
    return read_project(files[PROJECT], tmp_path_factory.mktemp("opened"))


def codes(tree) -> Iterator:
    for code in tree:
        yield code
        yield from codes(code.code)


def text_of(source, folder: Path) -> str:
    path = RefiProject.resolve_source_path(source.plain_text_path, folder)
    return path.read_bytes().decode("utf-8")


# ---------------------------------------------------------------------------------------------------- codebook


def test_the_codebook_is_read_with_its_tree(files, tmp_path):
    (tmp_path / "codebook.qdc").write_bytes(files[CODEBOOK])
    book = RefiCodebook.load(tmp_path / "codebook.qdc")
    tops = {code.name: code for code in book.codes.code}
    assert list(tops) == ["Alarm", "Change", "Speakers", "Content notices"]
    assert [code.name for code in tops["Change"].code] == ["Amnesia", "Numbing"]
    assert tops["Change"].is_codable
    assert not tops["Speakers"].is_codable
    assert [code.name for code in tops["Speakers"].code] == ["Speaker: Participant", "Speaker: Author"]
    assert [s.name for s in book.sets.set] == ["Speakers", "Content notices"]
    known = {code.guid for code in codes(book.codes.code)}
    assert all(member.guid in known for group in book.sets.set for member in group.member_code)


def test_a_theme_below_two_others_stands_below_the_first_and_says_so(files):
    (numbing,) = (e for e in ElementTree.fromstring(files[CODEBOOK]).iter() if e.get("name") == "Numbing")
    assert "Also below: Alarm." in (numbing.findtext("{*}Description") or "")


def test_a_description_begins_with_the_notices(files):
    (alarm,) = (e for e in ElementTree.fromstring(files[CODEBOOK]).iter() if e.get("name") == "Alarm")
    assert alarm.findtext("{*}Description") == "Content notice: Trauma.\n\nBeing on guard."


def test_no_two_codes_have_the_same_name(tmp_path):
    """Some programs keep one of them and lose what was coded with the others."""
    changed = {
        "themes/alarm.md": LIBRARY["themes/alarm.md"].replace("label: Alarm", "label: 'Speaker: Author'"),
        "themes/change.md": LIBRARY["themes/change.md"].replace("label: Change", "label: amnesia"),
    }
    tree = code_tree(planned(tmp_path, {**LIBRARY, **changed}).site)
    names = [code.name for top in (*tree.themes, *tree.groups) for code in (top, *top.children)]
    assert len({name.casefold() for name in names}) == len(names) == 10
    assert {"amnesia", "Amnesia (amnesia)", "Speaker: Author", "Speaker: Author (author)"} <= set(names)


def test_a_library_without_themes_has_no_codebook(tmp_path):
    bare = "---\ntitle: T\nsource: a\nbasis: abstract\nthemes: []\nreferences: [{id: a, type: book, title: A}]\n---\nText.\n"
    plan = planned(tmp_path, {"library.yml": "title: Bare\n", "notes/bare.md": bare})
    assert not {CODEBOOK, PROJECT} & contents(plan).keys()


# ----------------------------------------------------------------------------------------------------- project


def test_each_published_note_is_a_source(opened):
    project, _ = opened
    assert [source.name for source in project.sources.text_source] == ["On forgetting", "On remembering"]
    assert project.name == "A library for tests"


def test_each_selection_is_the_words_of_its_quote(opened, plan):
    project, folder = opened
    selected = {}
    for source in project.sources.text_source:
        text = text_of(source, folder)
        for s in source.plain_text_selection:
            selected[s.guid] = text[s.start_position : s.end_position]
    assert sorted(selected.values()) == sorted(quote.words for quote in plan.site.links.quotes)
    assert "Gone is the xylophone 😀, and with it everything.\nThe second paragraph." in selected.values()


def test_each_selection_is_coded_with_themes_speaker_and_notices(opened):
    project, _ = opened
    names = {code.guid: code.name for code in codes(project.code_book.codes.code)}
    coded = {
        selection.name: [names[coding.code_ref.target_guid] for coding in selection.coding]
        for source in project.sources.text_source
        for selection in source.plain_text_selection
    }
    assert coded["Participant “Dana”, in Doe, 2009, p. 4, quoted in Roe, 2010 [Retracted, 2020-05-01]"] == [
        "Amnesia",
        "Content notice: Drug use",
        "Content notice: Trauma",
        "Speaker: Participant",
    ]
    assert coded["Author, in Doe, 2009, p. 5"] == ["Amnesia", "Numbing", "Speaker: Author"]
    remembering = project.sources.text_source[1]
    assert "Content notice: Drug use" in [names[coding.code_ref.target_guid] for coding in remembering.coding]


def test_notices_stand_before_the_words(opened):
    project, folder = opened
    text = text_of(project.sources.text_source[0], folder)
    assert "[Content notice: Drug use, Trauma]\nGone is the xylophone" in text
    assert "\n\nAn open word of hers." in text
    assert "nothing that is shown" not in text
    assert "[Content notice: Drug use]\n\nA note on" in text_of(project.sources.text_source[1], folder)


def test_words_with_a_notice_stand_in_the_sources_alone(files):
    """Names and descriptions are shown in lists."""
    archive = zipfile.ZipFile(io.BytesIO(files[PROJECT]))
    assert b"xylophone" not in archive.read("project.qde")
    assert b"xylophone" not in files[CODEBOOK]


def test_drafts_are_left_out(files):
    archive = zipfile.ZipFile(io.BytesIO(files[PROJECT]))
    assert not any(word in archive.read(name) for name in archive.namelist() for word in (b"secret", b"Nobody may"))


def test_every_guid_is_one_and_stands_for_one_thing(files):
    root = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(files[PROJECT])).read("project.qde"))
    own = [element.get("guid") for element in root.iter() if element.get("guid")]
    assert len(own) == len(set(own)) > 30
    assert all(GUID.fullmatch(guid) for guid in own)
    targets = {element.get("targetGUID") for element in root.iter() if element.get("targetGUID")}
    assert targets <= set(own)


def test_the_order_of_elements_is_that_of_the_schema(files):
    root = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(files[PROJECT])).read("project.qde"))
    assert [child.tag.partition("}")[2] for child in root] == ["Users", "CodeBook", "Sources", "Sets", "Description"]
    sources = root.findall("{*}Sources/{*}TextSource")
    assert len(sources) == 2
    for source in sources:
        kinds = [child.tag.partition("}")[2] for child in source]
        order = ["Description", "PlainTextSelection", "Coding"]
        assert kinds == sorted(kinds, key=order.index)


def test_every_selection_and_coding_has_a_date(files):
    """QualCoder does not read a project without; the dates are those of the notes."""
    root = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(files[PROJECT])).read("project.qde"))
    dated = [
        element for element in root.iter() if element.tag.endswith(("PlainTextSelection", "}Coding", "TextSource"))
    ]
    dates = {element.get("creationDateTime") for element in dated}
    assert len(dated) > 10
    assert dates == {"2024-04-02T00:00:00Z", "2024-02-01T00:00:00Z"}


def test_a_project_without_notes_has_no_element_for_them(tmp_path):
    files = {name: text for name, text in LIBRARY.items() if not name.startswith("notes/")}
    files["themes/amnesia.md"] = "---\nlabel: Amnesia\n---\nText.\n"
    project, _ = read_project(contents(planned(tmp_path, files), PROJECT)[PROJECT], tmp_path)
    assert project.sources is None
    assert [code.name for code in project.code_book.codes.code][:2] == ["Alarm", "Amnesia"]


# --------------------------------------------------------------------------------------------------- stability


def test_two_runs_give_the_same_bytes(files, tmp_path):
    assert contents(planned(tmp_path), CODEBOOK, PROJECT, "data/codebook.csv") == files


def test_guids_stay_when_a_quote_is_added(opened, tmp_path):
    before, _ = opened
    more = "\n> New words.\n>\n> — the author, in [@doe2009, p. 6] #amnesia {#new-words}\n"
    note = LIBRARY["notes/forgetting.md"].replace("\n## Signs", f"{more}\n## Signs")
    plan = planned(tmp_path, {**LIBRARY, "notes/forgetting.md": note})
    after, folder = read_project(contents(plan, PROJECT)[PROJECT], tmp_path)
    guids = [
        {selection.guid for source in p.sources.text_source for selection in source.plain_text_selection}
        | {c.guid for source in p.sources.text_source for s in source.plain_text_selection for c in s.coding}
        for p in (before, after)
    ]
    assert guids[0] < guids[1]
    assert len(guids[1] - guids[0]) == 3, "a selection, its theme and its speaker"
    first = after.sources.text_source[0]
    text = text_of(first, folder)
    assert "New words." in [text[s.start_position : s.end_position] for s in first.plain_text_selection]


def test_the_archive_tells_nothing_of_its_making(files):
    archive = zipfile.ZipFile(io.BytesIO(files[PROJECT]))
    assert archive.testzip() is None
    assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert {info.create_system for info in archive.infolist()} == {3}
    assert archive.namelist()[-1] == "project.qde"


# -------------------------------------------------------------------------------------------------- odd texts

_PLANS: list[PagePlan] = []


@pytest.fixture(autouse=True, scope="module")
def _kept(plan: PagePlan) -> None:
    """Hypothesis hands no fixture to its examples that it would make anew for each."""
    _PLANS.append(plan)


ODD = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=30)


@given(words=ODD, title=ODD)
def test_any_words_are_found_where_the_selection_says(words, title):
    """Whatever stands in a quotation: astral characters, markup, what looks like a slot."""
    plan = _PLANS[0]
    note = plan.site.links.notes["remembering"]
    quote = replace(note.quotes[0], words=words)
    changed = replace(note, title=title, body=replace(note.body, quotes=(quote,)))
    found = note_text(changed, plan.site)
    (selection,) = found.selections
    assert found.text[selection.start : selection.end] == valid_text(words)
    assert len(valid_text(words)) == len(words)


def test_titles_become_names_that_a_file_can_have(tmp_path):
    note = LIBRARY["notes/remembering.md"].replace("title: On remembering", 'title: "On/forgetting: <a> & b?"')
    other = LIBRARY["notes/forgetting.md"].replace("title: On forgetting", 'title: "On forgetting a & b"')
    plan = planned(tmp_path, {**LIBRARY, "notes/remembering.md": note, "notes/forgetting.md": other})
    project, _ = read_project(contents(plan, PROJECT)[PROJECT], tmp_path)
    names = [source.name for source in project.sources.text_source]
    assert names == ["On forgetting a & b", "On forgetting a & b (remembering)"]


def test_taguette_gets_the_themes_as_a_table(files):
    rows = list(csv.reader(io.StringIO(files["data/codebook.csv"].decode()), strict=True))
    assert rows[0] == ["tag", "description"]
    tags = [tag for tag, _ in rows[1:]]
    assert len(set(tags)) == len(tags)
    assert any("." in tag for tag in tags), "a narrower theme stands below another one"
    assert all(len(row) == 2 for row in rows)
