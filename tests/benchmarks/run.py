"""Measures the program on libraries of several sizes, beside a stock MkDocs site of the same prose, in one run.

    python tests/benchmarks/run.py --sizes 100 1000 10000 --repeat 3

Every figure is that of a whole process, with everything that it starts. Times of one machine say little about
another; what counts is the ratio to stock, and how the times grow with the library.
"""

import argparse
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeAlias

from make_library import GENERATED, PROJECT, make_library, make_stock

MEBIBYTE = 1024 * 1024
SAMPLING = 0.2
"""Seconds between two looks at how much memory all processes of a step use together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one step took."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of user and system time, of all processes."""
    largest: int
    """Peak resident bytes of the largest process."""
    together: int
    """Peak of the proportional set sizes of all processes, in bytes, as sampled; 0 where the system has no `/proc`."""
    processes: tuple[tuple[str, int], ...] = ()
    """The processes, by what they ran, with the peak of resident bytes of each, as sampled; the largest first."""


Found: TypeAlias = dict[tuple[str, int], Measured]
"""What was measured, by step and number of notes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where one size is measured."""

    library: Path
    stock: Path
    state: Path
    notes: int

    def florilegium(self, *arguments: str, root: Path | None = None) -> Measured:
        command = [sys.executable, "-m", "florilegium", *arguments, "--root", str(root or self.library)]
        return measure(command, root or self.library, self.state)

    def forget(self) -> None:
        """Remove whatever earlier runs left."""
        shutil.rmtree(self.state, ignore_errors=True)
        shutil.rmtree(self.library / "site", ignore_errors=True)
        for folder in GENERATED:
            shutil.rmtree(self.library / "docs" / folder, ignore_errors=True)
        (self.library / "docs" / "index.md").unlink(missing_ok=True)


# -------------------------------------------------------------------------------------------------- measuring


def measure(command: Sequence[str], folder: Path, state: Path) -> Measured:
    """Run a command and its children to their end; it must succeed."""
    environment = {
        **os.environ,
        "FLORILEGIUM_STATE": str(state),
        "PYTHONPATH": os.environ.get("PYTHONPATH") or str(PROJECT / "scripts"),
        "NO_MKDOCS_2_WARNING": "1",
    }
    # Whoever runs the program a second time does not compile it again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    state.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
        with _sampled(process.pid) as (peak, each):
            _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            sys.exit(f"{' '.join(command)} failed:\n{output.read().decode(errors='replace')[-2000:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Measured(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        largest=usage.ru_maxrss * unit,
        together=max(peak),
        processes=tuple(sorted(each.values(), key=lambda one: -one[1])),
    )


@contextmanager
def _sampled(pid: int) -> Iterator[tuple[list[int], dict[int, tuple[str, int]]]]:
    """The memory that a process and its descendants use together, and that of each, sampled inside the block."""
    peak = [0]
    each: dict[int, tuple[str, int]] = {}
    done = threading.Event()

    def sample() -> None:
        while not done.wait(SAMPLING):
            found = _descendants(pid)
            peak.append(sum(map(_proportional_size, found)))
            each.update({one: process for one in found if (process := _process(one))})

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield peak, each
    finally:
        done.set()
        thread.join()


def _descendants(pid: int) -> list[int]:
    """A process and all that it started, directly or not."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The second field is the program's name in parentheses, which may hold anything.
            parent = int(entry.read_text(errors="replace").rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        children.setdefault(parent, []).append(int(entry.parent.name))
    found = [pid]
    for known in found:
        found += children.get(known, [])
    return found


def _process(pid: int) -> tuple[str, int] | None:
    """What a process runs, and the peak of its resident bytes; None when it has ended."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        status = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    peak = next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:")), 0)
    named = [Path(word).name for word in words if word and not word.startswith("-")]
    return " ".join(named[:3]), peak


