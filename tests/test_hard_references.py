"""Hard references: what the style guides print, what we print, and where the two are known to differ.

Each file of `hard_references/` holds works as CSL items, and for some of the styles the citations and entries that the
guide prints. Where a style or Pandoc gives another string, that stands under `differs`, with the reason, beside the
guide's own: such a difference is known, and a test says so as soon as it is gone.
"""

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from florilegium.core.model import Citation
from florilegium.core.spans import Span
from florilegium.library.listing import FileKind
from florilegium.library.reading import parse_text
from florilegium.markdown.citations import parse_citations
from florilegium.works.citing.citation_styles import BUILT_IN_STYLES, read_style
from florilegium.works.citing.formatting import Bibliography, render_bibliography
from florilegium.works.citing.numbering import numbered
from florilegium.works.citing.pandoc_fragments import CitedPart
from florilegium.works.csl.csl_items import to_csl

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent / "hard_references"
CASES = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))}


class Expected(NamedTuple):
    case: str
    style: str
    what: str
    """A citation as it is written in a note, or the key of a work for its entry."""
    guide: str
    ours: str
    """What we print: the same, unless the difference is known."""

    def __str__(self) -> str:
        return f"{self.case}-{self.style}-{self.what}"


def expectations() -> Iterator[Expected]:
    for case, data in CASES.items():
        for style, about in data["styles"].items():
            differs = about.get("differs", {})
            for what, guide in {**about.get("citations", {}), **about.get("entries", {})}.items():
                yield Expected(case, style, what, str(guide), str(differs.get(what, {}).get("ours", guide)))


EXPECTED = list(expectations())


def text(html: str) -> str:
    """HTML as the cases write it: emphasis between asterisks, nothing else marked."""
    return unescape(re.sub(r"<[^>]+>", "", re.sub(r"</?(?:em|i)\b[^>]*>", "*", html)))


def parse(written: str) -> Citation:
    (found,) = parse_citations(written, lambda start, end: Span.of_file("notes/x.md"))
    return found.citation


def works(case: str) -> dict[str, dict[str, Any]]:
    path = FOLDER / f"{case}.yaml"
    parsed = parse_text("annotations/references/x.yaml", FileKind.BIBLIOGRAPHY, path.read_text(encoding="utf-8"))
    assert parsed.diagnostics == ()
    return {source.key: to_csl(source) for source in parsed.sources}


@cache
def rendered(case: str, style: str) -> Bibliography:
    citations = [
        parse(expected.what) for expected in EXPECTED if expected[:2] == (case, style) and "@" in expected.what
    ]
    return render_bibliography(works(case), citations, style=read_style(style))


def printed(expected: Expected) -> str:
    bibliography = rendered(expected.case, expected.style)
    if "@" not in expected.what:
        return text(bibliography.entry(expected.what))
    parts: tuple[CitedPart, ...] = bibliography.citation(parse(expected.what))
    # Numbers are those of the whole list.
    return text(numbered("".join(part.html for part in parts), lambda key: bibliography.order.index(key) + 1))


@pytest.mark.parametrize("expected", EXPECTED, ids=str)
def test_what_the_guide_prints(expected):
    assert printed(expected) == expected.ours


@pytest.mark.parametrize("expected", [e for e in EXPECTED if e.ours != e.guide], ids=str)
def test_a_known_difference_is_explained(expected):
    about = CASES[expected.case]["styles"][expected.style]["differs"][expected.what]
    assert about.keys() == {"ours", "why"}
    assert about["why"]


def test_every_difference_belongs_to_something_expected():
    for case, data in CASES.items():
        for style, about in data["styles"].items():
            wanted = {e.what for e in EXPECTED if (e.case, e.style) == (case, style)}
            assert about.get("differs", {}).keys() <= wanted, f"{case} {style}"
            assert all(e.ours != e.guide for e in EXPECTED if e.what in about.get("differs", {}) and e.style == style)


@pytest.mark.parametrize("style", BUILT_IN_STYLES)
def test_every_style_is_compared_with_its_guide(style):
    assert len([expected for expected in EXPECTED if expected.style == style]) >= 5
