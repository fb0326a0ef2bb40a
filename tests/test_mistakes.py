"""What people get wrong in a first note: each mistake is reported at its line, in the form that a diff view shows."""

import re
from pathlib import Path

import pytest
from projects import LIBRARY, Project

NOTE = "notes/forgetting.md"
MISTAKES = [
    # name, what is replaced, by what, the rule, and a part of the line at which it is reported
    ("a key misspelt", "[@doe2009, p. 3]", "[@deo2009, p. 3]", "unresolved-reference", "[@deo2009"),
    ("a theme misspelt", "#amnesia !", "#amnesai !", "unknown-theme", "#amnesai"),
    ("a theme that the head does not list", "#amnesia !", "#numbing !", "undeclared-theme", "#numbing"),
    ("a theme of the head misspelt", "themes: [amnesia]", "themes: [amnesai]", "unknown-theme", "themes: [amnesai]"),
    ("a notice misspelt", "!drug-use", "!drugs-use", "unknown-notice", "!drugs-use"),
    ("an id with capitals", "{#gone}", "{#Gone}", "invalid-id", "{#Gone}"),
    ("no role", "a participant", "a nurse", "unknown-speaker", "a nurse"),
    (
        "no attribution",
        ">\n> — a participant, in [@doe2009, p. 4] #amnesia !drug-use {#gone}\n",
        "",
        "unattributed-quote",
        "> What is",
    ),
    ("no work", "in [@doe2009, p. 4] ", "", "malformed-attribution", "a participant"),
    ("no page", "[@doe2009, p. 4]", "[@doe2009]", "missing-locator", "[@doe2009]"),
    ("a key of the head misspelt", "basis:", "bases:", "unknown-front-matter-key", "bases:"),
    ("no title", "title: On forgetting\n", "", "missing-front-matter-key", "source: doe2009"),
    ("a basis that there is not", "full-text", "fulltext", "invalid-front-matter-value", "basis: fulltext"),
    ("a bracket left open", "themes: [amnesia]", "themes: [amnesia", "malformed-front-matter", "themes: [amnesia"),
    ("a day that there is not", "2024-03-01", "2024-02-31", "invalid-front-matter-value", "date: 2024-02-31"),
    ("a link to nowhere", "(remembering.md)", "(remebering.md)", "broken-internal-link", "remebering.md"),
    ("a script", "A first sentence", "<script>x</script> A first sentence", "forbidden-html", "<script>"),
    ("a link that runs", "(remembering.md)", "(javascript:x)", "unsafe-link", "javascript:x"),
    ("a hidden character", "A first", "A\u202e first", "invisible-character", "A\u202e first"),
    ("a DOI that is none", "    type: book\n", "    type: book\n    DOI: 11.1000/x\n", "invalid-doi", "DOI: 11.1000/x"),
    ("a work without a title", "    title: The art of forgetting\n", "", "incomplete-reference", "- id: doe2009"),
    (
        "a work listed twice",
        "references:\n",
        "references:\n  - {id: doe2009, type: book, title: Other}\n",
        "duplicate-citation-key",
        "- id: doe2009",
    ),
    ("a TODO left", "A first sentence", "TODO: A first sentence", "unfinished-text", "TODO: A first"),
]


def annotations(output: str) -> list[tuple[str, int, str]]:
    """The file, the line and the title of each annotation."""
    found = re.findall(r"^::(?:error|warning) file=([^,]+),line=(\d+),.*?title=([a-z-]+)", output, re.MULTILINE)
    return [(path, int(line), rule) for path, line, rule in found]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake[0])
def test_a_mistake_is_shown_at_its_line(tmp_path: Path, mistake: tuple[str, ...]) -> None:
    _, old, new, rule, at = mistake
    project = Project(root=tmp_path / "project", state=tmp_path / "state")
    for name, text in LIBRARY.items():
        project.write(f"annotations/{name}", text)
    project.edit(f"annotations/{NOTE}", old, new)
    lines = (project.root / f"annotations/{NOTE}").read_text(encoding="utf-8").split("\n")
    expected = {number for number, line in enumerate(lines, 1) if at in line}
    result = project.florilegium("check", "--strict", "--format", "github")
    assert result.returncode == 1
    found = {line for path, line, name in annotations(result.stdout) if (path, name) == (f"annotations/{NOTE}", rule)}
    assert found & expected, result.stdout
    assert "help: " in result.stdout


def test_a_note_without_mistakes_shows_nothing(tmp_path: Path) -> None:
    project = Project(root=tmp_path / "project", state=tmp_path / "state")
    for name, text in LIBRARY.items():
        project.write(f"annotations/{name}", text)
    result = project.florilegium("check", "--strict", "--format", "github")
    assert (result.returncode, annotations(result.stdout)) == (0, [])
