"""Every kind of page, light and dark, narrow to wide, in three languages: nothing cut off, nothing axe-core minds."""

from itertools import product

import pytest

from .conftest import Faults, OpenPage, Violations
from .kinds import KINDS, LANGUAGES, WIDTHS, broken_words, too_wide

_SCHEMES = ("light", "dark")


def _sample() -> list[tuple[str, str, str, int]]:
    """Language, kind, scheme and width, so that each kind is met in each language, and each pair of the others often."""
    found = []
    for place, kind in enumerate(KINDS):
        languages = ["en", *(language for language in LANGUAGES if kind in LANGUAGES[language])]
        for turn, language in enumerate(languages):
            width = WIDTHS[(place + 2 * turn + place // len(WIDTHS)) % len(WIDTHS)]
            found.append((language, kind, _SCHEMES[(place + turn) % 2], width))
    return found


_SAMPLE = _sample()
_ALL = [
    (language, kind, scheme, width)
    for language, kinds in {"en": KINDS, **LANGUAGES}.items()
    for kind, scheme, width in product(kinds, _SCHEMES, WIDTHS)
    if (language, kind, scheme, width) not in _SAMPLE
]


def _look(
    language: str, kind: str, scheme: str, width: int, open_page: OpenPage, violations: Violations, faults: Faults
) -> None:
    if kind == "404":
        faults.expect("404")
    path = KINDS[kind] if language == "en" else LANGUAGES[language][kind]
    page = open_page(path, scheme=scheme, width=width, language=language)
    if kind != "404":
        assert page.evaluate("document.documentElement.lang") == language
        assert page.evaluate("getComputedStyle(document.body).direction") == ("rtl" if language == "he" else "ltr")
    assert not too_wide(page)
    assert not broken_words(page)
    # Hebrew is looked at in the colours in which English is, and they are the same in both.
    assert not violations(page, but="color-contrast" if language == "he" else "")


@pytest.mark.parametrize(("language", "kind", "scheme", "width"), _SAMPLE)
def test_page(
    language: str, kind: str, scheme: str, width: int, open_page: OpenPage, violations: Violations, faults: Faults
) -> None:
    _look(language, kind, scheme, width, open_page, violations, faults)


@pytest.mark.matrix
@pytest.mark.parametrize(("language", "kind", "scheme", "width"), _ALL)
def test_page_in_every_way(
    language: str, kind: str, scheme: str, width: int, open_page: OpenPage, violations: Violations, faults: Faults
) -> None:
    """The rest of the matrix, which takes minutes: `scripts/test -m matrix tests/browser/test_frame_pages.py`."""
    _look(language, kind, scheme, width, open_page, violations, faults)