def _proportional_size(pid: int) -> int:
    """Bytes that a process uses, its share of what it shares with others included; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


# ------------------------------------------------------------------------------------------------------ steps


def check_cold(ground: Ground) -> Measured:
    """`florilegium check` that remembers nothing"""
    ground.forget()
    return ground.florilegium("check")


def check_again(ground: Ground) -> Measured:
    """`florilegium check` when nothing has changed"""
    return ground.florilegium("check")


def check_edited(ground: Ground) -> Measured:
    """`florilegium check` when one sentence of one note has changed"""
    with _edited(ground, _change_sentence):
        return ground.florilegium("check")


def build_cold(ground: Ground) -> Measured:
    """`florilegium build` of everything, search index included"""
    ground.forget()
    return ground.florilegium("build")


def build_sentence(ground: Ground) -> Measured:
    """`florilegium build` when one sentence has changed"""
    with _edited(ground, _change_sentence):
        return ground.florilegium("build")


def build_quote(ground: Ground) -> Measured:
    """`florilegium build` when one quote was added"""
    with _edited(ground, _add_quote):
        return ground.florilegium("build")


def build_again(ground: Ground) -> Measured:
    """`florilegium build` when nothing has changed"""
    return ground.florilegium("build")


def build_theme(ground: Ground) -> Measured:
    """`florilegium build` when one theme has another label"""
    theme = min((ground.library / "annotations" / "themes").iterdir())
    before = theme.read_text(encoding="utf-8")
    theme.write_text(re.sub(r"(?m)^label: .*$", 'label: "Another label"', before, count=1), encoding="utf-8")
    try:
        return ground.florilegium("build")
    finally:
        theme.write_text(before, encoding="utf-8")


def export(ground: Ground) -> Measured:
    """`florilegium export` of all data files"""
    with tempfile.TemporaryDirectory() as folder:
        return ground.florilegium("export", "--output", folder)


def live_edit(ground: Ground) -> Measured:
    """one sentence changed while `florilegium serve` runs, until the page shows it"""
    return _live(ground)


def live_search(ground: Ground) -> Measured:
    """the same until the search index has it too"""
    return _live(ground, "--search")


def _live(ground: Ground, *arguments: str) -> Measured:
    command = [sys.executable, str(Path(__file__).with_name("measure_live.py")), str(ground.library), *arguments]
    environment = {**os.environ, "FLORILEGIUM_STATE": str(ground.state), "PYTHONPATH": str(PROJECT / "scripts")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return Measured(wall=float(done.stdout.splitlines()[-1]), cpu=0, largest=0, together=0)


def build_stock(ground: Ground) -> Measured:
    """stock `mkdocs build` with Material, its search and tags"""
    shutil.rmtree(ground.stock / "site", ignore_errors=True)
    return measure([sys.executable, "-m", "mkdocs", "build", "--quiet"], ground.stock, ground.state)


def start(ground: Ground) -> Measured:
    """`florilegium check` of this project's own library when nothing has changed"""
    ground.florilegium("check", root=PROJECT)
    return ground.florilegium("check", root=PROJECT)


STEPS: dict[str, Callable[[Ground], Measured]] = {
    "stock": build_stock,
    "start": start,
    "check-cold": check_cold,
    "check-again": check_again,
    "check-edited": check_edited,
    "build-cold": build_cold,
    "build-again": build_again,
    "build-sentence": build_sentence,
    "build-quote": build_quote,
    "build-theme": build_theme,
    "export": export,
    "live-edit": live_edit,
    "live-search": live_search,
}
"""By name, in the order in which they are run: what one leaves, the next one finds."""


