"""Retracted works: what a reference says of them, where readers meet it, and what Crossref's answers change."""

import json
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from florilegium.check.checking import Options, check_library
from florilegium.cli import main
from florilegium.core.sources import Source
from florilegium.edit.retractions import ask_registry, parse_updates, plan_refresh
from florilegium.library.listing import FileKind
from florilegium.library.reading import parse_text, read_library
from florilegium.site.planning import plan_site
from florilegium.works.citing.citation_styles import read_style
from florilegium.works.citing.formatting import render_bibliography
from florilegium.works.citing.pandoc_process import find_pandoc
from florilegium.works.csl.csl_checks import Retraction, RetractionKind, retraction
from florilegium.works.csl.csl_items import csl_json, to_csl
from florilegium.works.registries import crossref_records
from florilegium.works.registries.registry_requests import RegistryError, UnknownWork
from hypothesis import given
from hypothesis import strategies as st

DOI = "10.1177/0146167208318401"
NOTICE = "10.1177/0146167212460999"
SAID = Retraction(kind=RetractionKind.RETRACTED, date="2012-10-01", notice=NOTICE)

SETTINGS = """\
title: A library for tests
roles:
  - {id: participant, label: Participant}
"""
ITEM = """\
  - id: joly2008
    type: article-journal
    author: [{family: Joly, given: Janneke F.}]
    title: Silence and table manners
    container-title: Personality and Social Psychology Bulletin
    volume: 34
    page: 1047-1056
    issued: 2008
    DOI: 10.1177/0146167208318401
"""
STATUS = """\
    status: retracted
    custom:
      status-date: 2012-10-01
      status-notice: 10.1177/0146167212460999
"""
NOTE = """\
---
title: On silence
source: joly2008
basis: full-text
themes: [silence]
date: 2024-01-01
references:
{item}---
See [the other note](other.md#q-quiet). It was said so [@joly2008, p. 1050].

> It was quiet.
>
> — a participant, in [@joly2008, p. 1051] #silence {{#quiet}}
"""


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in {
        "library.yml": SETTINGS,
        "themes/silence.md": "---\nlabel: Silence\n---\nQuiet.\n",
        **files,
    }.items():
        path = root / "annotations" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def work(text: str, path: str = "annotations/references/x.yaml") -> Source:
    parsed = parse_text(path, FileKind.BIBLIOGRAPHY, text)
    assert parsed.diagnostics == ()
    return parsed.sources[0]


# ----------------------------------------------------------------------------------------------- what is said


def test_a_status_is_read_with_its_date_and_its_notice():
    said = retraction(work(ITEM + STATUS))
    assert said == SAID
    assert said.address == f"https://doi.org/{NOTICE}"
    assert said.sentence == f"Retracted, 2012-10-01: https://doi.org/{NOTICE}"


@pytest.mark.parametrize("status", ["", "    status: in press\n", "    status: null\n"])
def test_a_work_without_such_a_status_is_not_retracted(status):
    assert retraction(work(ITEM + status)) is None


def test_the_notice_can_be_an_address():
    text = ITEM + "    status: concern\n    custom: {status-notice: 'https://example.org/n'}\n"
    said = retraction(work(text))
    assert (said.text, said.address) == ("Expression of concern", "https://example.org/n")


@pytest.mark.parametrize("notice", ["javascript:alert(1)", "10.1/x", "10.1000", "https://a@b.org/", "ftp://x.org"])
def test_what_is_no_notice_is_never_an_address(notice):
    text = ITEM + f"    status: retracted\n    custom: {{status-date: 2012-13, status-notice: '{notice}'}}\n"
    parsed = parse_text("annotations/references/x.yaml", FileKind.BIBLIOGRAPHY, text)
    said = retraction(parsed.sources[0])
    assert said == Retraction(kind=RetractionKind.RETRACTED)
    assert said.address == ""


def test_bibtex_has_fields_of_ours_for_the_date_and_the_notice():
    text = (
        "@article{a, title = {T}, pubstate = {retracted}, statusdate = {2012-10-01}, statusnotice = {NOTICE}}".replace(
            "NOTICE", NOTICE
        )
    )
    parsed = parse_text("annotations/references/x.bib", FileKind.BIBLIOGRAPHY, text)
    assert retraction(parsed.sources[0]) == SAID


def test_exported_csl_is_read_back_alike():
    source = work(ITEM + STATUS)
    assert to_csl(source)["custom"] == {"status-date": "2012-10-01", "status-notice": NOTICE}
    again = parse_text("annotations/references/x.json", FileKind.BIBLIOGRAPHY, csl_json(source)).sources[0]
    assert retraction(again) == SAID


