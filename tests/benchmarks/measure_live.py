"""Measures how long an edit takes to show while `florilegium serve` runs, on the page and in the search.

python tests/benchmarks/measure_live.py LIBRARY [--search]
"""

import sys
import time
from pathlib import Path

from florilegium.check.checking import Options
from florilegium.publish.live.live_site import LiveSite


def measure_edit(root: Path, *, search: bool) -> float:
    """Seconds from a save until the page, or the search index, shows it; the best of three."""
    site = LiveSite(Options(root=root))
    site.follow()
    assert site.shown
    site.index(site.shown)
    notes = sorted((root / "annotations" / "notes").iterdir())
    note = notes[len(notes) // 2]
    before = note.read_text(encoding="utf-8")
    taken = []
    try:
        for number in range(3):
            sentence = f"A sentence that was not here before, number {number}."
            note.write_text(f"{before}\n{sentence}\n", encoding="utf-8")
            began = time.perf_counter()
            site.follow()
            if search:
                site.index(site.shown)
            answer = site.answer(f"notes/{note.stem}/")
            taken.append(time.perf_counter() - began)
            assert answer
            assert sentence.encode() in answer.body
    finally:
        note.write_text(before, encoding="utf-8")
        site.close()
    return min(taken)


if __name__ == "__main__":
    print(measure_edit(Path(sys.argv[1]), search="--search" in sys.argv))
