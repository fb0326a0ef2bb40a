"""Citations of works that the style tells apart by their authors' names, each formatted beside what bears on it."""

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeAlias

from .citation_styles import Style
from .cite_items import PROBE, CitationParts, CslCitation, bare, is_located, simple
from .disambiguation import ambiguous_works
from .formatted_cache import CitationCache
from .formatting_plan import FormattingPlan
from .pandoc_items import Item
from .pandoc_process import Pandoc
from .pandoc_runner import PandocResult, format_by_pandoc

_AT_ONCE = 75
"""Works that one pandoc gets: its time grows with their square. Fewer do not pay for reading the style once more."""

FormattingJob: TypeAlias = tuple[frozenset[str], str, list[CslCitation]]
"""Works that bear on each other, the digest of what they are, and the citations of them to be formatted."""


@dataclass(slots=True, kw_only=True)
class ExactCitations:
    """What the whole style gives for the works that need it."""

    citations: dict[CslCitation, CitationParts] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)
    by_digest: dict[str, dict[CslCitation, CitationParts]] = field(default_factory=lambda: defaultdict(dict))
    """The citations by the digest of all works that bear on them: what the next build need not format again."""
    entries_by_digest: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    probes: dict[CslCitation, CitationParts] = field(default_factory=dict)
    """Locators as they read behind any work."""
    warnings: set[str] = field(default_factory=set)


def format_exactly(
    pandoc: Pandoc,
    style: Style,
    language: str,
    works: Mapping[str, Item],
    digests: Mapping[str, str],
    wanted: set[CslCitation],
    given: CitationCache,
) -> ExactCitations:
    """Format those of the citations, and the entries, of works that names must tell apart. Most libraries have few."""
    exact = ExactCitations()
    needed, bearing = ambiguous_works(works, style)
    if not needed:
        return exact
    waiting: dict[frozenset[str], set[CslCitation]] = defaultdict(set)
    for citation in (*wanted, *map(simple, needed)):
        cited = frozenset(one.key for one in citation)
        if cited & needed:
            waiting[frozenset[str]().union(*(bearing[key] for key in cited))].add(citation)
    missing: list[FormattingJob] = []
    for close in sorted(waiting, key=sorted):
        digest = hashlib.sha256("".join(f"{key}\0{digests[key]}\0" for key in sorted(close)).encode()).hexdigest()[:32]
        known, entries = given.exact.get(digest, {}), given.exact_entries.get(digest, {})
        left = sorted(waiting[close] - known.keys())
        exact.by_digest[digest].update({c: known[c] for c in waiting[close] if c in known})
        exact.entries_by_digest[digest].update(entries)
        if left:
            missing.append((close, digest, left))
    plan = FormattingPlan.of((citation for _, _, left in missing for citation in left), works)
    probes = sorted(citation for citation in plan.direct if citation[0].key == PROBE)
    formatted: dict[CslCitation, CitationParts] = {}

    def run(batch: Sequence[FormattingJob]) -> PandocResult:
        keys = frozenset[str]().union(*(close for close, _, _ in batch))
        items = {key: work for key, work in works.items() if key in keys}
        # How a locator reads depends on no work beside it, so the first pandoc says it for all.
        cited = [*(probes if batch is batches[0] else ()), *(c for _, _, left in batch for c in left)]
        return format_by_pandoc(pandoc, style, language, items, cited, full=True)

    batches = list(_batches([(close, digest, _needed(left, plan)) for close, digest, left in missing]))
    if len(batches) > 1:
        batches.insert(0, [])  # Beside works, each of the many locators would cost several times as much.
    for batch, result in _in_parallel(run, batches):
        exact.warnings.update(result.warnings)
        formatted |= result.citations
        for close, digest, _ in batch:
            # A work that only stands beside others has its own letters where all that bears on it is there.
            whole = (key for key in close if key in needed and bearing[key] <= close)
            exact.entries_by_digest[digest].update({key: result.entries.get(key, "") for key in whole})
    exact.probes = {citation: formatted[citation] for citation in probes}
    assembled, left_over = plan.assemble(formatted)
    again = [(close, digest, [c for c in left if c in left_over]) for close, digest, left in missing]
    for _, result in _in_parallel(run, list(_batches([job for job in again if job[2]]))):
        formatted |= result.citations
    formatted |= assembled
    for _, digest, left in missing:
        exact.by_digest[digest].update({citation: formatted[citation] for citation in left})
    for found in exact.by_digest.values():
        exact.citations |= found
    for group in waiting:
        exact.entries |= dict.fromkeys(group & needed, "")
    for entries in exact.entries_by_digest.values():
        exact.entries |= {key: entry for key, entry in entries.items() if key in needed and entry}
    return exact


def _needed(citations: Iterable[CslCitation], plan: FormattingPlan) -> list[CslCitation]:
    """What pandoc has to format of the citations, and so that the others can be put together."""
    alone = {bare(citation) for citation in citations if is_located(citation)}
    return sorted(plan.direct.intersection(alone.union(citations)))


def _in_parallel(
    run: Callable[[list[FormattingJob]], PandocResult], batches: Sequence[list[FormattingJob]]
) -> Iterator[tuple[list[FormattingJob], PandocResult]]:
    """Each batch with what pandoc made of it, as many at once as there are processors."""
    if not batches:
        return
    with ThreadPoolExecutor(max_workers=min(len(batches), os.cpu_count() or 1)) as pool:
        yield from zip(batches, pool.map(run, batches), strict=True)


def _batches(jobs: Sequence[FormattingJob]) -> Iterator[list[FormattingJob]]:
    """Cut jobs into batches of at most so many works; those that share works go together, so that there are few."""
    needing: dict[str, list[int]] = defaultdict(list)
    for number, (close, _, _) in enumerate(jobs):
        for key in close:
            needing[key].append(number)
    left = dict.fromkeys(range(len(jobs)))
    while left:
        works: set[str] = set()
        shared: Counter[int] = Counter()
        batch: list[FormattingJob] = []
        chosen: int | None = next(iter(left))
        while chosen is not None:
            del left[chosen]
            shared.pop(chosen, None)
            batch.append(jobs[chosen])
            for key in jobs[chosen][0] - works:
                shared.update(number for number in needing[key] if number in left)
            works |= jobs[chosen][0]
            chosen = _next(jobs, left, shared, _AT_ONCE - len(works))
        yield batch


def _next(jobs: Sequence[FormattingJob], left: Iterable[int], shared: Counter[int], room: int) -> int | None:
    """The job that brings the fewest works to those of a batch, if there is room for them."""
    near = [(len(jobs[number][0]) - count, number) for number, count in shared.items()]
    fewest, number = min(near, default=(room + 1, 0))
    if fewest <= room:
        return number
    return next((number for number in left if len(jobs[number][0]) <= room), None)