def test_the_field_custom_of_other_programs_is_not_touched():
    assert "custom" not in to_csl(work(ITEM + "    custom: {zotero: {library: 12}}\n"))


def test_pandoc_reads_the_reference_without_a_warning(tmp_path):
    note = tmp_path / "note.md"
    note.write_text(NOTE.format(item=ITEM + STATUS))
    done = subprocess.run(
        [find_pandoc().path, "--citeproc", str(note), "--to=plain"], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


@pytest.mark.slow
@pytest.mark.parametrize("style", ["apa", "chicago-author-date", "nlm-citation-sequence"])
@pytest.mark.parametrize("dated", [True, False])
def test_the_status_does_not_change_the_entry(style, dated):
    item = ITEM if dated else ITEM.replace("    issued: 2008\n", "")
    entries = [
        render_bibliography({"joly2008": to_csl(work(text))}, [], style=read_style(style)).entries
        for text in (item, item + "    status: retracted\n")
    ]
    assert entries[0] == entries[1]


def test_another_status_is_still_printed():
    text = ITEM.replace("    issued: 2008\n", "    status: in press\n")
    entry = render_bibliography({"joly2008": to_csl(work(text))}, [], style=read_style("apa")).entries["joly2008"]
    assert "(in press)" in entry.lower()


# ------------------------------------------------------------------------------------------------------- pages


def pages(root: Path) -> dict[str, str]:
    checked = check_library(Options(root=root, remember=False, executor=None))
    return {path: page.render().decode() for path, page in plan_site(checked, Options(root=root)).pages.items()}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    root = tmp_path_factory.mktemp("retracted")
    other = NOTE.format(item="  - id: doe2009\n    type: post\n    title: T\n    URL: https://example.org/\n")
    other = (
        other.replace("joly2008, p. 1050", "doe2009")
        .replace("joly2008, p. 1051", "doe2009")
        .replace("joly2008", "doe2009")
    )
    other = other.replace("other.md", "silence.md")
    write(root, {"notes/silence.md": NOTE.format(item=ITEM + STATUS), "notes/other.md": other})
    return pages(root)


MARK = (
    f'<span class="fl-retraction fl-retracted">[<a href="https://doi.org/{NOTICE}" rel="noopener noreferrer">'
    "Retracted, 2012-10-01</a>]</span>"
)


def test_the_note_says_it_at_its_head_at_each_quote_and_in_its_list_of_works(site):
    page = site["notes/silence.md"]
    head, _, rest = page.partition('<nav class="contents"')
    card, works = rest.split("<figcaption>")[1].split("</figcaption>")[0], rest.split('class="works"')[1]
    assert MARK in head
    assert MARK in card
    assert MARK in works


@pytest.mark.parametrize("path", ["themes/silence.md", "quotes/index.md", "works/index.md"])
def test_every_list_says_it(site, path):
    assert MARK in site[path]


def test_previews_and_feeds_say_it_in_words(site):
    preview = site["notes/other.md"].split('<template class="fragment"')[1]
    assert "[Retracted, 2012-10-01]" in preview
    assert "[Retracted, 2012-10-01]" in site["notes/feed.xml"]


def test_a_work_that_is_not_retracted_says_nothing(site):
    cards = site["notes/other.md"].split('<template class="fragment"')[0]
    assert "fl-retraction" not in cards


def test_a_page_is_made_again_when_the_status_changes(tmp_path):
    keys = []
    for item in (ITEM, ITEM + "    status: retracted\n", ITEM + "    status: corrected\n"):
        write(
            tmp_path, {"notes/silence.md": NOTE.format(item="").replace("references:\n", ""), "references/w.yaml": item}
        )
        checked = check_library(Options(root=tmp_path, remember=False, executor=None))
        plan = plan_site(checked, Options(root=tmp_path, remember=False))
        keys.append({path: page.key for path, page in plan.pages.items()})
    for path in ("notes/silence.md", "themes/silence.md", "quotes/index.md", "works/index.md", "notes/feed.xml"):
        assert len({key[path] for key in keys}) == 3, path


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.2, of a colour such as `#a3161f`."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("name", ["retracted", "doubt"])
@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_the_colour_is_read_easily_on_every_ground(repository, name, scheme):
    css = (repository / "docs/assets/style.css").read_text()

    def colour(variable: str) -> str:
        return re.search(rf"--{variable}: light-dark\((#\w+), (#\w+)\)", css)[scheme + 1]

    for ground in ("paper", "tint"):
        dark, light = sorted((luminance(colour(name)), luminance(colour(ground))))
        assert (light + 0.05) / (dark + 0.05) >= 4.5


# ----------------------------------------------------------------------------------------------------- answers


def update(kind: str, doi: str = NOTICE, date: object = (2012, 10, 1)) -> dict[str, Any]:
    parts = [list(date)] if isinstance(date, tuple) else date
    return {"DOI": doi, "type": kind, "source": "publisher", "updated": {"date-parts": parts}, "label": "Retraction"}


def test_a_retraction_is_read_from_the_record_of_the_work():
    assert parse_updates({"updated-by": [update("retraction")]}) == SAID


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("expression_of_concern", RetractionKind.CONCERN),
        ("expression-of-concern", RetractionKind.CONCERN),
        ("partial_retraction", RetractionKind.CONCERN),
        ("Withdrawal", RetractionKind.RETRACTED),
        ("corrigendum", RetractionKind.CORRECTED),
    ],
)
def test_other_kinds_of_notices(kind, said):
    assert parse_updates({"updated-by": [update(kind)]}).kind is said


