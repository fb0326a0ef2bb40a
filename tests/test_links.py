"""What follows from the joins of a library."""

import pytest
from florilegium.check.checking import Options, check_library
from folders import write_files
from projects import LIBRARY

WORK = "  - {id: poe2001, type: book, title: Nights, author: [{family: Poe}], publisher: A, issued: {date-parts: [[2001]]}}\n"


def consulted(tmp_path, edits: dict[str, str], key: str = "poe2001") -> bool:
    text = LIBRARY["notes/forgetting.md"].replace("references:\n", f"references:\n{WORK}")
    for old, new in edits.items():
        assert old in text
        text = text.replace(old, new)
    write_files(tmp_path / "annotations", {**LIBRARY, "notes/forgetting.md": text})
    checked = check_library(Options(root=tmp_path, remember=False, executor=None))
    return checked.links.cited_by[key].consulted


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({"A first sentence": "A first sentence [@poe2001]"}, False),
        ({"[@doe2009, p. 4]": "[@poe2001, p. 4]"}, True),
        ({"[@doe2009, p. 4]": "[@poe2001, p. 4], quoted in [@doe2009, p. 4]"}, False),
        ({"[@doe2009, p. 4]": "[@doe2009, p. 4], quoted in [@poe2001, p. 4]"}, True),
        ({"source: doe2009": "source: poe2001"}, True),
        ({"source: doe2009\nbasis: full-text": "source: poe2001\nbasis: secondary\nvia: doe2009"}, False),
        ({"basis: full-text": "basis: secondary\nvia: poe2001"}, True),
    ],
)
def test_a_work_was_consulted_if_somebody_had_it_in_hand(tmp_path, edits, expected):
    assert consulted(tmp_path, edits) is expected