@contextmanager
def _edited(ground: Ground, edit: Callable[[str], str]) -> Iterator[None]:
    """One note in the middle of the library is edited inside the block."""
    notes = sorted((ground.library / "annotations" / "notes").iterdir())
    note = notes[len(notes) // 2]
    before = note.read_text(encoding="utf-8")
    note.write_text(edit(before), encoding="utf-8")
    try:
        yield
    finally:
        note.write_text(before, encoding="utf-8")


def _change_sentence(text: str) -> str:
    return text.replace("## What remains open\n", "## What remains open\n\nA sentence that was not here before.\n")


def _add_quote(text: str) -> str:
    words, attribution = next(
        (words, attribution)
        for words, attribution in zip(text.split("\n"), text.split("\n")[2:], strict=False)
        if words.startswith("> ") and attribution.startswith("> — ")
    )
    added = attribution.rpartition("{")[0] + "{#added-by-the-benchmark}"
    return f"{text}\n> Some more words that nobody has said before, {words[2:12]}.\n>\n{added}\n"


# ----------------------------------------------------------------------------------------------------- report


def run(sizes: Sequence[int], steps: Sequence[str], repeat: int, work: Path) -> Found:
    """The medians of all steps at all sizes."""
    _run_once(make_ground(work, 20), steps)  # so that everything is compiled
    found = {}
    for notes in sizes:
        ground = make_ground(work, notes)
        runs = [_run_once(ground, steps) for _ in range(repeat)]
        for step in steps:
            found[step, notes] = median([measured[step] for measured in runs])
        shutil.rmtree(ground.library.parent)
    return found


def _run_once(ground: Ground, steps: Sequence[str]) -> dict[str, Measured]:
    measured = {}
    for step in steps:
        print(f"{ground.notes:,} notes: {STEPS[step].__doc__} …", end=" ", file=sys.stderr, flush=True)
        measured[step] = STEPS[step](ground)
        print(f"{measured[step].wall:.2f} s", file=sys.stderr, flush=True)
        # What was changed a moment ago is not remembered: its times might not show the next change.
        time.sleep(1.1)
    return measured


def make_ground(work: Path, notes: int) -> Ground:
    """Write a library and a stock site of one size."""
    folder = work / str(notes)
    make_library(folder / "library", notes)
    make_stock(folder / "stock", notes)
    time.sleep(1.1)
    return Ground(library=folder / "library", stock=folder / "stock", state=folder / "state", notes=notes)


def median(measured: Sequence[Measured]) -> Measured:
    return Measured(
        wall=statistics.median(m.wall for m in measured),
        cpu=statistics.median(m.cpu for m in measured),
        largest=round(statistics.median(m.largest for m in measured)),
        together=round(statistics.median(m.together for m in measured)),
        processes=measured[0].processes,
    )


class Goal(NamedTuple):
    """What is to be reached: a bar, and what would be a marvel."""

    what: str
    reached: Callable[[Found], float]
    """Raises `KeyError` where a step or size was not measured."""
    bar: float
    marvel: float


GOALS = (
    Goal(
        "whole build, 1,000 notes, of stock (wall)",
        lambda f: f["build-cold", 1000].wall / f["stock", 1000].wall, 1.3, 1.0,
    ),
    Goal("CPU of it, of stock", lambda f: f["build-cold", 1000].cpu / f["stock", 1000].cpu, 2.5, 2.0),
    Goal("one sentence, 1,000 notes, search included, s", lambda f: f["build-sentence", 1000].wall, 2, 0.5),
    Goal("the same in `serve`, on the page, s", lambda f: f["live-edit", 1000].wall, 2, 0.5),
    Goal("the same in `serve`, in the search, s", lambda f: f["live-search", 1000].wall, 2, 0.5),
    Goal("one quotation added, 1,000 notes, s", lambda f: f["build-quote", 1000].wall, 2, 0.5),
    Goal("one theme renamed, 1,000 notes, s", lambda f: f["build-theme", 1000].wall, 2, 0.5),
    Goal("one sentence, 10,000 notes, s", lambda f: f["build-sentence", 10_000].wall, 4, 2),
    Goal("check, 10,000 notes, cold, s", lambda f: f["check-cold", 10_000].wall, 10, 5),
    Goal("check, 10,000 notes, nothing changed, s", lambda f: f["check-again", 10_000].wall, 0.4, 0.15),
    Goal("check, 10,000 notes, one note changed, s", lambda f: f["check-edited", 10_000].wall, 1, 0.3),
    Goal(
        "growth of the whole build, 1,000 to 10,000",
        lambda f: f["build-cold", 10_000].wall / f["build-cold", 1000].wall, 10.5, 10,
    ),
    Goal("largest process, 10,000 notes, GiB", lambda f: f["build-cold", 10_000].largest / 1024 / MEBIBYTE, 1, 0.5),
    Goal("export of all, 10,000 notes, s", lambda f: f["export", 10_000].wall, 20, 5),
)  # fmt: skip
"""From the design of this program. Ratios count; seconds are those of two quiet processors."""


def render_goals(found: Found) -> Iterator[str]:
    """The goals as a Markdown table, with what was reached of those that were measured."""
    yield "| goal | reached | bar | best |"
    yield "|---|--:|--:|--:|"
    for goal in GOALS:
        with suppress(KeyError):
            yield f"| {goal.what} | {goal.reached(found):.2f} | {goal.bar:g} | {goal.marvel:g} |"
    yield ""


def render_processes(found: Found) -> Iterator[str]:
    """The peak of memory of every process of a whole build."""
    for (step, notes), measured in sorted(found.items(), key=lambda item: item[0][1]):
        if step in ("build-cold", "stock") and measured.processes:
            yield f"{step}, {notes:,} notes, MiB of each process:"
            yield from (f"- {size / MEBIBYTE:.0f} {name}" for name, size in measured.processes[:12])
            yield ""


def render(found: Found) -> Iterator[str]:
    """The results as a Markdown table, a line a step and size, and the growth from one size to the next."""
    yield f"{os.cpu_count()} processors, Python {platform.python_version()}\n"
    yield "| step | notes | wall s | of stock | CPU s | largest process MiB | all MiB |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for (step, notes), measured in sorted(found.items(), key=lambda item: list(STEPS).index(item[0][0])):
        stock = found.get(("stock", notes))
        ratio = f"{measured.wall / stock.wall:.2f}" if stock else ""
        memory = f"{measured.largest / MEBIBYTE:.0f} | {measured.together / MEBIBYTE:.0f}"
        yield f"| {step} | {notes:,} | {measured.wall:.2f} | {ratio} | {measured.cpu:.2f} | {memory} |"
    yield ""
    for step in STEPS:
        sizes = [notes for name, notes in found if name == step]
        for small, large in pairwise(sizes):
            growth = found[step, large].wall / found[step, small].wall
            yield f"{step}: {large:,} notes take {growth:.1f} times as long as {small:,}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10_000], metavar="NOTES")
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=list(STEPS), metavar="STEP")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each step, of which the median counts")
    parser.add_argument("--work", type=Path, help="an empty folder for the libraries; default: a temporary one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.work) as work:
        found = run(sorted(options.sizes), options.steps, options.repeat, Path(work))
        for line in (*render_goals(found), *render(found), "", *render_processes(found)):
            print(line)


if __name__ == "__main__":
    main()
