"""`theme rename` and `theme merge`: every mention follows, everything else stays byte for byte, nothing gets worse."""

import shutil
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from florilegium import cli
from florilegium.check.checking import Options, check_library
from florilegium.core.edits import write_changes
from florilegium.core.errors import CannotRun
from florilegium.edit.renames.rename_plan import plan_merge, plan_rename
from florilegium.site.pages.page_files import is_generated
from florilegium.site.pages.redirects import GeneratedRedirect, Redirect
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import LIBRARY, article_text, make_project

BASE = Path(__file__).parent / "cases" / "base"
NOTE = "annotations/notes/second.md"
HEAD = "---\ntitle: A second note\nsource: doe2009\nbasis: full-text\nthemes: {}\n---\n"
QUOTE = "\n> She forgot the key.\n>\n> — a participant, in [@doe2009, p. 514] {} {{#she-forgot}}\n"


@pytest.fixture
def root(tmp_path):
    return make(tmp_path / "library")


def make(folder, **themes):
    """The base library with the themes `numbing` and `sleep`."""
    shutil.copytree(BASE, folder)
    for name, text in {"numbing": "label: Numbing", "sleep": "label: Sleep\nrelated: [numbing]", **themes}.items():
        write(folder, f"annotations/themes/{name}.md", f"---\n{text}\n---\nIts text, not [numbing](numbing.md).\n")
    return folder


def options(root):
    return Options(root=root, remember=False, today=date(2026, 11, 23))


def write(root, path, text):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(text.encode())


def read(root, path):
    return (root / path).read_bytes().decode()


def tree(root):
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def change(plan, root, old, new):
    """Rename or merge; what is found and the words of all quotations must stay what they are."""
    before = check_library(options(root))
    renaming = plan(options(root), old, new)
    write_changes(root, renaming.changes)
    after = check_library(options(root))
    assert {f.rule for f in after.diagnostics} <= {f.rule for f in before.diagnostics}
    assert len(after.diagnostics) <= len(before.diagnostics)
    assert [q.words for q in after.links.quotes] == [q.words for q in before.links.quotes]
    assert after.links.states == before.links.states
    return renaming


def rename(root, old, new):
    return change(plan_rename, root, old, new)


def merge(root, gone, kept):
    return change(plan_merge, root, gone, kept)


# -------------------------------------------------------------------------------------------------------- renaming


def test_a_theme_moves_with_every_mention(root):
    write(
        root, "annotations/themes/sleep.md", "---\nlabel: Sleep\nbroader: numbing\nrelated:\n  - 'amnesia'\n---\nX.\n"
    )
    text = (
        HEAD.format("[sleep, numbing] # both")
        + "See [it](../themes/numbing.md#x), [it](<../themes/numbing.md>), [o][1].\n"
    )
    text = text.replace("#x", "") + QUOTE.format("#sleep #numbing") + "\n[1]: ../themes/numbing.md 'numbing'\n"
    write(root, NOTE, text)
    rename(root, "numbing", "less-felt")
    assert not (root / "annotations/themes/numbing.md").exists()
    assert read(root, "annotations/themes/less-felt.md").startswith("---\nlabel: Numbing\n---\n")
    assert "[numbing](less-felt.md)" in read(root, "annotations/themes/less-felt.md")
    assert (
        read(root, "annotations/themes/sleep.md")
        .replace("less-felt", "numbing")
        .startswith("---\nlabel: Sleep\nbroader: numbing\n")
    )
    assert read(root, NOTE) == (
        text.replace("themes/numbing", "themes/less-felt")
        .replace("[sleep, numbing]", "[sleep, less-felt]")
        .replace("#numbing", "#less-felt")
    )
    assert read(root, "annotations/library.yml").endswith("\n\nredirects:\n  themes/numbing: themes/less-felt\n")


def test_drafts_are_renamed_too_and_words_are_not(root):
    text = HEAD.format("[numbing]").replace("basis", "status: draft\nbasis") + QUOTE.format("#numbing")
    write(root, NOTE, text.replace("the key", "the numbing #numbing numbing.md"))
    rename(root, "numbing", "less-felt")
    assert "She forgot the numbing #numbing numbing.md." in read(root, NOTE)
    assert "themes: [less-felt]" in read(root, NOTE)