@pytest.mark.parametrize("kind", ["addendum", "new_edition", "new_version", "clarification", "", "retracted"])
def test_other_updates_say_nothing_against_a_work(kind):
    assert parse_updates({"updated-by": [update(kind)]}) is None


def test_a_notice_is_about_another_work():
    assert parse_updates({"update-to": [update("retraction")]}) is None


def test_the_gravest_counts_and_of_those_the_first():
    later = update("retraction", "10.1000/later", (2013, 1))
    record = {"updated-by": [update("correction", date=(2009,)), later, update("retraction"), update("concern")]}
    assert parse_updates(record) == SAID


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["retraction", "10.1000/x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text() | st.sampled_from(["DOI", "type", "updated", "date-parts"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON, JSON, JSON)
def test_no_answer_breaks_anything(updates, date, doi):
    parse_updates({"updated-by": updates})
    said = parse_updates({"updated-by": [{"type": "retraction", "updated": date, "DOI": doi}, updates]})
    assert said is not None
    assert said.kind is RetractionKind.RETRACTED


def test_a_million_updates_are_not_read():
    assert parse_updates({"updated-by": [update("addendum")] * 1_000_000 + [update("retraction")]}) is None


# ------------------------------------------------------------------------------------------------------- files

PRETTY = json.dumps(
    [{"id": "joly2008", "type": "book", "title": "T", "DOI": DOI}, {"id": "b", "type": "book", "title": "U"}], indent=2
)
BIBTEX = f"""\
% a comment
@article{{joly2008,
  title = {{Silence}},
  doi = {{{DOI}}},
}}
"""

FILES = {
    "block.yaml": ITEM,
    "comment.yaml": ITEM.replace("id: joly2008", "id: joly2008  # a key"),
    "quoted.yaml": ITEM.replace("id: joly2008", "'id': \"joly2008\""),
    "last.yaml": ITEM.replace("id: joly2008\n    type", "type").rstrip("\n") + "\n    id: joly2008",
    "windows.yaml": ITEM.replace("\n", "\r\n"),
    "below.yaml": "references:\n" + ITEM + "  - {id: other, type: book, title: O}\n",
    "flow.yaml": f"- {{id: joly2008, type: book, title: T, DOI: {DOI}}}\n",
    "tight.yaml": f'[{{"id":"joly2008","type":"book","DOI":"{DOI}"}}]',
    "pretty.json": PRETTY,
    "tight.json": json.dumps([{"type": "book", "DOI": DOI, "id": "joly2008"}]),
    "works.bib": BIBTEX,
    "status.yaml": ITEM + "    status: in press\n",
    "corrected.yaml": ITEM + "    status: 'corrected'\n    custom: {status-notice: x, status-date: \"2010\"}\n",
    "corrected.json": json.dumps([{"id": "joly2008", "type": "book", "DOI": DOI, "status": "corrected"}]),
    "corrected.bib": BIBTEX.replace("  title", '  pubstate = "corrected",\n  statusdate = {2009},\n  title'),
}


def refreshed(root: Path, said: Retraction = SAID) -> Any:
    library = read_library(root).library
    return plan_refresh(library, root, {DOI.lower(): said})


@pytest.mark.parametrize("name", FILES)
def test_an_entry_in_any_form_is_changed_and_nothing_else_is(tmp_path, name):
    write(tmp_path, {f"references/{name}": FILES[name]})
    result = refreshed(tmp_path)
    assert result.by_hand == ()
    (change,) = result.changes
    parsed = parse_text(change.path, FileKind.BIBLIOGRAPHY, change.after)
    source = next(source for source in parsed.sources if source.key == "joly2008")
    assert retraction(source) == SAID
    if "status" not in FILES[name]:
        rest = iter(change.after)
        assert all(sign in rest for sign in FILES[name]), "something was taken away"
    assert name != "windows.yaml" or change.after.count("\n") == change.after.count("\r\n")


def test_the_front_matter_of_a_note_is_changed(tmp_path):
    write(tmp_path, {"notes/silence.md": NOTE.format(item=ITEM)})
    (change,) = refreshed(tmp_path).changes
    first, rest = ITEM.split("\n", 1)
    assert change.after == NOTE.format(item=f"{first}\n{STATUS}{rest}")


def test_every_entry_of_a_work_is_changed(tmp_path):
    twice = ITEM + ITEM.replace("joly2008", "joly2008b").replace("10.1177/0146167208318401", f"https://doi.org/{DOI}")
    write(
        tmp_path, {"notes/silence.md": NOTE.format(item=ITEM), "references/a.yaml": twice, "references/b.bib": BIBTEX}
    )
    result = refreshed(tmp_path)
    assert [change.after.count(NOTICE) for change in result.changes] == [2, 1, 1]
    assert result.by_hand == ()


def test_what_would_not_be_read_back_is_left_to_a_person(tmp_path):
    write(tmp_path, {"references/a.yaml": ITEM + "    custom: {zotero: 1}\n"})
    result = refreshed(tmp_path)
    assert result.changes == ()
    (left,) = result.by_hand
    assert str(left.span) == "annotations/references/a.yaml:1:9"
    assert left.lines == tuple(line.removeprefix("    ") for line in STATUS.splitlines())


@pytest.mark.parametrize(
    ("has", "said", "changes"),
    [
        ("retracted", "corrected", 0),
        ("retracted", "retracted", 0),
        ("concern", "retracted", 1),
        ("corrected", "concern", 1),
    ],
)
def test_what_a_contributor_wrote_gives_way_to_something_graver_only(tmp_path, has, said, changes):
    write(tmp_path, {"references/a.yaml": ITEM + f"    status: {has}\n"})
    assert len(refreshed(tmp_path, Retraction(kind=RetractionKind(said))).changes) == changes


def test_a_changed_file_is_changed_no_more(tmp_path):
    write(tmp_path, {"references/a.yaml": ITEM})
    (change,) = refreshed(tmp_path).changes
    write(tmp_path, {"references/a.yaml": change.after})
    assert refreshed(tmp_path).changes == ()


def test_each_doi_is_asked_for_once_and_what_fails_does_not_hide_the_rest(tmp_path):
    item = "- {{id: {0}, type: book, title: T, DOI: 10.1000/{0}}}\n"
    write(
        tmp_path,
        {"references/a.yaml": "".join(item.format(key) for key in "abcd") + item.format("a").replace("id: a", "id: e")},
    )
    asked = []

    def fetch(doi: str) -> dict[str, Any]:
        asked.append(doi)
        if doi.endswith("b"):
            raise RegistryError("the answer was nonsense")
        if doi.endswith("c"):
            raise UnknownWork("no such work")
        return {"updated-by": [update("retraction")]} if doi.endswith("d") else {}

    answers = ask_registry(read_library(tmp_path).library, fetch)
    assert asked == [f"10.1000/{key}" for key in "abcd"]
    assert (list(answers.found), answers.unknown, list(answers.failed)) == (
        ["10.1000/d"],
        ("10.1000/c",),
        ["10.1000/b"],
    )


def test_without_a_network_nothing_more_is_asked(tmp_path):
    write(
        tmp_path,
        {"references/a.yaml": "".join(f"- {{id: k{n}, type: book, title: T, DOI: 10.1000/{n}}}\n" for n in range(9))},
    )
    asked = []

    def fetch(doi: str) -> dict[str, Any]:
        asked.append(doi)
        raise RegistryError("api.crossref.org cannot be reached")

    with pytest.raises(RegistryError):
        ask_registry(read_library(tmp_path).library, fetch)
    assert len(asked) == 3


# ----------------------------------------------------------------------------------------------------- command


@pytest.fixture
def crossref(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """A Crossref of our own: the answers by DOI."""
    answers: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = answers.get(unquote(self.path).removeprefix("/works/"))
            if "filter=updates:" in self.path:
                answer = answers.get("notices", b'{"message": {"items": []}}')
            self.send_response(404 if answer is None else 200)
            self.send_header("Content-Length", str(len(answer or b"")))
            self.end_headers()
            self.wfile.write(answer or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("FLORILEGIUM_CROSSREF", f"http://127.0.0.1:{server.server_port}")
    yield answers
    server.shutdown()
    server.server_close()


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["references", "refresh", "--root", str(tmp_path), *arguments])
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return run


def test_the_command_shows_the_change_and_writes_it(tmp_path, crossref, run):
    write(tmp_path, {"notes/silence.md": NOTE.format(item=ITEM)})
    crossref[DOI] = json.dumps({"message": {"updated-by": [update("retraction")]}}).encode()
    path = tmp_path / "annotations/notes/silence.md"
    before = path.read_text()
    code, out, err = run("--dry-run")
    assert (code, path.read_text()) == (1, before)
    assert "+    status: retracted\n" in out
    assert f'florilegium: "joly2008": Retracted, 2012-10-01: https://doi.org/{NOTICE}' in err
    assert "asked for 1 work; 1 notice found; 1 file would change" in err
    code, again, _ = run()
    assert (code, again) == (0, out)
    assert path.read_text() != before
    assert run()[:2] == (0, "")


def test_a_work_without_a_notice_changes_nothing(tmp_path, crossref, run):
    write(tmp_path, {"notes/silence.md": NOTE.format(item=ITEM)})
    crossref[DOI] = b'{"message": {"DOI": "x"}}'
    assert run() == (0, "", "florilegium: asked for 1 work; no notice found; no file changed\n")


@pytest.mark.parametrize("answer", [b"", b"[]", b'{"message": 3}', b'{"message": "' + b"x" * 9_000_000 + b'"}'])
def test_a_hostile_answer_changes_nothing(tmp_path, crossref, run, answer):
    write(tmp_path, {"notes/silence.md": NOTE.format(item=ITEM)})
    crossref[DOI] = answer
    code, out, err = run()
    assert (code, out) == (2, "")
    assert "Traceback" not in err


def test_a_notice_with_terminal_escapes_is_harmless(tmp_path, crossref, run):
    write(tmp_path, {"notes/silence.md": NOTE.format(item=ITEM)})
    notice = "10.1000/a\u202eb\x1b[31m: x\n- id: evil"
    crossref[DOI] = json.dumps({"message": {"updated-by": [update("retraction", notice)]}}).encode()
    code, out, err = run()
    assert code == 0
    assert "\x1b" not in out + err
    assert "evil" not in out


def test_a_doi_of_another_agency_is_named(tmp_path, crossref, run):
    write(tmp_path, {"notes/silence.md": NOTE.format(item=ITEM)})
    code, _, err = run()
    assert code == 0
    assert f'Crossref has no record of "{DOI}"' in err
    assert "not known of 1 work" in err


def test_a_notice_that_the_record_does_not_name_is_found(tmp_path, crossref, run):
    write(tmp_path, {"notes/silence.md": NOTE.format(item=ITEM)})
    crossref[DOI] = b'{"message": {"DOI": "x"}}'
    about = {"DOI": DOI.upper(), "type": "retraction", "updated": {"date-parts": [[2012, 10, 1]]}}
    others = {"DOI": "10.1000/other", "type": "retraction"}
    notice = {"DOI": NOTICE, "update-to": [others, about]}
    crossref["notices"] = json.dumps({"message": {"items": [notice, "x", {"update-to": 3}]}}).encode()
    _, out, err = run()
    assert f'"joly2008": Retracted, 2012-10-01: https://doi.org/{NOTICE}' in err
    assert f"+      status-notice: {NOTICE}\n" in out


def test_a_record_that_updates_itself_says_so_of_the_work():
    record = {"update-to": [{"DOI": DOI, "type": "retraction"}, {"DOI": "10.1000/other", "type": "correction"}]}
    assert parse_updates(record, DOI).kind is RetractionKind.RETRACTED
    assert parse_updates(record) is None


def test_a_comma_in_a_doi_parts_no_filter(crossref, monkeypatch):
    seen = []
    monkeypatch.setattr(
        crossref_records, "fetch_json", lambda address, *_, **__: seen.append(address) or {"message": {}}
    )
    assert crossref_records.fetch_notices("10.1000/a,b") == []
    assert "filter=updates:10.1000%2Fa%5C%2Cb&" in seen[0]
