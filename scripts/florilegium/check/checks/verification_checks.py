"""Checks of what was verified: whether the record still speaks of these words, this work and this day."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta

from ...core.diagnostics import Diagnostic, Related, quoted
from ...core.lock_entries import Verification
from ...core.model import Quote
from ...core.rules import Group, Severity, declare_rule
from ...core.spans import Span
from ...library.voices import named_people, role_names, voices_of
from ...markdown.speakers import SpeakerFault, parse_speaker
from ...quotations.fingerprints import fingerprint, is_same_work, parse_fingerprint
from ...quotations.lock_file import moved_entries
from ...quotations.match_findings import owns_emphasis
from ...quotations.matching import find_brackets
from ...quotations.matching.meaning import puts_in_negation
from ...quotations.matching.normal_form import words_digest
from .context import Context, found

_REMOVE = "florilegium verify --remove"


declare_rule(
    "quote-changed-since-verified",
    Group.VERIFICATION,
    "The words of a verified quote are the words that were verified.",
    "A quotation that changed after it was checked is not checked.",
    "Restore the words, or run `florilegium verify` with the original at hand.",
)


def check_quote_changed_since_verified(context: Context) -> Iterator[Diagnostic]:
    """The words of a quote are those of one of its entries, for each work that has any."""
    quotes = _quotes_by_address(context)
    entries: dict[tuple[str, str], list[Verification]] = defaultdict(list)
    for entry in context.links.library.verifications:
        if entry.is_found:
            entries[entry.quote, entry.key].append(entry)
    for (address, _), group in entries.items():
        quote = quotes.get(address)
        if quote is not None and all(words_digest(quote.words) != entry.words for entry in group):
            yield found(
                "quote-changed-since-verified",
                quote.words_span,
                f"the words of {quoted(quote.address)} are not those that were verified on {group[-1].date}",
                "restore the words, or run florilegium verify with the original at hand",
                about=quote.address,
                related=[Related(message="the entry of the lock", span=group[-1].span)],
            )


declare_rule(
    "stale-lock-entry",
    Group.VERIFICATION,
    "Every entry of `quotes.lock` belongs to a quote of the library and to a work that it names.",
    "An entry without its quote is the trace of a quotation that was removed or renamed.",
    "Run `florilegium verify --prune`, which removes such entries.",
)


def check_stale_lock_entry(context: Context) -> Iterator[Diagnostic]:
    """Every entry belongs to a quote and to a work that it names."""
    quotes = _quotes_by_address(context)
    prune = "run florilegium verify --prune, which removes the entry"
    moved = moved_entries(context.links.library)
    for entry in context.links.library.verifications:
        quote = quotes.get(entry.quote)
        if quote is None:
            note, _, id_ = entry.quote.partition("/")
            message = f"no quote has the address {quoted(entry.quote)}"
            if id_.startswith("~"):
                message = f"the prose of {quoted(note)} no longer has a quotation that was compared on {entry.date}"
            near = "" if id_.startswith("~") else context.guess(entry.quote, quotes, "")
            followed = moved.get((entry.quote, entry.key))
            if followed:
                remedy = f"the words stand in {quoted(followed)} now: florilegium check --fix lets the entry follow"
            else:
                remedy = f"{prune}; {near}" if near else prune
            yield found("stale-lock-entry", entry.span, message, remedy, about=entry.quote)
        elif entry.key not in [reference.key for reference in quote.references]:
            message = f"the quote {quoted(entry.quote)} does not name the work {quoted(entry.key)} any more"
            yield found("stale-lock-entry", entry.span, message, prune, about=entry.quote)


declare_rule(
    "verified-work-changed",
    Group.VERIFICATION,
    "A citation key stands for the work whose text was compared.",
    "If the work under a key is exchanged, every quotation from it would stay verified, against a text that nobody "
    "compared. A corrected title, a completed list of authors or a year that is off by one is not another work.",
    "Restore the reference, or give the new work its own key. Run `florilegium verify` with the text of the work.",
)


def check_verified_work_changed(context: Context) -> Iterator[Diagnostic]:
    """A citation key stands for the work whose text was compared."""
    reported: set[str] = set()
    unsaid: list[Verification] = []
    for entry in context.links.library.verifications:
        source = context.links.sources.get(entry.key)
        if source is None or entry.key in reported or not entry.is_found:
            continue
        if not entry.work:
            unsaid.append(entry)
        elif not is_same_work(parse_fingerprint(entry.work), fingerprint(source)):
            reported.add(entry.key)
            yield found(
                "verified-work-changed",
                source.key_span,
                f"{quoted(entry.key)} is another work than the one whose text was compared on {entry.date}",
                f"restore the reference, or give the new work its own key; else {_REMOVE} {entry.key}",
                about=entry.key,
                related=[Related(message="the entry of the lock", span=entry.span)],
            )
    if unsaid:
        number = len(unsaid)
        yield found(
            "verified-work-changed",
            unsaid[0].span,
            f"{number:,} {'entry does' if number == 1 else 'entries do'} not say which work the key stood for",
            "run florilegium verify again with the originals, which adds it",
            about=unsaid[0].key,
        )


declare_rule(
    "implausible-lock-entry",
    Group.VERIFICATION,
    "No entry of `quotes.lock` is dated in the future, and its original is that of one work, as the others of that "
    "work have it.",
    'An entry is one line in a file, and readers are shown "verified" for it. Such a line was not written by the '
    "program.",
    "Run `florilegium verify` with the original, or `florilegium verify --remove NOTE/QUOTE`.",
)


def check_implausible_lock_entry(context: Context) -> Iterator[Diagnostic]:
    """No entry is of tomorrow, and its original is that of one work, and of the others of the work."""
    entries = context.links.library.verifications
    keys: dict[str, set[str]] = defaultdict(set)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    held: set[tuple[str, str, str]] = set()
    for entry in entries:
        if entry.is_found:
            keys[entry.original].add(entry.key)
            counts[entry.key][entry.original] += 1
            held.add((entry.quote, entry.key, entry.original))
    for entry in entries:
        again = f"run florilegium verify with the original; or {_REMOVE} {entry.quote}"
        if entry.date > context.today + timedelta(days=1):
            message = f"the entry of {quoted(entry.quote)} is dated {entry.date}, which is in the future"
        elif len(keys[entry.original]) > 1:
            others = ", ".join(quoted(key) for key in sorted(keys[entry.original]))
            message = f"one original is recorded for several works: {others}"
        elif _is_alone(entry, counts[entry.key], held):
            message = f"the entry of {quoted(entry.quote)} rests on an original that no other quotation of the work has"
        else:
            continue
        yield found("implausible-lock-entry", entry.span, message, again, about=entry.quote)


def _is_alone(entry: Verification, counts: Counter[str], held: set[tuple[str, str, str]]) -> bool:
    """Whether one entry alone has its original, where several others of the work agree on another one."""
    main, number = counts.most_common(1)[0] if counts else ("", 0)
    return entry.is_found and counts[entry.original] == 1 and number > 1 and (entry.quote, entry.key, main) not in held


def check_bracket_changes_meaning(context: Context) -> Iterator[Diagnostic]:
    """No bracket turns what is said: as the comparison found, or else as the bracket itself shows."""
    for quote in context.quotes:
        brackets = find_brackets(quote.words)
        if not brackets:
            continue
        record = context.links.records.get(quote.address)
        if record is not None:
            turns = "meaning" in record.entries[0].marks
            message = "a bracket turns the meaning, as the comparison with the original found"
        else:
            turned = [content for content in brackets if puts_in_negation(content, context.language)]
            turns = bool(turned)
            message = f"{quoted(f'[{turned[0]}]') if turned else ''} puts in or takes off a negation"
        if turns:
            yield found(
                "bracket-changes-meaning",
                quote.words_span,
                message,
                "quote the negation or number itself; where the meaning stays, record an exception with the reason",
                about=quote.address,
            )


def check_emphasis_added(context: Context) -> Iterator[Diagnostic]:
    """No emphasis stands unexplained that the comparison did not find in the work."""
    for quote in context.quotes:
        record = context.links.records.get(quote.address) if quote.emphasised else None
        if record is not None and "emphasis" in record.entries[0].marks and not owns_emphasis(quote.words):
            yield found(
                "emphasis-added",
                quote.words_span,
                f"{quoted(quote.emphasised[0])} is emphasised, and the comparison did not find that in the work",
                "take the emphasis away, or write [emphasis added] after the words",
                about=quote.address,
            )


# ----------------------------------------------------------------------------------------------------- who speaks

_ATTRIBUTION = re.compile(r"[ \t]*(?:[—–―]|---?)[ \t]*([^\[\n]{1,200})")


def check_second_attribution(context: Context) -> Iterator[Diagnostic]:
    """No attribution stands within the words of a quote, where it would be published as its author's."""
    for quote in context.quotes:
        for number, line in enumerate(quote.words.split("\n")):
            match = _ATTRIBUTION.match(line)
            cited = _cited(quote, line) if match else None
            if match is None or not (cited or (number and _names_speaker(context, quote, match[1]))):
                continue
            yield found(
                "malformed-attribution",
                cited or quote.words_span,
                f"a second attribution stands within the words: {quoted(line.strip())}",
                "make two quotations of it, each in a block of its own with its attribution",
                about=quote.address,
            )
            break