def test_a_name_that_only_begins_alike_is_another(root):
    write(root, "annotations/themes/numbing-more.md", "---\nlabel: More\n---\n[x](numbing.md) [y](numbing-more.md)\n")
    write(root, NOTE, HEAD.format("[numbing-more, numbing]") + QUOTE.format("#numbing-more #numbing"))
    rename(root, "numbing", "less-felt")
    assert "[x](less-felt.md) [y](numbing-more.md)" in read(root, "annotations/themes/numbing-more.md")
    assert "#numbing-more #less-felt" in read(root, NOTE)


def test_an_escaped_address_is_written_anew(root):
    write(root, NOTE, HEAD.format("[numbing]") + "[a](../themes/n%75mbing.md) [b](<./../themes/numbing%2emd>)\n")
    rename(root, "numbing", "less-felt")
    assert "[a](../themes/less-felt.md) [b](<../themes/less-felt.md>)" in read(root, NOTE)


def test_names_that_yaml_takes_for_something_else_are_quoted(root):
    write(root, NOTE, HEAD.format("[sleep, numbing]"))
    rename(root, "numbing", "2020")
    assert 'themes: [sleep, "2020"]' in read(root, NOTE)


@pytest.mark.parametrize(("old", "link"), [("Foo_Bar", "Foo_Bar"), ("My theme", "My%20theme")])
def test_a_name_that_was_never_allowed_gets_no_redirect(old, link, root):
    write(root, f"annotations/themes/{old}.md", "---\nlabel: X\n---\nX.\n")
    write(root, NOTE, HEAD.format(f"[{old}]") + f"[x](../themes/{link}.md)\n")
    rename(root, old, "foo-bar")
    assert read(root, NOTE) == HEAD.format("[foo-bar]") + "[x](../themes/foo-bar.md)\n"
    assert "redirects" not in read(root, "annotations/library.yml")


SETTINGS = """\
exceptions:
  - {rule: theme-without-quotes, paths: [themes/numbing.md], reason: R.}
  - {rule: unused-theme, keys: [sleep, numbing], reason: R.}
  - rule: unused-theme
    paths:
      - themes/n*.md # a pattern
    reason: R.
  - {rule: unresolved-reference, keys: [numbing], reason: A citation key.}
"""


def test_exceptions_follow(root):
    write(root, "annotations/library.yml", read(root, "annotations/library.yml") + "\n" + SETTINGS)
    rename(root, "numbing", "less-felt")
    text = read(root, "annotations/library.yml")
    assert "paths: [themes/less-felt.md]" in text
    assert "keys: [sleep, less-felt]" in text
    assert "      - themes/n*.md # a pattern\n      - themes/less-felt.md\n" in text
    assert "keys: [numbing], reason: A citation key" in text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("redirects: {}\n", "redirects: {themes/numbing: themes/new}\n"),
        (
            "redirects: {themes/x: themes/sleep} # y\n",
            "redirects: {themes/x: themes/sleep, themes/numbing: themes/new} # y\n",
        ),
        (
            "redirects:\n  themes/x: themes/numbing\n# y\n",
            "redirects:\n  themes/x: themes/new\n  themes/numbing: themes/new\n# y\n",
        ),
        (
            "redirects:\n  themes/y: themes/x\n  'themes/x': \"themes/numbing\"\n",
            "redirects:\n  themes/y: themes/new\n  'themes/x': \"themes/new\"\n  themes/numbing: themes/new\n",
        ),
        ("redirects:\n# y\n", "redirects:\n  themes/numbing: themes/new\n# y\n"),
        ("redirects: ~\n", "redirects: {themes/numbing: themes/new}\n"),
        (
            "redirects:\n    themes/x: themes/sleep",
            "redirects:\n    themes/x: themes/sleep\n    themes/numbing: themes/new",
        ),
        ("# the end", "\nredirects:\n  themes/numbing: themes/new\n# the end"),
        ("redirects:\n  themes/new: themes/numbing # y\n", "redirects:\n  themes/numbing: themes/new # y\n"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_redirects_are_kept_in_the_style_of_the_file(before, after, end, root):
    head = read(root, "annotations/library.yml").rstrip("\n") + "\n"
    write(root, "annotations/library.yml", (head + before).replace("\n", end))
    rename(root, "numbing", "new")
    assert read(root, "annotations/library.yml") == (head + after).replace("\n", end)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\ufefftitle: T\n", "\ufefftitle: T\n\nredirects:\n  themes/numbing: themes/new\n"),
        ("---\ntitle: T\n...\n", "---\ntitle: T\n\nredirects:\n  themes/numbing: themes/new\n...\n"),
        (
            "title: >-\n  T\n\n  U\n\n# x\n",
            "title: >-\n  T\n\n  U\n\nredirects:\n  themes/numbing: themes/new\n\n# x\n",
        ),
        ("  title: T\n", "  title: T\n\n  redirects:\n    themes/numbing: themes/new\n"),
        (
            "title: T\rredirects:\r  themes/x: themes/sleep\r",
            "title: T\rredirects:\r  themes/x: themes/sleep\r  themes/numbing: themes/new\r",
        ),
        (
            "title: T\nredirects: {\n  themes/x: themes/sleep,\n}\n",
            "title: T\nredirects: {\n  themes/x: themes/sleep, themes/numbing: themes/new,\n}\n",
        ),
    ],
)
def test_settings_in_other_forms(before, after, root):
    (root / "annotations/notes/forgetting.md").unlink()
    write(root, "annotations/library.yml", before)
    rename(root, "numbing", "new")
    assert read(root, "annotations/library.yml") == after


