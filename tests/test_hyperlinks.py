"""The hyperlinks of a built site: what they name, which are broken, and whose line is to blame."""

import json
from pathlib import Path

import pytest
from florilegium.check.checking import Options
from florilegium.cli import main
from florilegium.core.errors import CannotRun
from florilegium.publish.hyperlinks.site_hyperlinks import check_site
from florilegium.publish.hyperlinks.site_places import Astray, SiteMap
from projects import LIBRARY, make_project

pytestmark = pytest.mark.slow

FILES = frozenset(
    "index.html 404.html notes/index.html notes/a/index.html a b/ü.html feed.xml assets/x.css".replace(
        "a b/", "a_b/"
    ).split()
) | {"a b/ü.html"}
SITE = SiteMap(files=FILES, url="https://example.org/companion/")


def file_of(target, page="notes/a/index.html", site=SITE):
    place = site.locate(target, page)
    return place.reason if isinstance(place, Astray) else place and site.file_of(place)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("", "notes/a/index.html"),
        ("#x", "notes/a/index.html"),
        ("?q=1#x", "notes/a/index.html"),
        ("../", "notes/index.html"),
        ("..", "notes/index.html"),
        ("../..", "index.html"),
        ("../../", "index.html"),
        ("./../../notes", "notes/index.html"),
        ("../../feed.xml", "feed.xml"),
        ("%2e%2e/", "notes/index.html"),
        (" \n../\t", "notes/index.html"),
        ("..\\", "notes/index.html"),
        ("../../a%20b/%C3%BC.html", "a b/ü.html"),
        ("../../a b/ü.html", "a b/ü.html"),
        ("/companion/", "index.html"),
        ("/companion", "index.html"),
        ("/companion/notes/?a=b#c", "notes/index.html"),
        ("https://example.org/companion/notes/", "notes/index.html"),
        ("HTTPS://EXAMPLE.org/companion/notes/", "notes/index.html"),
        ("//example.org/companion/feed.xml", "feed.xml"),
        ("http://example.org/companion/feed.xml", "feed.xml"),
        # What is there is found by its exact name alone.
        ("../../Feed.xml", None),
        ("../../feed.xml/", None),
        ("../b/", None),
        ("../../notes//a/", None),
        # Other sites are not looked at.
        ("https://example.org/", None),
        ("https://example.org/companions/", None),
        ("https://example.org:8000/companion/x", None),
        ("https://example.com/companion/x", None),
        ("//example.com/x", None),
        ("mailto:a@example.org", None),
        ("data:text/plain,x", None),
        ("https://[x/", None),
        # And these can be nowhere.
        ("../../../", "leads above the root of the site"),
        ("/notes/", "leaves the site, which is published under /companion/"),
        ("/companions/", "leaves the site, which is published under /companion/"),
        ("%FF", "holds percent-encoded bytes that are no UTF-8"),
        ("x%2Fy", "holds a percent-encoded / or NUL, which no name of a file can hold"),
    ],
)
def test_which_file_an_address_names(target, expected):
    assert file_of(target) == expected


def test_other_sites_are_told_from_what_is_missing():
    assert SITE.locate("https://example.com/x", "index.html") is None
    assert SITE.locate("x", "index.html") is not None


def test_the_page_of_missing_pages_is_shown_at_any_address():
    assert file_of("/companion/notes/", "404.html") == "notes/index.html"
    assert file_of("#x", "404.html") == "404.html"
    assert file_of("notes/", "404.html") == "is relative, but this page is shown at any address"


def test_a_site_of_which_nobody_said_where_it_is_lies_at_the_root_of_its_host():
    site = SiteMap(files=FILES)
    assert file_of("/notes/", site=site) == "notes/index.html"
    assert site.locate("https://example.org/notes/", "index.html") is None


def test_text_fragments_are_no_anchors():
    assert SITE.locate("#:~:text=some%20words", "index.html").fragment == ""
    assert SITE.locate("#x:~:text=some", "index.html").fragment == "x"


# ------------------------------------------------------------------------------------------------ sites by hand

PAGE = "<!doctype html><title>x</title>"
SOUND = {
    "index.html": f'{PAGE}<link rel=stylesheet href="assets/x.css"><a href="notes/a/#q-b"><a href="#top">',
    "notes/index.html": PAGE,
    "notes/a/index.html": f'{PAGE}<h2 id="q-b">x</h2><p id="é"><a href="#%C3%A9"><a href="#é"><a href="../../old/#q-b">',
    "old/index.html": f'{PAGE}<meta http-equiv="refresh" content="0; url=../notes/a/">',
    "assets/x.css": "a { background: url(x.svg) }",
    "assets/x.svg": '<svg><g id="g"/><use href="#g"/></svg>',
    "notes/feed.xml": '<feed><link href="../notes/a/"/></feed>',
    "themes/t/index.html": PAGE,
    "themes/t/preview.json": json.dumps({"html": '<a href="../../notes/">'}),
    "404.html": f'{PAGE}<a href="/"><a href="/elsewhere/notes/" data-to="notes/">',
    "search-index/x.js": 'import "./nowhere.js"',
}


