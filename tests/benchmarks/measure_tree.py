"""Measures what reading the text of a note and writing its page costs, in CPU milliseconds a made note of 7 kB.

    python tests/benchmarks/measure_tree.py [--notes 200] [--repeat 5]

The notes are those of `make_library.py`. Of several rounds the cheapest is printed, since other work on a machine only
ever adds; the last column is the bound that a change should keep on a quiet machine.
"""

import argparse
import gc
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from florilegium.core.limits import uncollected
from florilegium.core.spans import LineTable
from florilegium.library.frontmatter import parse_front_matter
from florilegium.markdown.bodies import parse_body
from florilegium.markdown.building import build_tree
from florilegium.site.rendered_bodies import render_body
from make_library import make_library

BOUNDS = {"tree": 0.25, "body": 1.4, "page": 0.5}


def measure(notes: int, repeat: int) -> dict[str, float]:
    """CPU milliseconds a note: of its tree alone, of its body with the tree, of its page's HTML from the body."""
    with tempfile.TemporaryDirectory() as name:
        make_library(Path(name), notes)
        paths = sorted(Path(name, "annotations/notes").glob("*.md"))
        tables = [LineTable(f"annotations/notes/{path.name}", path.read_text(encoding="utf-8")) for path in paths]
    starts = [parse_front_matter(table).body_start for table in tables]
    texts = [table.text[start:] for table, start in zip(tables, starts, strict=True)]
    bodies = [parse_body(table, start).body for table, start in zip(tables, starts, strict=True)]
    runs: dict[str, Callable[[], object]] = {
        "tree": lambda: [build_tree(text, text.encode()) and None for text in texts],
        "body": lambda: [parse_body(table, start) and None for table, start in zip(tables, starts, strict=True)],
        "page": lambda: [render_body(body, table.path) and None for body, table in zip(bodies, tables, strict=True)],
    }
    return {what: min(_cost(run) for _ in range(repeat)) / len(paths) * 1000 for what, run in runs.items()}


def _cost(run: Callable[[], object]) -> float:
    gc.collect()
    with uncollected():  # as where libraries are read
        start = time.process_time()
        run()
        return time.process_time() - start


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--notes", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args(arguments)
    print("what  CPU ms a note  bound")
    for what, cost in measure(options.notes, options.repeat).items():
        print(f"{what}  {cost:13.2f}  {BOUNDS[what]:5.2f}{'' if cost <= BOUNDS[what] else '  missed'}")


if __name__ == "__main__":
    main()
