"""`florilegium new`: from a work in any form to a note that passes the check once its writer has written it."""

import json
import os
import pty
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml
from florilegium.cli import main
from florilegium.core.errors import CannotRun
from florilegium.core.ids import ID
from florilegium.core.json_trees import parse_json
from florilegium.core.model import Basis
from florilegium.core.spans import LineTable
from florilegium.edit.drafts.requested_works import KnownWork, find_work, parse_work, resolve_key
from florilegium.edit.drafts.skeletons import NewNote, NewTheme, plan_note, plan_theme
from florilegium.library.frontmatter import cut_front_matter
from florilegium.library.links import resolve_links
from florilegium.library.notes import parse_note, parse_theme
from florilegium.library.reading import read_library
from florilegium.works.csl.csl_checks import same_work
from florilegium.works.csl.csl_items import parse_source, to_csl
from hypothesis import given
from hypothesis import strategies as st
from loaded_program import run_program

LIBRARY = {
    "annotations/library.yml": """\
title: A library for tests
roles: [{id: participant, label: Participant}, {id: author, label: Author}]
notices: [{id: drug-use, label: Drug use}]
""",
    "annotations/themes/quiet.md": "---\nlabel: Quiet\n---\nRooms without a sound.\n",
    "annotations/notes/rooms.md": """\
---
title: On rooms
source: doe2009
basis: full-text
themes: [quiet]
references:
  - id: doe2009
    type: book
    author: [{family: Doe, given: Jane}]
    title: "Rooms: A study"
    publisher: House
    issued: {date-parts: [[2009]]}
    DOI: 10.1234/Rooms
---
Doe asks about rooms [@doe2009, p. 3].

> It was quiet.
>
> — a participant, in [@doe2009, p. 4] #quiet {#it-was-quiet}
""",
}

BIBTEX = r"""@article{some-key,
  author = {{\O}stby, J{\"u}rgen and Roe, Richard},
  title = {The long {Hours}: 50\% of a night},
  journal = {Journal of Invented Examples},
  year = 2010, volume = 12, number = 3, pages = {201--215},
  doi = {10.1234/hours},
}
"""
RIS = (
    "TY  - JOUR\nAU  - Roe, Richard\nTI  - The long hours\nT2  - A Journal\nPY  - 2010\nSP  - 201\nEP  - 215\nER  - \n"
)
CSL = {
    "type": "article-journal",
    "author": [{"family": "Roe", "given": "Richard"}],
    "title": "The long hours",
    "container-title": "A Journal",
    "issued": {"date-parts": [[2010]]},
    "page": "201-215",
}

QUOTATIONS = """\
Roe asks how the night is spent [@ostby2010, p. 202].

> Around four it is like walking through water.
>
> — a participant, "Ines", in [@ostby2010, p. 207] #quiet {#walking-through-water}

> When he died there were two of us […] I would not have wanted to be alone.
>
> — a participant, in [@ostby2010, p. 211] #quiet !drug-use {#two-of-us}

> [T]he night shift is a small republic.
>
> — the authors, in [@ostby2010, p. 212] #quiet {#small-republic}
"""


@pytest.fixture
def root(tmp_path, write):
    return write(tmp_path, LIBRARY)


@pytest.fixture
def links(root):
    return links_of(root)


def links_of(root):
    return resolve_links(read_library(root).library)


@pytest.fixture
def florilegium(root, monkeypatch, capsys):
    monkeypatch.chdir(root)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")

    def run(*arguments):
        with pytest.raises(SystemExit) as leaving:
            main(arguments)
        said = capsys.readouterr()
        return leaving.value.code, said.out, said.err

    return run


# --------------------------------------------------------------------------------------------------- end to end