def test_settings_on_one_line(root):
    write(root, "annotations/library.yml", "{title: T, roles: [{id: participant}]}\n")
    rename(root, "numbing", "new")
    wanted = "{title: T, roles: [{id: participant}], redirects: {themes/numbing: themes/new}}\n"
    assert read(root, "annotations/library.yml") == wanted


_MENTIONS = st.sampled_from(
    [
        "[a](../themes/{}.md) ",
        "\n> She forgot {}.\n>\n> — a participant, in [@doe2009, p. 514] #{} #sleep\n",
        "\n[r]: <../themes/{}.md> 'T'\n",
        "`[a](../themes/{}.md)` #{} ",
        "<!-- {}.md -->\n",
        "\n- > She\n  >\n  > -- a participant, [@doe2009, p. 514]\n  > #amnesia\n  > #{} {{#x}}\n",
    ]
)
_LISTS = st.sampled_from(
    ["[{}]", "[ sleep, '{}',\n  amnesia ]", '\n- sleep\n- "{}" # x\n', "\n    -   {}\n    - {}", "{}"]
)


@settings(max_examples=50)
@given(parts=st.lists(_MENTIONS, max_size=5), themes=_LISTS, crlf=st.booleans())
def test_there_and_back_gives_the_same_files(parts, themes, crlf, tmp_path_factory):
    root = make(tmp_path_factory.mktemp("renames") / "library")
    text = HEAD.format(themes) + "".join(parts)
    text = text.replace("{}", "numbing").replace("{{", "{").replace("}}", "}")
    write(root, NOTE, text.replace("\n", "\r\n") if crlf else text)
    before = tree(root)
    rename(root, "numbing", "less-felt")
    rename(root, "less-felt", "numbing")
    after = tree(root)
    name = "annotations/library.yml"
    assert after.pop(name) == before.pop(name) + b"\nredirects:\n  themes/less-felt: themes/numbing\n"
    assert after == before


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("numbin", "x", 'there is no theme "numbin"'),
        ("numbing", "numbing", "has that name already"),
        ("numbing", "sleep", 'there is a theme "sleep" already'),
        ("numbing", "Sleep", '"Sleep" is not a valid theme id'),
        ("numbing", "index", '"index" is not a valid theme id'),
        ("numbing", "x" * 65, "is not a valid theme id"),
        ("numbing", "../x", "is not a valid theme id"),
    ],
)
def test_what_cannot_be_renamed(old, new, message, root):
    before = tree(root)
    with pytest.raises(CannotRun, match=message) as refusal:
        plan_rename(options(root), old, new)
    assert refusal.value.help
    assert tree(root) == before


