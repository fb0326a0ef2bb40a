"""Three generators, one site: what an article says does not depend on which of them rendered it."""

import json
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from florilegium import cli
from florilegium.publish.renderers import PAGES_WRITTEN, SITE_URL, Job, Renderer, RenderFailed, render_site
from florilegium.site.data_files.data_writing import MANIFEST
from mkdocs.commands.build import build
from mkdocs.config import load_config
from projects import LIBRARY, Project, article_text, make_project, tree

pytestmark = pytest.mark.slow

# Whatever a generator could take for something of its own, in every place where a contributor's text stands.
_ODD = {
    "notes/odd.md": """\
---
title: 'Odd: {{ config.site_name }} {% raw %} :smile: "q" <b> &amp; *a* `b` [c](d) --8<-- "mkdocs.yml" ++ctrl++ #t'
source: odd2011
basis: full-text
themes: [numbing]
date: 2024-02-02
references:
  - id: odd2011
    type: book
    author: [{family: O*dd*, given: _A_}]
    title: The {{ braces }} of `code` & <i>tags</i>
    publisher: $x^2$ Press
    issued: {date-parts: [[2011]]}
---
Text with {{ braces }}, {% blocks %}, \\| a pipe, :smile:, ++ctrl++, ==mark==, ^^ins^^, ~~del~~, $x_1$, H~2~O, *[HTML]: x.

!!! note "Not an admonition"
    It is a paragraph.

=== "Not a tab"

    code here

```python hl_lines="1"
print("{{ braces }}")  # (1)!
```

| a | b |
|---|---|
| 1 | {{ x }} |

1. one
2. two

   still two

A footnote.[^1] A line with two spaces at its end,\x20\x20
and an entity: &copy; &lt;b&gt;.

[^1]: What it says.

--8<-- "mkdocs.yml"

## A heading with `code`, {{ braces }} and <kbd>K</kbd> {#own}

> Words with {{ braces }} and *stress*, 1 < 2.
>
> — the author, in [@odd2011, p. 5] #numbing {#odd}
""",
}


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One project, built by each generator."""
    project = make_project(tmp_path_factory.mktemp("renderers"), library={**LIBRARY, **_ODD})
    for renderer in Renderer:
        project.build("--renderer", renderer.value, "--site-dir", f"site-{renderer.value}")
    return {renderer.value: project.root / f"site-{renderer.value}" for renderer in Renderer}


def _articles(site: Path) -> dict[str, str]:
    pages = [path for path in site.rglob("*.html") if path.name != "404.html"]
    return {str(path.relative_to(site)): article_text(path) for path in sorted(pages)}


@pytest.mark.parametrize("renderer", ["properdocs", "zensical"])
def test_articles_say_the_same(sites: dict[str, Path], renderer: str) -> None:
    ours, theirs = _articles(sites["mkdocs"]), _articles(sites[renderer])
    assert len(ours) > 15
    assert "Text with {{ braces }}" in ours["notes/odd/index.html"]
    assert {page: theirs.get(page) for page in ours} == ours


@pytest.mark.parametrize("renderer", ["properdocs", "zensical"])
def test_every_generator_gets_the_search_index(sites: dict[str, Path], renderer: str) -> None:
    ours, theirs = (sites[name] / "search-index" for name in ("mkdocs", renderer))
    assert len(list(ours.iterdir())) > 5
    assert {p.name: p.read_bytes() for p in theirs.iterdir()} == {p.name: p.read_bytes() for p in ours.iterdir()}


@pytest.fixture(scope="module")
def exported(sites: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What `export` writes of the same library."""
    folder = tmp_path_factory.mktemp("exported")
    root = sites["mkdocs"].parent
    done = Project(root=root, state=root.parent / "state").florilegium("export", "--output", str(folder))
    assert done.returncode == 0, done.stderr
    return {name: content for name, content in tree(folder).items() if name != MANIFEST}


@pytest.mark.parametrize("renderer", list(Renderer))
def test_every_generator_gets_the_data_files(
    sites: dict[str, Path], exported: dict[str, bytes], renderer: Renderer
) -> None:
    site = sites[renderer.value]
    for name in ("library.json", "quotes.csv", "quotes.jsonl", "quotes.parquet", "references.bib", "references.json"):
        assert (site / "data" / name).read_bytes() == exported[name]
    assert json.loads((site / "schemas/library-1.json").read_bytes())
    page = (site / "data/index.html").read_text(encoding="utf-8")
    targets = {urljoin("https://example.org/data/", href) for href in re.findall(r'href="([^"]*)" download', page)}
    assert "https://example.org/data/quotes.csv" in targets
    for target in targets:
        assert (site / target.removeprefix("https://example.org/")).is_file(), target