def test_from_a_bibtex_entry_and_three_quotations_to_a_clean_check(root, florilegium, tmp_path):
    (tmp_path / "work.bib").write_text(BIBTEX)
    code, said, _ = florilegium("new", "note", "--source", "work.bib", "--basis", "full-text", "--theme", "quiet")
    path = "annotations/notes/the-long-hours-50-of-a-night.md"
    assert code == 0
    assert said.startswith(f"wrote {path}\n  line ")
    assert "florilegium check " in said
    assert "florilegium verify --original ostby2010=PATH" in said

    text = (root / path).read_text()
    code, found, _ = florilegium("check")
    todos = [number for number, line in enumerate(text.splitlines(), 1) if "TODO:" in line]
    assert code == 1
    assert [line for line in found.splitlines() if line.startswith("annotations")] == [
        line
        for number in todos
        for line in found.splitlines()
        if line.startswith(f"{path}:{number}:1: error: this is still to be done")
    ], "nothing but what is to be done is reported, each at its line"
    assert len(todos) == 2

    head = text[: text.index("---\n", 4) + 4]
    (root / path).write_text(head + QUOTATIONS.replace("the authors", "an author"))
    assert florilegium("check")[:2] == (0, "2 notes, 1 theme, 4 quotes, 2 works: no problems\n")


def test_a_theme_and_then_a_note_for_it(root, florilegium):
    code, said, _ = florilegium("new", "theme", "--label", "Night: what it is", "--broader", "quiet", "--alias", "no")
    assert code == 0
    assert "wrote annotations/themes/night-what-it-is.md\n  line 6: say what the theme covers" in said
    text = (root / "annotations/themes/night-what-it-is.md").read_text()
    assert text.startswith('---\nlabel: "Night: what it is"\naliases: ["no"]\nbroader: [quiet]\n---\nTODO: ')
    assert "night-what-it-is.md:6:1: error: this is still to be done" in florilegium("check")[1]
    (root / "annotations/themes/night-what-it-is.md").write_text(text[: text.index("TODO")] + "Nights.\n")
    florilegium(
        "new",
        "note",
        "--source",
        "doe2009",
        "--basis",
        "abstract",
        "--title",
        "Rooms",
        "--theme",
        "night-what-it-is",
        "--draft",
    )
    assert florilegium("check")[0] == 0, "a draft may be unfinished"


# -------------------------------------------------------------------------------------------- the given work


@pytest.mark.parametrize(
    "text",
    [
        BIBTEX,
        "% exported by a program\n" + BIBTEX,
        RIS,
        "\ufeff\r\n" + RIS.replace("\n", "\r\n"),
        json.dumps(CSL),
        json.dumps([CSL | {"id": "x"}], indent=1),
        json.dumps({"references": [CSL]}),
        yaml.safe_dump([CSL]),
        yaml.safe_dump({"references": [CSL]}),
        yaml.safe_dump(CSL),
    ],
)
def test_a_work_in_any_format(text):
    work = parse_work(text)
    assert work.type == "article-journal"
    assert (work.year, work.variables["page"]) == (2010, "201-215")
    assert work.title.startswith("The long ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "contains no reference"),
        ("just words", "contains no reference"),
        ("[]", "contains no reference"),
        ("@article{x", "the work that was given:1:1: "),
        ("@article{a, title={A}}\n@article{b, title={B}}", "contains 2 references: a, b"),
        ('[{"type": "buch", "title": "x"}]', '"buch" is not a type of CSL'),
        ('{"type": "book"', "the work that was given:1:"),
        ("TY  - JOUR\n", ""),
        ("[" * 10_000, ""),
        ("\x00\x1b[31m", ""),
    ],
)
def test_a_work_that_cannot_be_read_is_told(text, message):
    with pytest.raises(CannotRun) as error:
        parse_work(text)
    assert message in str(error.value)
    assert error.value.help
    assert str(error.value).isprintable()


def test_a_mistyped_number_stays_for_the_check_to_report(links):
    work = find_work(links, parse_work("@book{x, title={Rooms}, author={Roe, R}, year=2001, isbn={978-0-306-40615-3}}"))
    draft = plan_note(links, wanted(links, work=work))
    assert "    ISBN: 978-0-306-40615-3\n" in draft.change.after
    rules = {found.rule for found in parse_note("x", LineTable("x.md", draft.change.after))[1]}
    assert rules == {"invalid-isbn", "unfinished-text"}