@pytest.fixture
def faults(tmp_path, write):
    """Checks a site of these files, beside a small library."""

    def check(files, library=LIBRARY):
        write(tmp_path, {f"annotations/{name}": text for name, text in library.items()})
        write(tmp_path / "site", files)
        found = check_site(Options(root=tmp_path, executor=None, remember=False), tmp_path / "site").diagnostics
        return [f"{found.span} {found.rule} {found.message}" for found in found]

    return check


def test_broken_site_link_nope(faults):
    assert faults(SOUND) == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("index.html", '<p>\n<a href="nowhere/">', ["index.html:2:1", "<a href>", "nowhere/", "no page or file"]),
        ("index.html", '<a href="notes/a/#no">', ["index.html:1:1", "<a href>", "notes/a/#no", 'without a place "no"']),
        ("index.html", '<a href="#no">', ["index.html:1:1", "#no", 'without a place "no"']),
        ("index.html", '<a href="old/#no">', ["old/#no", 'without a place "no"']),
        ("index.html", '<a href="Notes/">', ["Notes/", "no page or file"]),
        ("index.html", 'é <img src="x.png">', ["index.html:1:3", "<img src>", "x.png"]),
        ("index.html", '<script src="x.js"></script>', ["<script src>", "x.js"]),
        ("index.html", '<img srcset="assets/x.svg 1x, x2.png 2x">', ["<img srcset>", "x2.png"]),
        ("index.html", '<a href="../">', ["leads above the root"]),
        ("assets/x.css", "b {}\na { b: url(../no.png) }", ["assets/x.css:2:8", "url()", "../no.png"]),
        ("assets/y.css", '@import "z.css";', ["assets/y.css:1:1", "z.css"]),
        ("assets/x.js", 'import "./y.js";', ["assets/x.js", "import", "./y.js"]),
        ("notes/feed.xml", '<feed>\n<link href="b/"/></feed>', ["notes/feed.xml:2:1", "<link href>", "b/"]),
        ("sitemap.xml", "<urlset><url><loc>/no/</loc></url></urlset>", ["sitemap.xml", "<loc>", "/no/"]),
        ("old/index.html", '<meta http-equiv=refresh content="0;url=../b/">', ["<meta content>", "../b/"]),
        ("themes/u/index.html", PAGE, ["themes/u/index.html", "preview.json"]),
        ("themes/t/preview.json", '{"html": "<a href=no>"}', ["preview.json", "<a href>", '"no"']),
        ("404.html", '<a href="/" data-to="no/">', ["404.html", "<a data-to>", "no/"]),
        ("404.html", '<a href="notes/">', ["404.html", "is shown at any address"]),
    ],
)
def test_broken_site_link(faults, path, text, expected):
    found = faults(SOUND | {path: text})
    assert any("broken-site-link" in line and all(part in line for part in expected) for line in found), found
    assert all(line.startswith("site/") for line in found)


# ------------------------------------------------------------------------------------------- whose line is to blame

NOTE = LIBRARY["notes/forgetting.md"]


def test_a_broken_link_is_reported_where_the_note_wrote_it(faults):
    words = "See [about](/about/#nowhere), [again](/about/#nowhere) and [well](/about/#licence)."
    library = LIBRARY | {"notes/forgetting.md": NOTE.replace("A first", f"{words}\n\nA first")}
    shown = f'{PAGE}<a href="../../about/#nowhere"><a href="../../about/#licence">'
    site = {"about/index.html": '<p id="licence">', "notes/forgetting/index.html": shown}
    # Other pages show words of the note too, and have nothing of their own to fix.
    site["themes/amnesia/index.html"] = '<a href="../../about/#nowhere">'
    site["themes/amnesia/preview.json"] = "{}"
    line = NOTE.split("\n").index(next(x for x in NOTE.split("\n") if x.startswith("A first"))) + 1
    message = 'broken-internal-link on the built site this link leads to "about/#nowhere"; it is a page without a place "nowhere"'
    path = "annotations/notes/forgetting.md"
    assert faults(SOUND | site, library) == [f"{path}:{line}:13 {message}", f"{path}:{line}:39 {message}"]


def test_a_link_of_a_page_that_no_note_wrote_is_reported_on_the_page(faults):
    found = faults(SOUND | {"notes/forgetting/index.html": '<a href="../../about/#nowhere">'})
    assert [line.split()[:2] for line in found] == [["site/notes/forgetting/index.html:1:1", "broken-site-link"]]


def test_published_addresses_are_looked_for_on_the_site(faults):
    lock = "# x\nnotes/a/#q-b\nnotes/a/#q-c\nold/\nnotes/old/#q-b\nthemes/t/\nthemes/u/\n".replace("old/\n", "", 1)
    redirect = {"notes/old/index.html": '<meta http-equiv=refresh content="0;url=../a/">'}
    found = faults(SOUND | redirect, LIBRARY | {"permalinks.lock": lock})
    assert found == [
        'annotations/permalinks.lock:3:1 vanished-permalink "notes/a/#q-c" was published, and is gone:'
        ' its page has no place "#q-c"',
        'annotations/permalinks.lock:6:1 vanished-permalink "themes/u/" was published, and is gone:'
        " the site has no such page",
    ]