def test_finished_pages_are_those_that_plain_mkdocs_makes(
    sites: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = sites["mkdocs"].parent
    for name, value in ((PAGES_WRITTEN, "1"), (SITE_URL, ""), ("SOURCE_DATE_EPOCH", "1709251200")):
        monkeypatch.setenv(name, value)
    config = load_config(str(root / "mkdocs.yml"), site_dir=str(tmp_path / "plain"))
    # Whoever is asked before a page is read is our hook alone; without it every page goes through Python-Markdown.
    assert len(config.plugins.events.pop("pre_page")) == 1
    config.plugins.events["pre_page"] = []
    config.plugins.on_startup(command="build", dirty=False)
    build(config)
    plain = tree(tmp_path / "plain")
    ours = {path: data for path, data in tree(sites["mkdocs"]).items() if path in plain}
    assert sum(path.endswith("/index.html") for path in plain) > 15
    assert ours == plain


def test_nothing_is_left_in_the_project(sites: dict[str, Path]) -> None:
    root = sites["mkdocs"].parent
    assert {path.name for path in root.iterdir()} == {
        "annotations", "docs", "mkdocs.yml", "scripts", "site-mkdocs", "site-properdocs", "site-zensical"
    }  # fmt: skip


def _job(project: Project, built: Path) -> Job:
    return Job(root=project.root, built=built, lock=built.with_name("lock"), epoch=0, only_changed=False)


@pytest.mark.parametrize("renderer", list(Renderer))
def test_a_configuration_that_cannot_be_read_fails(tmp_path: Path, renderer: Renderer) -> None:
    project = make_project(tmp_path)
    project.write("mkdocs.yml", "site_name: [")
    with pytest.raises(RenderFailed) as caught:
        render_site(renderer, _job(project, tmp_path / "built"))
    assert str(caught.value).startswith(f"{renderer} did not finish")
    assert caught.value.help
    assert not (tmp_path / "built").exists() or not list((tmp_path / "built").iterdir())


def test_a_missing_generator_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project(tmp_path)
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(RenderFailed, match="zensical cannot be started"):
        render_site(Renderer.ZENSICAL, _job(project, tmp_path / "built"))


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("kill -9 $$", "mkdocs did not finish: there is not enough memory"),
        ("echo 'OSError: [Errno 28] No space left on device'; exit 1", "mkdocs did not finish: the disk is full"),
        ("echo MemoryError; exit 1", "mkdocs did not finish: there is not enough memory"),
        ("kill -15 $$", "mkdocs did not finish (ended by signal 15)"),
    ],
)
def test_a_generator_that_the_machine_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, says: str
) -> None:
    project = make_project(tmp_path)
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    with pytest.raises(RenderFailed) as caught:
        render_site(Renderer.MKDOCS, _job(project, tmp_path / "built"))
    assert str(caught.value) == says
    assert caught.value.help


@pytest.mark.parametrize("renderer", list(Renderer))
def test_every_hyperlink_leads_somewhere(sites: dict[str, Path], renderer: str) -> None:
    site = sites[renderer]
    project = Project(root=site.parent, state=site.parent.parent / "links-state")
    result = project.florilegium("links", "--site-dir", str(site))
    assert result.returncode == 0, result.stdout


SAID = """INFO    -  Building documentation
WARNING -  Doc file 'a.md' contains a link 'nowhere.md'
Traceback (most recent call last):
  File "x.py", line 1, in <module>
ValueError: \x1b[31mred
::error::not a command

Aborted with 2 warnings in strict mode!
"""


def test_what_a_generator_says_is_shown_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = make_project(tmp_path)
    python = tmp_path / "python"
    (tmp_path / "said").write_text(SAID)
    python.write_text(f"#!/bin/sh\ncat {tmp_path}/said >&2; exit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    with pytest.raises(RenderFailed) as caught:
        render_site(Renderer.MKDOCS, _job(project, tmp_path / "built"))
    cli._complain(caught.value.message, caught.value.help, "")
    first, *lines = capsys.readouterr().err.splitlines()
    assert first == "florilegium: mkdocs did not finish (exit code 1)"
    assert [line.removeprefix("  help:").strip() for line in lines] == [
        "WARNING -  Doc file 'a.md' contains a link 'nowhere.md'",
        "ValueError: \\u{1b}[31mred",
        "::error::not a command",
        "Aborted with 2 warnings in strict mode!",
    ]
    assert not any(line.startswith("::") for line in lines)
    assert 'File "x.py"' in caught.value.details