def test_a_known_work_is_found_by_its_doi_and_not_listed_again(links, florilegium, root):
    work = find_work(
        links, parse_work("@book{x, title={Another title}, author={Doe, Jane}, doi={https://doi.org/10.1234/ROOMS}}")
    )
    assert (work.source.key, work.listed) == ("doe2009", True)
    (root / "x.bib").write_text("@book{x, title={ROOMS -- a study.}, author={Doe, J.}, year=2009}")
    code, said, _ = florilegium(
        "new", "note", "--source", "x.bib", "--basis", "abstract", "--title", "Twice", "--theme", "quiet"
    )
    assert code == 0
    assert said.startswith('The library lists this work already, as "doe2009"; it is not listed again.\n')
    assert "references:" not in (root / "annotations/notes/twice.md").read_text()


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        ("title={Rooms: Another study}, author={Doe, Jane}, year=2009", "doe2009a"),
        ("title={Rooms: A study}, author={Doe, Jane}, year=2010", "doe2010"),
        ("title={Rooms: A study}, author={Roe, Jane}, year=2009", "roe2009"),
        ("title={Rooms: A study}, author={Doe, Jane}, year=2009, doi={10.1234/other}", "doe2009a"),
        ("title={Rooms}, author={Müller-Lüdenscheid, Ärne}, year=2001", "mullerludenscheid2001"),
        ("title={Rooms of quiet}, author={孔子}", "kongzi"),
        ("title={Rooms of quiet}, editor={{World Health Organization}}, year=1999", "worldhealthorganization1999"),
    ],
)
def test_another_work_gets_a_key_of_its_own(links, entry, key):
    work = find_work(links, parse_work(f"@book{{x, {entry}}}"))
    assert (work.source.key, work.listed) == (key, False)


def test_a_work_on_many_lines_stands_on_few_and_keeps_its_abstract_to_itself(links):
    entry = "@book{x,\r\n title={Rooms\r\n   of quiet},\r\n abstract={Words of a publisher.},\r\n annote={mine}, keywords={a, b}\r\n}"
    text = plan_note(links, wanted(links, work=find_work(links, parse_work(entry)))).change.after
    assert text.startswith("---\ntitle: Rooms of quiet\n")
    assert '    title: Rooms of quiet\n    keyword: "a, b"\n' in text
    assert "publisher" not in text
    assert "mine" not in text


def test_two_new_works_get_two_keys(links):
    one = find_work(links, parse_work("@book{x, title={A}, author={Roe, R}, year=2001}"))
    two = find_work(links, parse_work("@book{x, title={B}, author={Roe, R}, year=2001}"), one)
    assert (one.source.key, two.source.key) == ("roe2001", "roe2001a")
    assert find_work(links, parse_work("@book{x, title={a}, author={Roe, Ron}, year=2001}"), one) is one


def test_an_unknown_key_is_told_with_what_was_meant(links):
    with pytest.raises(CannotRun) as error:
        resolve_key(links, "deo2009")
    assert error.value.help == 'did you mean "doe2009"?'


# ------------------------------------------------------------------------------------------------------ the note


def wanted(links, **changes):
    work = find_work(links, parse_work(BIBTEX))
    return NewNote(**{"work": work, "basis": Basis.FULL_TEXT, "today": date(2026, 11, 23), **changes})


