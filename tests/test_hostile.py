"""What a stranger could send: each text in `hostile/` is refused at its line, or is known to be harmless.

A case opens with `=== its name`, and what it is: the body of a note; or lines for the head of one `(front matter)`; or
a whole file `(notes/hostile.md)`. `expect` lines say which rule finds what in which line of the case. Nothing else may
be found. `\\u{202e}` stands for a character, `\\x{e9}` for a byte, `⟦x × 9⟧` for nine times x, `\\z` for no line end.
"""

import json
import re
import shutil
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from florilegium.core import reporters
from florilegium.library.reading import read_text

pytestmark = pytest.mark.slow

HOSTILE = Path(__file__).parent / "hostile"
BASE = Path(__file__).parent / "cases" / "base"
NOTE = "notes/hostile.md"
FRONT = {"title": "T", "source": "doe2009", "basis": "abstract", "themes": "[]"}
WORK = "type: book, title: T, author: [{family: A}], issued: {date-parts: [[2000]]}"
SECONDS = 10


class Case(NamedTuple):
    name: str
    path: str
    data: bytes
    before: int
    """Lines of the file above the first line of the case."""
    expected: list[tuple[int, str, str]]
    """Line of the case, rule, and what the message names."""


def read_cases(path: Path) -> list[Case]:
    blocks = re.split(r"^=== (?!\")", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return [_case(path.stem, block) for block in blocks]


def _case(folder: str, block: str) -> Case:
    header, _, text = block.partition("\n")
    expectations = re.match(r"(?:expect: .*\n)*", text)[0]
    match = re.fullmatch(r"(.*?)(?: \((front matter|\S+\.\w+)\))?", header)
    kind = match[2] or "body"
    text = text[len(expectations) :].removesuffix("\n").removesuffix("\n") + "\n"
    data = _expand(text if text.strip() else "")
    path = NOTE
    before = 0
    if kind == "body":
        head = (
            "---\n" + "".join(f"{key}: {value}\n" for key, value in FRONT.items()).replace("[]", "[amnesia]") + "---\n"
        )
        data, before = head.encode() + data, head.count("\n")
    elif kind == "front matter":
        given = re.findall(r"^[\"']?(\w+)[\"']?:", text, re.MULTILINE)
        rest = "".join(f"{key}: {value}\n" for key, value in FRONT.items() if key not in given)
        data, before = b"---\n" + data + f"{rest}---\nText.\n".encode(), 1
    else:
        path = kind
    expected = [_expectation(line) for line in expectations.splitlines()]
    return Case(f"{folder}: {match[1]}", path, data, before, expected)


def _expectation(line: str) -> tuple[int, str, str]:
    number, rule, naming = line.removeprefix("expect: ").split(" ", 2)
    return int(number), rule, naming


def _expand(text: str) -> bytes:
    text = re.sub(r"⟦(.*?) × (\d+)⟧", lambda m: m[1] * int(m[2]), text, flags=re.DOTALL)
    text = text.replace("⟪x⟫", WORK).replace("\\z\n", "")
    text = re.sub(r"\\u\{([0-9a-f]+)\}", lambda m: chr(int(m[1], 16)), text)
    parts = re.split(r"\\x\{([0-9a-f]{2})\}", text)
    return b"".join(bytes.fromhex(part) if n % 2 else part.encode() for n, part in enumerate(parts))


CASES = [case for path in sorted(HOSTILE.glob("*.txt")) for case in read_cases(path)]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copytree(BASE, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture
def report(root, check_library):
    """What is found in the small library to which a case is added."""
    placed = []

    def check(case: Case):
        placed.append(case.path)
        (root / "annotations" / case.path).write_bytes(case.data)
        return check_library(root)

    yield check
    for path in placed:
        original = BASE / "annotations" / path
        if original.exists():
            shutil.copy(original, root / "annotations" / path)
        else:
            (root / "annotations" / path).unlink()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hostile(case, report, root):
    started = time.process_time()
    diagnostics = report(case)
    assert time.process_time() - started < SECONDS
    found: dict[tuple[int, str], str] = {}
    for diagnostic in diagnostics:
        assert diagnostic.span.path == f"annotations/{case.path}", "a note changes nothing for other files"
        place = (diagnostic.span.line - case.before, diagnostic.rule)
        found[place] = f"{found.get(place, '')}{diagnostic.message}\n"
    assert set(found) == {(line, rule) for line, rule, _ in case.expected}, found
    for line, rule, naming in case.expected:
        assert naming in found[line, rule]
    assert_tame(diagnostics, root)


def assert_tame(diagnostics, root):
    """No report holds a command, whatever the values in it."""

    @cache
    def lines_of(path):
        return re.split(r"\r\n|\r|\n", read_text(root, path)[0])

    def read_line(path, number):
        lines = lines_of(path)
        return lines[number - 1] if number <= len(lines) else ""

    for name, form in reporters.FORMATS.items():
        report = "\n".join(form(diagnostics[:200], read_line))
        assert "##[" not in report
        lines = report.split("\n")
        assert all(line.isprintable() for line in lines)
        assert name == "github" or not any(line.lstrip().startswith("::") for line in lines)
        if name in ("json", "sarif"):
            json.loads(report)


def test_names_are_unique():
    assert len({case.name for case in CASES}) == len(CASES)