@pytest.mark.parametrize("text", ["---\ntitle: [\n---\n", "no front matter", "---\ntitle: x\n"])
def test_a_library_that_cannot_be_read_is_not_touched(text, root):
    write(root, NOTE, text)
    with pytest.raises(CannotRun, match="malformed-front-matter"):
        plan_rename(options(root), "numbing", "x")
    (root / "annotations/library.yml").write_text(
        read(root, "annotations/library.yml") + "rules: {malformed-front-matter: 'off'}\n"
    )
    with pytest.raises(CannotRun, match="malformed-front-matter"):
        plan_rename(options(root), "numbing", "x")


def test_settings_that_are_missing(root):
    (root / "annotations/library.yml").unlink()
    with pytest.raises(CannotRun):
        plan_rename(options(root), "numbing", "x")


# --------------------------------------------------------------------------------------------------------- merging


def test_a_theme_becomes_part_of_another(root):
    write(root, NOTE, HEAD.format("[sleep, amnesia, numbing]") + QUOTE.format("#numbing #amnesia #sleep"))
    write(
        root,
        "annotations/themes/sleep.md",
        "---\nlabel: Sleep\nbroader: [amnesia, numbing]\nrelated: numbing\n---\nS.\n",
    )
    renaming = merge(root, "numbing", "amnesia")
    assert "themes: [sleep, amnesia]" in read(root, NOTE)
    assert "#amnesia #sleep {" in read(root, NOTE)
    assert (
        read(root, "annotations/themes/sleep.md")
        == "---\nlabel: Sleep\nbroader: [amnesia]\nrelated: amnesia\n---\nS.\n"
    )
    assert read(root, "annotations/themes/amnesia.md") == (
        "---\nlabel: Amnesia\naliases: [Numbing]\n---\nForgetting what hurts [@doe2009].\n\n"
        "## Numbing\n\nIts text, not [numbing](amnesia.md).\n"
    )
    assert read(root, "annotations/library.yml").endswith("redirects:\n  themes/numbing: themes/amnesia\n")
    assert len(renaming.advice) == 1


@pytest.mark.parametrize(
    ("tags", "left"),
    [
        ("#amnesia #numbing", "#amnesia"),
        ("#numbing #amnesia", "#amnesia"),
        ("#numbing, #amnesia", "#amnesia,"),
        ("#sleep #numbing\n> #amnesia !drug-use", "#sleep #amnesia\n> !drug-use"),
        ("#sleep #numbing\n> #amnesia\n> !drug-use", "#sleep #amnesia\n> !drug-use"),
        ("#numbing", "#amnesia"),
        ("#sleep", "#sleep"),
        ("#amnesia #sleep   #numbing", "#amnesia #sleep"),
    ],
)
def test_a_quote_with_both_themes_keeps_one(tags, left, root):
    write(root, NOTE, HEAD.format("[sleep, numbing, amnesia]") + QUOTE.format(tags))
    merge(root, "numbing", "amnesia")
    assert read(root, NOTE) == HEAD.format("[sleep, amnesia]") + QUOTE.format(left)


@pytest.mark.parametrize("themes", ["\n  - numbing\n  - sleep\n  - amnesia # x\n", "[numbing, sleep,\n  amnesia]"])
def test_lists_keep_the_first_of_the_two(themes, root):
    write(root, NOTE, HEAD.format(themes) + QUOTE.format("#sleep").replace("\n", "\r\n"))
    merge(root, "numbing", "amnesia")
    note = check_library(options(root)).links.notes["second"]
    assert [mention.id for mention in note.themes] == ["amnesia", "sleep"]
    assert QUOTE.format("#sleep").replace("\n", "\r\n") in read(root, NOTE)


def test_a_theme_that_is_named_twice_in_an_odd_way_is_refused_and_no_fault(root):
    write(root, NOTE, HEAD.format("[numbing, amnesia]") + QUOTE.format("#amnesia\n> #numbing #amnesia"))
    before = tree(root)
    with pytest.raises(CannotRun):
        plan_merge(options(root), "numbing", "amnesia")
    assert tree(root) == before