def test_severities_and_exceptions_of_the_library_hold(faults):
    settings = LIBRARY["library.yml"] + "rules: {broken-site-link: off}\n"
    assert faults(SOUND | {"index.html": '<a href="no">'}, LIBRARY | {"library.yml": settings}) == []


def test_the_address_of_the_site_is_read_from_the_library(faults):
    library = LIBRARY | {"library.yml": LIBRARY["library.yml"] + "url: https://example.org/companion/\n"}
    sound = SOUND | {"404.html": '<a href="/companion/">', "sitemap.xml": "<loc>https://example.org/companion/</loc>"}
    assert faults(sound, library) == []
    found = faults(
        sound | {"404.html": '<a href="/">', "sitemap.xml": "<loc>https://example.org/companion/b</loc>"}, library
    )
    assert ["/companion/" in line for line in found] == [True, True]


def test_several_processes_find_what_one_finds(tmp_path, write):
    files = {f"notes/n{n}/index.html": f'<p id="a"><a href="../n{n + 1}/#a">' for n in range(400)}
    write(tmp_path, {f"annotations/{name}": text for name, text in LIBRARY.items()})
    write(tmp_path / "site", files | {"index.html": ""})
    one = check_site(Options(root=tmp_path, executor=None, remember=False), tmp_path / "site")
    many = check_site(Options(root=tmp_path, remember=False), tmp_path / "site")
    assert one == many
    assert [str(found.span) for found in many.diagnostics] == ["site/notes/n399/index.html:1:11"]


def test_a_folder_without_a_site_is_refused(tmp_path, write):
    write(tmp_path, {f"annotations/{name}": text for name, text in LIBRARY.items()})
    for folder in ("none", "annotations"):
        with pytest.raises(CannotRun, match="there is no site"):
            check_site(Options(root=tmp_path, executor=None), tmp_path / folder)


# --------------------------------------------------------------------------------------------------- the command


def run(*arguments):
    with pytest.raises(SystemExit) as ended:
        main(["links", *map(str, arguments)])
    return ended.value.code


def test_the_command_on_a_site_that_was_built(tmp_path, capsys):
    project = make_project(tmp_path)
    project.edit("annotations/notes/forgetting.md", "A first", "An [end](/about/#nowhere). A first")
    project.build("--no-search")
    assert run("--root", project.root) == 1
    shown = capsys.readouterr().out
    assert "annotations/notes/forgetting.md:16:10: error" in shown
    assert "1 error" in shown
    project.edit("annotations/notes/forgetting.md", "/about/#nowhere", "/about/#licence")
    project.build("--no-search")
    assert run("--root", project.root, "--record") == 0
    assert run("--root", project.root) == 0
    assert "6 published addresses: no problems" in capsys.readouterr().out
    (project.root / "site/notes/remembering/index.html").unlink()
    assert run("--root", project.root, "--format", "json") == 1
    found = json.loads(capsys.readouterr().out)
    assert {item["rule"] for item in found["diagnostics"]} == {
        "vanished-permalink", "broken-internal-link", "broken-site-link"
    }  # fmt: skip


def test_recording_adds_and_never_removes(tmp_path, write, capsys):
    library = {f"annotations/{name}": text for name, text in LIBRARY.items()}
    write(tmp_path, library)
    lock = tmp_path / "annotations/permalinks.lock"
    assert run("--root", tmp_path, "--record") == 0
    first = lock.read_text()
    assert run("--root", tmp_path, "--record") == 0
    assert lock.read_text() == first
    assert "as before" in capsys.readouterr().out
    Path(tmp_path / "annotations/notes/remembering.md").rename(tmp_path / "annotations/notes/recalling.md")
    write(tmp_path, {"annotations/notes/forgetting.md": NOTE.replace("remembering.md", "recalling.md")})
    # A library that has lost an address is not recorded before somebody says where it went.
    assert run("--root", tmp_path, "--record") == 1
    assert lock.read_text() == first
    settings = LIBRARY["library.yml"] + "redirects: {notes/remembering: notes/recalling}\n"
    write(tmp_path, {"annotations/library.yml": settings})
    assert run("--root", tmp_path, "--record") == 0
    assert set(first.splitlines()) < set(lock.read_text().splitlines())


def test_recording_refuses_a_file_that_it_cannot_read(tmp_path, write, capsys):
    write(tmp_path, {f"annotations/{name}": text for name, text in LIBRARY.items()})
    write(tmp_path, {"annotations/permalinks.lock": "# x\n<<<<<<< a\nnotes/forgetting/\n"})
    assert run("--root", tmp_path, "--record") == 2
    assert "permalinks.lock:2:1" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["--fix"], ["--format", "markdown"], ["--record", "--external"]])
def test_options_that_make_no_sense_together(wrong, tmp_path, write):
    write(tmp_path, {f"annotations/{name}": text for name, text in LIBRARY.items()})
    assert run("--root", tmp_path, *wrong) == 2
