"""Every kind of page, in light and dark, on narrow, middling and wide screens: nothing cut off, nothing axe-core minds."""

import pytest

from .conftest import Faults, OpenPage, Violations
from .kinds import KINDS, WIDTHS, too_wide


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_page(kind: str, scheme: str, open_page: OpenPage, violations: Violations, faults: Faults) -> None:
    if kind == "404":
        faults.expect("404")
    page = open_page(KINDS[kind], scheme=scheme)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert not too_wide(page), width
        # Colours do not hang on the width, and to compare them all takes most of the time.
        assert not violations(page, but=() if width == WIDTHS[-1] else ("color-contrast",)), width