def test_the_theme_that_stays_never_names_itself(tmp_path):
    themes = {
        "upper": "label: Upper",
        "numbing": "label: Numbing\nbroader: upper\nrelated: [amnesia, sleep]\naliases: [less, AMNESIA]",
        "amnesia": "label: Amnesia\nbroader: [numbing]\nrelated:\n  - numbing\naliases: [LESS]",
    }
    root = make(tmp_path / "library", **themes)
    merge(root, "numbing", "amnesia")
    front = read(root, "annotations/themes/amnesia.md").partition("---\n")[2].partition("---\n")[0]
    assert front == "label: Amnesia\nbroader: [upper]\nrelated:\n  - sleep\naliases: [LESS, Numbing]\n"


def test_what_stood_higher_is_remarked(tmp_path):
    root = make(tmp_path / "library", numbing="label: Numbing\nbroader: sleep")
    assert any('"numbing" stood below "sleep"' in remark for remark in merge(root, "numbing", "amnesia").advice)


def test_a_cycle_is_refused(tmp_path):
    root = make(tmp_path / "library", sleep="label: Sleep\nbroader: numbing", amnesia="label: A\nbroader: sleep")
    with pytest.raises(CannotRun, match="theme-cycle"):
        plan_merge(options(root), "numbing", "amnesia")


def test_notices_are_never_dropped(tmp_path):
    root = make(tmp_path / "library", numbing="label: Numbing\nnotices: [drug-use]")
    with pytest.raises(CannotRun, match="missing-notice"):
        plan_merge(options(root), "numbing", "amnesia")
    note = "annotations/notes/forgetting.md"
    write(root, note, read(root, note).replace("#amnesia", "#amnesia !drug-use"))
    merge(root, "numbing", "amnesia")
    assert "notices: [drug-use]" in read(root, "annotations/themes/amnesia.md")


def test_texts_whose_labels_clash_are_not_put_together(root):
    for name in ("numbing", "amnesia"):
        write(root, f"annotations/themes/{name}.md", f"---\nlabel: {name}\n---\nA[^1]\n\n[^1]: {name}\n")
    with pytest.raises(CannotRun, match='define "1"'):
        plan_merge(options(root), "numbing", "amnesia")


def test_a_fence_that_is_open_swallows_no_text(root):
    write(root, "annotations/themes/amnesia.md", "---\nlabel: Amnesia\n---\n```\nopen\n")
    with pytest.raises(CannotRun, match="cannot simply follow"):
        plan_merge(options(root), "numbing", "amnesia")


def test_a_name_with_signs_stays_a_name(tmp_path):
    root = make(tmp_path / "library", numbing='label: "*Less* [felt](x) {#y} @z <b>"')
    merge(root, "numbing", "amnesia")
    headings = check_library(options(root)).links.themes["amnesia"].body.headings
    assert [heading.text for heading in headings] == ["*Less* [felt](x) {#y} @z <b>"]


def test_a_theme_without_text_leaves_none(root):
    write(root, "annotations/themes/numbing.md", "---\nlabel: Numbing\n---\n\n")
    merge(root, "numbing", "amnesia")
    assert read(root, "annotations/themes/amnesia.md").endswith("---\nForgetting what hurts [@doe2009].\n")


def test_a_merge_of_lines_of_other_systems(root):
    text = read(root, "annotations/themes/amnesia.md").replace("\n", "\r\n").removesuffix("\r\n")
    write(root, "annotations/themes/amnesia.md", text)
    merge(root, "numbing", "amnesia")
    after = read(root, "annotations/themes/amnesia.md")
    assert "\n" not in after.replace("\r\n", "")
    assert after.endswith("\r\n\r\n## Numbing\r\n\r\nIts text, not [numbing](amnesia.md).\r\n")


def test_a_theme_that_was_renamed_is_known_by_its_old_name(root):
    rename(root, "numbing", "less-felt")
    with pytest.raises(CannotRun) as refusal:
        plan_merge(options(root), "numbing", "sleep")
    assert refusal.value.help == 'it is "less-felt" now'


@pytest.mark.parametrize(("gone", "kept"), [("numbing", "slep"), ("nmbing", "sleep"), ("sleep", "sleep")])
def test_what_cannot_be_merged(gone, kept, root):
    with pytest.raises(CannotRun) as refusal:
        plan_merge(options(root), gone, kept)
    assert refusal.value.help


# -------------------------------------------------------------------------------------------------------- the door


