"""Missing blank lines: after `check --fix`, Pandoc sees the blocks that CommonMark sees, and nothing is said of others."""

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pypandoc
import pytest
from florilegium.check.checking import Options, check_library
from florilegium.core.edits import write_changes
from florilegium.edit.fixes.fix_plan import plan_fixes
from florilegium.library.frontmatter import FileDivision, cut_front_matter
from florilegium.markdown.nodes import Node
from markdown_oracle import read

BASE = Path(__file__).parent / "cases" / "base"
NOTE = "annotations/notes/second.md"
HEAD = "---\ntitle: A second note\nsource: doe2009\nbasis: full-text\nthemes: [amnesia]\nstatus: draft\n---\n"

TEXTS = (
    "a\n- b", "a\n1. b", "a\n> b", "a\n# b", "a\n***", "a\n| x | y |\n|---|---|\n| 1 | 2 |", "> a\n# b", "> a\n- b",
    "> a\n***", "- a\n# b", "- a\n> b", "- a\n  > b", "- a\n  # b", "> a\n> - b", "> a\n>\n> b\n> # c", "1. a\n> b",
    "- a\n  - b\n# c", "a\n- b\n- c\n## d\ne\n> f", "- > a\n# b", "a\r\n- b\r\n- c",
)  # fmt: skip
WHOLE = (
    "a\n\n- b", "# a\n- b", "# a\n> b", "# a\nb", "```\nx\n```\n- b", "- a\n  - b", "- a\n\n  b\n  - c", "***\n- a",
    "1. a\n- b", "| x |\n|---|\n| 1 |\n> b", "a\n```\nx\n```", "<div>\n</div>\n\n- b", "a - b\nc", "> a\n>\n> - b",
)  # fmt: skip

_OURS = {
    "Paragraph": "P", "Tight": "P", "Heading": "H", "CodeBlock": "C", "Rule": "R", "BlockQuote": "Q", "List": "L",
    "Table": "T", "HtmlBlock": "D",
}  # fmt: skip
_PANDOC = {
    "Para": "P", "Plain": "P", "Header": "H", "CodeBlock": "C", "HorizontalRule": "R", "BlockQuote": "Q",
    "BulletList": "L", "OrderedList": "L", "Table": "T", "Div": "D",
}  # fmt: skip


def ours(nodes: Any) -> list[Any]:
    def shape(node: Node) -> Any:
        kind = _OURS[node.kind]
        if kind == "L":
            return [kind, *[ours(item.children) for item in node.children]]
        return [kind, *ours(node.children)] if kind == "Q" else kind

    return [shape(node) for node in nodes]


def pandoc(blocks: list[Any]) -> list[Any]:
    def shape(block: Any) -> Any:
        kind = _PANDOC[block["t"]]
        if kind == "L":
            return [kind, *[pandoc(item) for item in (block["c"] if block["t"] == "BulletList" else block["c"][1])]]
        return [kind, *pandoc(block["c"])] if kind == "Q" else kind

    return [shape(block) for block in blocks]


def pandoc_blocks(texts: list[str]) -> list[list[Any]]:
    """The blocks of each text, as Pandoc reads them; one process for all."""
    document = "\n\n".join(f"::: x\n{text}\n:::" for text in texts)
    command = [pypandoc.get_pandoc_path(), "-f", "markdown", "-t", "json"]
    answer = subprocess.run(command, input=document, capture_output=True, text=True, check=True).stdout
    return [pandoc(block["c"][1]) for block in json.loads(answer)["blocks"]]


def options(root: Path) -> Options:
    return Options(root=root, remember=False, today=date(2026, 11, 23))


def fixed(root: Path, texts: list[str]) -> list[str]:
    """The texts, each a draft of its own, after `check --fix`."""
    for number, text in enumerate(texts):
        (root / f"annotations/notes/n{number}.md").write_bytes((HEAD + text + "\n").encode())
    write_changes(root, plan_fixes(options(root)).changes)
    found = check_library(options(root)).diagnostics
    assert [finding for finding in found if finding.rule == "missing-blank-line"] == []
    bodies = []
    for number in range(len(texts)):
        text = (root / f"annotations/notes/n{number}.md").read_bytes().decode()
        cut = cut_front_matter(text)
        assert isinstance(cut, FileDivision)
        bodies.append(text[cut.body_start :])
    return bodies


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(BASE, tmp_path / "library")
    return tmp_path / "library"


def _rules(text: str) -> list[str]:
    return [finding.rule for finding in read(text).diagnostics if finding.rule == "missing-blank-line"]


def test_what_pandoc_would_lose_is_said_and_mended(root: Path) -> None:
    assert all(_rules(text) for text in TEXTS)
    wanted = [ours(read(text).tree.root.children) for text in TEXTS]
    before = pandoc_blocks([text.replace("\r", "") for text in TEXTS])
    assert all(there != here for there, here in zip(before, wanted, strict=True))
    after = fixed(root, list(TEXTS))
    assert [ours(read(text).tree.root.children) for text in after] == wanted
    assert pandoc_blocks([text.replace("\r", "") for text in after]) == wanted


def test_where_pandoc_loses_nothing_nothing_is_said() -> None:
    assert [_rules(text) for text in WHOLE] == [[]] * len(WHOLE)
    assert pandoc_blocks(list(WHOLE)) == [ours(read(text).tree.root.children) for text in WHOLE]


def test_a_blank_line_has_the_signs_and_the_end_of_the_lines_beside_it(root: Path) -> None:
    assert fixed(root, ["> a\r\n> - b\r\n"])[0].startswith("> a\r\n>\r\n> - b\r\n")


def test_markdown_in_html_gets_blank_lines_round_it(root: Path) -> None:
    (text,) = fixed(root, ["<details>\n<summary>More</summary>\nDoe *says* so [@doe2009].\n</details>"])
    assert text == "<details>\n<summary>More</summary>\n\nDoe *says* so [@doe2009].\n\n</details>\n"
    assert [c.references[0].key for c in read(text).body.citations] == ["doe2009"]
