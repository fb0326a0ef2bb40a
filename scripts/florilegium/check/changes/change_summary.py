"""The paragraph at the top of a comparison, and the phrases that its forms for people share."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from ...core.diagnostics import counted, first_few
from ...core.model import Citation, Quote
from ...core.rules import Severity
from ...markdown.citations import render_citation
from .differences import Changes, How, QuoteChange
from .sides import REVIEW_STATES
from .word_changes import WordCount

MOST_PAGES = 30
"""Pages that change along with others, of which so many are named."""

_VERIFIED = ("source", "quoted-in")
NOT_REPEATED = "recorded by this contribution, not repeated here"
"""Of an entry of `quotes.lock` that the change adds: one line in a file, which says what its writer says."""


def summarise_changes(changes: Changes) -> str:
    """What the change amounts to, in a few sentences; what must not be missed comes first."""
    return " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in _sentences(changes))


def _sentences(changes: Changes) -> Iterator[str]:
    lost = sum(1 + entry.quotes for entry in changes.vanished)
    if lost:
        yield f"{counted(lost, 'permanent address leads', 'permanent addresses lead')} nowhere any more"
    loosened = sum(change.loosens for change in changes.settings)
    if loosened:
        yield f"{counted(loosened, 'setting asks', 'settings ask')} for less than before: look at library.yml first"
    if changes.hidden:
        yield f"{counted(changes.hidden, 'finding is', 'findings are')} passed over that counted under the old settings"
    fewer = sum(_lost_notices(change) for change in changes.quotes)
    if fewer:
        yield f"{counted(fewer, 'quotation carries', 'quotations carry')} fewer content notices than before"
    if changes.is_empty:
        yield "nothing changes in meaning"
    yield from _counts(changes)
    yield from _verification(changes.quotes)
    yield from _records(changes)
    yield from _problems(changes.problems_before, changes.problems_after)


def _lost_notices(change: QuoteChange) -> bool:
    if change.before is None or change.after is None:
        return False
    before, after = ({mention.id for mention in quote.notices} for quote in (change.before, change.after))
    return not before <= after


def _counts(changes: Changes) -> Iterator[str]:
    kinds: tuple[tuple[str, Iterable[How]], ...] = (
        ("note", (change.how for change in changes.notes)),
        ("quotation", (change.how for change in changes.quotes)),
        ("theme", (change.how for change in changes.themes)),
        ("work", (change.how for change in changes.works)),
    )
    for noun, hows in kinds:
        numbers = Counter(hows)
        parts = [f"{numbers[how]:,} {how}" for how in How if numbers[how]]
        if parts:
            first, *rest = parts
            number, _, how = first.partition(" ")
            yield ", ".join([f"{number} {noun if number == '1' else noun + 's'} {how}", *rest])
    reworded = sum(bool(change.words) for change in changes.quotes)
    if reworded:
        yield f"the words of {counted(reworded, 'quotation')} changed"
    if changes.words:
        before, after = (sum(getattr(entry, side) for entry in changes.words) for side in ("before", "after"))
        works = counted(len(changes.words), "work")
        yield f"the words quoted of {works} go from {before:,} to {after:,}"


def _verification(quotes: Iterable[QuoteChange]) -> Iterator[str]:
    gained, lost = 0, 0
    for change in quotes:
        was, is_ = change.state_before in _VERIFIED, change.state_after in _VERIFIED
        gained += is_ and not was
        lost += was and not is_ and change.after is not None
    if gained:
        noun = counted(gained, "quotation is", "quotations are")
        yield f"{noun} verified that {_were(gained)} not before, {NOT_REPEATED}"
    if lost:
        yield f"{counted(lost, 'quotation is', 'quotations are')} not verified any more"


def _records(changes: Changes) -> Iterator[str]:
    """Entries of `quotes.lock` that change nothing of what is said of their quotation, or belong to none: by name."""
    told = {change.present.address for change in changes.quotes if change.state_before != change.state_after}
    names = dict.fromkeys(record.quote for record in changes.records if record.after and record.quote not in told)
    if names:
        shown = first_few(list(names), _NAMED)
        yield f"entries of quotes.lock were added or changed for {shown}, {NOT_REPEATED}"


_NAMED = 5


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _problems(before: Mapping[Severity, int], after: Mapping[Severity, int]) -> Iterator[str]:
    for severity, noun in ((Severity.ERROR, "error"), (Severity.WARNING, "warning")):
        was, is_ = before.get(severity, 0), after.get(severity, 0)
        if was != is_:
            yield f"the check finds {counted(is_, noun)}, and found {was:,} before"
        elif is_:
            yield f"the check finds {counted(is_, noun)}, as before"


def describe_prose(prose: WordCount) -> str:
    """How much of a text changed: `12 words added, 3 removed`."""
    if prose.reordered:
        return "the same words in another order"
    parts = [(prose.added, "added"), (prose.removed, "removed")]
    shown = [(number, how) for number, how in parts if number]
    return ", ".join(
        f"{counted(number, 'word') if place == 0 else f'{number:,}'} {how}" for place, (number, how) in enumerate(shown)
    )


def describe_attribution(quote: Quote) -> str:
    """Who speaks, where, and under which themes, as one line: `the author, [@roe2010, p. 5] #amnesia`."""
    cited = [render_citation(Citation(references=(r,), span=r.span)) for r in quote.references]
    said = [quote.speaker.text if quote.speaker else "nobody named", *cited[:1]]
    themes = [f"#{mention.id}" for mention in quote.themes]
    return " ".join([", ".join(said), *(f"quoted in {other}" for other in cited[1:]), *themes])


def describe_state(change: QuoteChange) -> str:
    """What was and is known of a quotation's words: `verified against the source → not verified`."""
    was, is_ = (REVIEW_STATES.get(state, "") for state in (change.state_before, change.state_after))
    shown = f"{was} → {is_}" if was and is_ and was != is_ else is_ or was
    recorded = change.state_after in _VERIFIED and change.state_before != change.state_after
    return f"{shown}, {NOT_REPEATED}" if recorded else shown