def test_the_commands(root, capsys):
    before = tree(root)

    def run(*arguments):
        with pytest.raises(SystemExit) as leaving:
            cli.main(["theme", *arguments, "--root", str(root)])
        return leaving.value.code, *capsys.readouterr()

    code, out, _ = run("rename", "numbing", "less-felt", "--dry-run")
    assert code == 0
    assert out.startswith(
        "rename annotations/themes/numbing.md => annotations/themes/less-felt.md\n--- a/annotations/library.yml\n"
    )
    assert out.endswith("3 files would change; nothing was written\n")
    assert "+Its text, not [numbing](less-felt.md)." in out
    assert "label: Numbing\n-" not in out
    assert tree(root) == before
    code, out, _ = run("rename", "numbing", "less-felt")
    assert (code, out.splitlines()[-1]) == (0, "numbing is less-felt now: 3 files changed")
    code, out, err = run("merge", "less-felt", "sleep")
    assert (code, out.splitlines()[-1]) == (0, "less-felt is part of sleep now: 3 files changed")
    assert "make one definition of the two" in err
    assert "themes/numbing: themes/sleep\n  themes/less-felt: themes/sleep\n" in read(root, "annotations/library.yml")
    code, _, err = run("merge", "sleepy", "sleep")
    assert (code, "did you mean" in err) == (2, True)


# ------------------------------------------------------------------------------------------------------- redirects


@pytest.mark.slow
def test_a_build_serves_the_old_address_and_gives_it_back(tmp_path):
    project = make_project(tmp_path)
    project.write(
        "annotations/library.yml",
        f"{LIBRARY['library.yml']}redirects: {{notes/lost: notes/forgetting, themes/x: themes/y}}\n",
    )
    assert project.florilegium("check").returncode == 1
    project.edit("annotations/library.yml", "themes/x: themes/y", "themes/x: themes/amnesia")
    assert project.florilegium("theme", "rename", "amnesia", "less-known").returncode == 0
    project.build("--no-search")
    for old, new, title in (
        ("themes/amnesia", "../../themes/less-known/", "Amnesia"),
        ("themes/x", "../../themes/less-known/", "Amnesia"),
        ("notes/lost", "../../notes/forgetting/", "On forgetting"),
    ):
        page = (project.site / old / "index.html").read_text(encoding="utf-8")
        assert f'url={new}">' in page
        assert f'<a href="{new}">{title}</a>' in page
    assert "themes/amnesia" not in (project.site / "sitemap.xml").read_text(encoding="utf-8")
    assert (project.site / "themes/less-known/index.html").exists()
    assert project.florilegium("theme", "rename", "less-known", "amnesia").returncode == 0
    project.build("--no-search")
    assert "What is forgotten" in article_text(project.site / "themes/amnesia/index.html")
    assert 'url=../../themes/amnesia/">' in (project.site / "themes/less-known/index.html").read_text(encoding="utf-8")
    assert not (project.root / "docs/themes/amnesia").joinpath("index.html").exists()


@pytest.mark.slow
def test_a_redirect_takes_the_anchor_along(tmp_path, chromium):
    redirect = GeneratedRedirect(redirect=Redirect("notes/lost/", "notes/forgetting/", "On forgetting"))
    write(tmp_path, "notes/lost/index.html", redirect.render("../../").decode())
    write(tmp_path, "notes/forgetting/index.html", "<title>Found</title>")
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        for scripts in (True, False):
            page = chromium.new_page(java_script_enabled=scripts)
            page.goto(f"http://127.0.0.1:{server.server_port}/notes/lost/#q-gone")
            page.wait_for_url("**/notes/forgetting/*" if scripts else "**/notes/forgetting/")
            assert page.title() == "Found"
            assert page.url.endswith("/notes/forgetting/#q-gone" if scripts else "/notes/forgetting/")
            page.close()
        server.shutdown()


def test_a_title_breaks_out_of_no_redirect():
    redirect = Redirect("notes/a/", "notes/b/", '"><script>x</script>\n\u2028')
    html = GeneratedRedirect(redirect=redirect).render("../../").decode()
    assert "<script>x" not in html
    assert is_generated(html.encode())
    assert not is_generated(html.replace("moved", "gone").encode())