def test_the_note_as_a_whole(links):
    draft = plan_note(
        links, wanted(links, themes=("quiet",), notices=("drug-use",), contributors=("Robin Smith", "Kim: the 2nd"))
    )
    assert draft.change.path == "annotations/notes/the-long-hours-50-of-a-night.md"
    assert (
        draft.change.after
        == """\
---
title: "The long Hours: 50% of a night"
source: ostby2010
basis: full-text
themes: [quiet]
notices: [drug-use]
contributors: [Robin Smith, "Kim: the 2nd"]
date: 2026-11-23
references:
  - id: ostby2010
    type: article-journal
    author: [{family: Østby, given: Jürgen}, {family: Roe, given: Richard}]
    title: "The long Hours: 50% of a night"
    container-title: Journal of Invented Examples
    issue: 3
    page: 201-215
    volume: 12
    DOI: 10.1234/hours
    issued: {date-parts: [[2010]]}
---
TODO: say in your own words what the work asks, and what it finds. Cite as you go: [@ostby2010, p. 201].

<!--
TODO: put your quotations here, each in this form, and remove this comment.

> The words, exactly as they stand in the work. What you change stands in brackets: […] where you leave something out, [she] where you put something in.
>
> — participant, in [@ostby2010, p. 201] #quiet {#an-id-of-your-choice}

Who says the words comes first; it begins with one of: participant, author.
After the last work stand the themes that the words belong to, each with a #. The head lists them too.
Then, if readers should be warned: !drug-use.
Last comes an id of small letters, digits and single hyphens, which should never change.
-->
"""
    )
    assert [line for line, _ in draft.todos] == [21, 24]


def test_what_the_library_asks_of_a_work_is_there_at_once(root, write):
    settings = LIBRARY["annotations/library.yml"] + "sensitive-sources: {doe2009: [drug-use]}\n"
    links = links_of(write(root, {"annotations/library.yml": settings}))
    text = plan_note(links, wanted(links, work=resolve_key(links, "doe2009"), title="Again")).change.after
    assert "\nnotices: [drug-use]\n" in text


def test_what_was_read_instead_is_listed_and_cited(links):
    via = find_work(
        links, parse_work("@online{x, title={A post}, author={Poe, Ann}, year=2020, url={https://example.org/}}")
    )
    text = plan_note(links, wanted(links, basis=Basis.SECONDARY, via=via)).change.after
    assert "basis: secondary\nvia: poe2020\nthemes: [] # TODO: " in text
    assert "  - id: poe2020\n    type: webpage\n" in text
    assert "quoted in [@poe2020, p. 12]" in text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"basis": Basis.SECONDARY}, "the work that was read instead is missing"),
        ({"themes": ("quite",)}, 'no theme "quite"'),
        ({"notices": ("drugs",)}, 'no notice "drugs"'),
        ({"id": "rooms"}, 'a note "rooms" already'),
        ({"id": "Rooms & more"}, '"Rooms & more" is not a valid id'),
        ({"id": "index"}, '"index" is not a valid id'),
        ({"id": "../../evil"}, "is not a valid id"),
        ({"id": "x" * 65}, "is not a valid id"),
    ],
)
def test_what_cannot_be_is_told(links, changes, message):
    with pytest.raises(CannotRun) as error:
        plan_note(links, wanted(links, **changes))
    assert message in str(error.value)
    assert error.value.help


def test_a_work_cannot_be_read_in_its_own_place(links):
    work = wanted(links).work
    with pytest.raises(CannotRun, match="names the source itself"):
        plan_note(links, wanted(links, basis=Basis.SECONDARY, via=work))
    with pytest.raises(CannotRun, match="but the basis is full-text"):
        plan_note(links, wanted(links, via=resolve_key(links, "doe2009")))


@pytest.mark.parametrize(
    ("title", "id_"),
    [
        ("Rooms", "rooms-2"),
        ("Index", "index-2"),
        ("Ünïcödé & “more”!", "unicode-more"),
        ("孔子", "kong-zi"),
        ("word " * 40, "word-word-word-word-word-word-word-word-word-word-word-word-word"[:64].rstrip("-")),
        ("x" * 100, "x" * 64),
    ],
)
def test_ids_come_from_titles(links, title, id_):
    assert plan_note(links, wanted(links, title=title)).id == id_


def test_no_other_id_is_like_it(root, links, write):
    write(root, {"annotations/notes/x.md": LIBRARY["annotations/notes/rooms.md"], "annotations/notes/x-2.md": "---\n"})
    assert plan_note(links_of(root), wanted(links, title="X")).id == "x-3"


TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=40)