def _cited(quote: Quote, line: str) -> Span | None:
    """Return where a line of the words cites a work."""
    for citation in quote.citations:
        if any(f"@{one.key}" in line or f"@{{{one.key}}}" in line for one in citation.references):
            return citation.span
    return None


def _names_speaker(context: Context, quote: Quote, text: str) -> bool:
    """Return whether a text reads as a speaker: a role of the library, or an author of the work."""
    text = re.split(r",?\s+in\s*\Z|,\s*\Z", text.strip())[0]
    source = context.links.sources.get(quote.reference.key) if quote.reference else None
    people = tuple(named_people(source, context.links.roles))
    names = role_names(context.links.roles)
    return not isinstance(parse_speaker(text, names, people, context.language), SpeakerFault)


_LABEL = re.compile(r"(?:(?<=[.!?…\"'”’)\]]\s)|(?<=\n))([A-Z][A-Z0-9 .'-]{1,24}|[A-Z][a-z]{2,20}|[IQPAR]\d{0,3}):\s")


declare_rule(
    "several-speakers",
    Group.QUOTES,
    "The attribution of a dialogue names everybody who speaks in it.",
    '"So you were happy there? INES: I was" credits a participant with the interviewer\'s question.',
    "Name both, joined by *and*: `the interviewer and a participant`; or quote one of the two.",
    severity=Severity.WARNING,
)


def check_several_speakers(context: Context) -> Iterator[Diagnostic]:
    """Words in which two speak name both in their attribution."""
    for quote in context.quotes:
        voices = voices_of(context.links, quote)
        if len(voices) != 1 or ":" not in quote.words:
            continue
        labels = {name.casefold() for names in role_names(context.links.roles).values() for name in names}
        for match in _LABEL.finditer(quote.words):
            if match[1].isupper() or match[1].casefold() in labels:
                yield found(
                    "several-speakers",
                    quote.words_span,
                    f"{quoted(match[1] + ':')} within the words begins what another person says, and the attribution"
                    " names one speaker",
                    "name both, joined by and: the interviewer and a participant; or quote one of the two",
                    about=quote.address,
                )
                break


def _quotes_by_address(context: Context) -> dict[str, Quote]:
    if not context.links.library.verifications:
        return {}
    return {quote.address: quote for note in context.notes for quote in note.compared_quotes}