@given(
    title=TEXTS,
    label=TEXTS.filter(str.strip),
    contributors=st.lists(TEXTS.filter(str.strip), max_size=2),
    items=st.dictionaries(
        st.sampled_from(["title", "publisher", "volume", "page", "note", "call-number", "x: [", "# y", "no"]),
        TEXTS,
        max_size=4,
    ),
)
def test_any_words_come_back_from_the_file_as_they_were(tmp_path_factory, title, label, contributors, items):
    links = resolve_links(read_library(tmp_path_factory.getbasetemp()).library)
    data = json.dumps({"id": "doe2009", "type": "book", **items}, ensure_ascii=False)
    source = parse_source(parse_json(data, LineTable("x", data))[0])[0]
    wish = NewNote(
        work=KnownWork(source, False),
        basis=Basis.FULL_TEXT,
        title=title,
        contributors=tuple(contributors),
        today=date(2026, 1, 1),
    )
    if title or source.title.split():
        draft = plan_note(links, wish)
        assert ID.match(draft.id)
        assert len(draft.id) <= 64
        note, found = parse_note(draft.id, LineTable("n.md", draft.change.after))
        assert note.title == (title or " ".join(source.title.split()))
        assert note.contributors == tuple(contributors)
        assert same_work(note.sources[0], source) == ()
        assert {problem.rule for problem in found} - {"invalid-front-matter-value", "invisible-character"} <= {
            "unfinished-text"
        }
        front = draft.change.after[slice(*cut_front_matter(draft.change.after)[:2])]
        assert (
            [str(value) for value in yaml.safe_load(front)["contributors"]] == list(contributors)
            if contributors
            else True
        )
    theme, _ = parse_theme("t", LineTable("t.md", plan_theme(links, NewTheme(label=label)).change.after))
    assert theme.label == label


def test_numbers_stay_what_they_are_for_other_readers_of_yaml(links):
    work = parse_work(
        json.dumps(
            {
                "type": "book",
                "title": "1984",
                "volume": "007",
                "edition": "1e3",
                "note": "no",
                "publisher": "Null",
                "page": "12",
            }
        )
    )
    text = plan_note(links, wanted(links, work=KnownWork(work, False))).change.after
    item = yaml.safe_load(text[slice(*cut_front_matter(text)[:2])])["references"][0]
    assert item == {**to_csl(work), "title": 1984, "page": 12}, "a number that looks like one may be one"


# -------------------------------------------------------------------------------------------------------- command


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["note"], "--source"),
        (["note", "--source", "doe2009"], "--basis"),
        (["note", "--source", "doe2009", "--basis", "secondary"], "--via"),
        (["theme"], "--label"),
    ],
)
def test_without_a_terminal_a_missing_option_is_named(florilegium, arguments, option):
    code, out, err = florilegium("new", *arguments)
    assert (code, out) == (2, "")
    assert f"{option} is missing" in err


def test_nothing_is_overwritten(florilegium, root):
    (root / "annotations/notes/quiet-rooms.md").write_text("mine")
    before = (root / "annotations/notes/quiet-rooms.md").read_bytes()
    code, said, _ = florilegium("new", "note", "--source", "doe2009", "--basis", "abstract", "--title", "Quiet rooms")
    assert (code, "wrote annotations/notes/quiet-rooms-2.md" in said) == (0, True)
    assert (root / "annotations/notes/quiet-rooms.md").read_bytes() == before


def test_a_file_that_is_no_text_is_told(florilegium, root):
    (root / "x.bib").write_bytes(b"@book{x, title={\xff}}")
    code, _, err = florilegium("new", "note", "--source", "x.bib", "--basis", "abstract")
    assert code == 2
    assert "x.bib is not UTF-8" in err


def test_what_names_no_file_is_a_key(florilegium, root):
    for source in ("x" * 300, "annotations", "a\0b"):
        code, _, err = florilegium("new", "note", "--source", source, "--basis", "abstract")
        assert code == 2
        assert "the library has no work with the citation key" in err
    (root / "large.bib").write_bytes(b" " * 4_000_001)
    assert "is larger than" in florilegium("new", "note", "--source", "large.bib", "--basis", "abstract")[2]


def run(root, *arguments, stdin):
    return run_program(["new", *arguments], folder=root, stdin=stdin)


@pytest.mark.slow
def test_a_work_can_be_piped(root):
    (root / "x.ris").write_text(RIS)
    with open(root / "x.ris") as stdin:
        result = run(root, "note", "--source", "-", "--basis", "abstract", "--title", "Piped", stdin=stdin)
    assert result.returncode == 0, result.stderr
    assert "  - id: roe2010\n" in (root / "annotations/notes/piped.md").read_text()


@pytest.mark.slow
def test_on_a_terminal_it_asks(root):
    ours, theirs = pty.openpty()
    # As it comes when somebody pastes an entry at the first question.
    os.write(
        ours,
        b"@book{x,\n title={Quiet nights},\n author={Roe, R}, year=2001,\n publisher={P}\n}\n\nabstract\nNights\nquiet\n",
    )
    result = run(root, "note", stdin=theirs)
    assert result.returncode == 0, result.stderr
    text = (root / "annotations/notes/nights.md").read_text()
    assert "source: roe2001\nbasis: abstract\nthemes: [quiet]\n" in text
    os.write(ours, b"Empty rooms\n\n")
    result = run(root, "theme", stdin=theirs)
    assert result.returncode == 0, result.stderr
    assert (root / "annotations/themes/empty-rooms.md").read_text().startswith("---\nlabel: Empty rooms\n---\n")
    os.close(ours)
    os.close(theirs)


class Crossref(BaseHTTPRequestHandler):
    def do_GET(self):
        found = self.path == "/works/10.1234%2Fhours"
        record = {
            "DOI": "10.1234/hours",
            "type": "journal-article",
            "title": ["The long <i>hours</i>"],
            "author": [{"family": "Roe", "given": "Richard"}],
            "container-title": ["A Journal"],
            "issued": {"date-parts": [[2010]]},
        }
        body = json.dumps({"message": record}).encode() if found else b"Resource not found."
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def crossref(monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Crossref)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setenv("FLORILEGIUM_CROSSREF", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("FLORILEGIUM_DOI", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "*")
    yield
    server.shutdown()
    server.server_close()


def test_a_doi_is_looked_up(florilegium, root, crossref):
    code, _, err = florilegium(
        "new", "note", "--source", "https://doi.org/10.1234/hours", "--basis", "abstract", "--theme", "quiet"
    )
    assert code == 0, err
    text = (root / "annotations/notes/the-long-hours.md").read_text()
    assert "    title: The long hours\n    container-title: A Journal\n    DOI: 10.1234/hours\n" in text


@pytest.mark.slow
def test_a_doi_can_be_piped_too(root, crossref):
    (root / "doi.txt").write_text("doi:10.1234/hours\n")
    with open(root / "doi.txt") as stdin:
        result = run(root, "note", "--source", "-", "--basis", "abstract", stdin=stdin)
    assert result.returncode == 0, result.stderr
    assert result.stderr == 'florilegium: asking Crossref about the DOI "10.1234/hours"\n'
    assert (root / "annotations/notes/the-long-hours.md").exists()


def test_a_doi_of_a_listed_work_needs_no_network(florilegium, monkeypatch):
    monkeypatch.setenv("FLORILEGIUM_CROSSREF", "http://127.0.0.1:9")
    code, said, _ = florilegium("new", "note", "--source", "10.1234/rooms", "--basis", "abstract", "--title", "Again")
    assert code == 0
    assert "lists this work already" in said


def test_a_doi_that_nobody_knows_is_told(florilegium, crossref, root):
    code, _, err = florilegium("new", "note", "--source", "10.1234/none", "--basis", "abstract")
    assert code == 2
    assert 'Crossref has no work with the DOI "10.1234/none"' in err
    assert sorted(path.name for path in (root / "annotations/notes").iterdir()) == ["rooms.md"]


def test_offline_says_what_else_to_do(florilegium, monkeypatch):
    monkeypatch.setenv("FLORILEGIUM_CROSSREF", "http://127.0.0.1:9")
    code, _, err = florilegium("new", "note", "--source", "10.1234/none", "--basis", "abstract")
    assert code == 2
    assert "cannot be reached" in err
    assert "BibTeX, RIS or CSL" in err
