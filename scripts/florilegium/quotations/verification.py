"""Which quotations were found in their originals: `quotes.lock`, and the comparison that fills it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from ..core.diagnostics import Diagnostic, Related, did_you_mean, plain, quoted
from ..core.model import Library, Quote, Verification, VerifiedAgainst
from ..core.spans import LineTable, Position, Span
from .matching import (
    BRACKETS,
    INSERTED_WORDS,
    NORMALISATION,
    OMISSION_CHARACTERS,
    PART_LETTERS,
    PART_WORDS,
    Found,
    Missed,
    Nearest,
    Normalised,
    Only,
    Reason,
    find_words,
    normalise,
    render_difference,
    words_digest,
)
from .originals import Original, read_original

__all__ = [
    "HEADER",
    "Original",
    "merge_verifications",
    "parse_lock",
    "prune_verifications",
    "read_original",
    "render_lock",
    "unnamed_originals",
    "verification_state",
    "verifications_by_quote",
    "verify_quotes",
]

# ------------------------------------------------------------------------------------------------------- lock

HEADER = f"# quotes.lock, normalisation {NORMALISATION}: written by florilegium verify, not by hand"
"""The first line of the file. Digests of another normalisation say nothing about ours."""

_HEADER = re.compile(r"# quotes\.lock, normalisation ([0-9]{1,6})\b")
_CONFLICT = re.compile(r"(?:<{7}|\|{7}|={7}|>{7})(?: |\Z)")
_LINE_END = re.compile(r"\r\n|\r|\n")
_FORM = "an entry reads: NOTE/QUOTE KEY sha256:WORDS sha256:ORIGINAL POSITION YYYY-MM-DD"
_AGAIN = "restore the line from the history, or run florilegium verify again"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_FIELDS = (
    (re.compile(r"[^\s/]+/[^\s/]+"), "the address of a quote, NOTE/QUOTE"),
    (re.compile(r"\S(?:.*\S)?"), "a citation key"),
    (_DIGEST, "the digest of the words, sha256: and 64 hexadecimal digits"),
    (_DIGEST, "the digest of the original, sha256: and 64 hexadecimal digits"),
    (re.compile(r"[0-9]{1,12}"), "a position"),
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "a date, YYYY-MM-DD"),
)


def render_lock(verifications: Iterable[Verification]) -> str:
    """The text of `quotes.lock`: one entry a line, sorted, so that two branches merge line by line.

    Of two entries for the same quote and work the later one counts.
    """
    lines = [
        f"{v.quote} {v.key} sha256:{v.words} sha256:{v.original} {v.position} {v.date.isoformat()}"
        for v in merge_verifications(verifications)
    ]
    return "\n".join([HEADER, *lines, ""])


def merge_verifications(*groups: Iterable[Verification]) -> tuple[Verification, ...]:
    """Entries in their order, one for each quote and work: that of the last group that has it."""
    entries = {(v.quote, v.key): v for group in groups for v in group}
    return tuple(entries[identity] for identity in sorted(entries))


def prune_verifications(library: Library) -> tuple[Verification, ...]:
    """The library's entries whose quote is still there and still names the work."""
    quotes = {q.address: {r.key for r in q.references} for note in library.notes for q in note.quotes}
    return merge_verifications(v for v in library.verifications if v.key in quotes.get(v.quote, ()))


def parse_lock(text: str, table: LineTable) -> tuple[tuple[Verification, ...], tuple[Diagnostic, ...]]:
    """Read `quotes.lock`. A line that is broken is reported and left out; of duplicates the first counts.

    A lock of another normalisation yields no entries: what it says cannot be compared.
    """
    lines = _LINE_END.split(text.removeprefix("\ufeff"))
    if not text.strip("\ufeff \t\r\n"):
        return (), ()
    header = _HEADER.match(lines[0])
    if header and int(header[1]) != NORMALISATION:
        return (), (_other_version(header[1], _line_span(table, 1)),)
    problems = [] if header else [_no_header(_line_span(table, 1))]
    problems += _conflicts(lines, table)
    entries, broken = _parse_entries(lines, table)
    if any(_CONFLICT.match(line) for line in lines):
        # Both sides of a conflict name the same quotes: one message about it is enough.
        broken = [p for p in broken if not p.related]
    return tuple(entries), tuple(sorted([*problems, *broken], key=lambda p: p.order))


def _parse_entries(lines: Sequence[str], table: LineTable) -> tuple[list[Verification], list[Diagnostic]]:
    entries: dict[tuple[str, str], Verification] = {}
    problems = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or _CONFLICT.match(line) or (number == 1 and line.startswith("#")):
            continue
        entry = _parse_entry(line.rstrip(" \t"), number, table)
        if isinstance(entry, Diagnostic):
            problems.append(entry)
        elif (entry.quote, entry.key) in entries:
            problems.append(_duplicate(entries[entry.quote, entry.key], entry))
        else:
            entries[entry.quote, entry.key] = entry
    return list(entries.values()), problems


def _parse_entry(line: str, number: int, table: LineTable) -> Verification | Diagnostic:
    parts = line.split(" ")
    if len(parts) < len(_FIELDS):
        message = f"this line has {len(parts)} of the {len(_FIELDS)} parts of an entry"
        return _malformed(message, _line_span(table, number), f"{_FORM}; {_AGAIN}")
    # A key may hold anything; the parts on either side of it hold no space.
    fields = [parts[0], " ".join(parts[1:-4]), *parts[-4:]]
    column = 1
    for value, (pattern, meaning) in zip(fields, _FIELDS, strict=True):
        span = Span(table.path, number, column, number, column + len(value))
        if not pattern.fullmatch(value):
            return _malformed(f"{quoted(value)} is not {meaning}", span, _AGAIN)
        column += len(value) + 1
    try:
        day = date.fromisoformat(fields[5])
    except ValueError:
        return _malformed(f"{quoted(fields[5])} is no day of the calendar", span, _AGAIN)
    return Verification(
        quote=fields[0],
        key=fields[1],
        words=fields[2].removeprefix("sha256:"),
        original=fields[3].removeprefix("sha256:"),
        position=int(fields[4]),
        date=day,
        span=_line_span(table, number),
    )


def _conflicts(lines: Sequence[str], table: LineTable) -> Iterator[Diagnostic]:
    marks = [_line_span(table, number) for number, line in enumerate(lines, 1) if _CONFLICT.match(line)]
    if marks:
        yield Diagnostic(
            rule="malformed-lock",
            span=marks[0],
            message="a merge left its conflict in the file",
            help="keep the entries of both sides and delete the lines <<<<<<<, ======= and >>>>>>>; of two"
            " entries for one quote and work keep one, or run florilegium verify again",
            related=tuple(Related(message="another mark of the merge", span=span) for span in marks[1:]),
        )


def _duplicate(first: Verification, second: Verification) -> Diagnostic:
    return Diagnostic(
        rule="malformed-lock",
        span=second.span,
        message=f"lines {first.span.line} and {second.span.line} are both about {quoted(first.quote)} in"
        f" {quoted(first.key)}",
        help="keep the entry that belongs to the present words, or run florilegium verify again",
        related=(Related(message="the first entry", span=first.span),),
    )


def _no_header(span: Span) -> Diagnostic:
    return _malformed("the first line is not the header of the lock", span, f"it reads: {HEADER}")


def _other_version(version: str, span: Span) -> Diagnostic:
    message = f"the lock is of normalisation {version}, and this program knows normalisation {NORMALISATION}"
    return _malformed(message, span, "use the program that wrote it, or verify all quotations again")


def _malformed(message: str, span: Span, remedy: str) -> Diagnostic:
    return Diagnostic(rule="malformed-lock", span=span, message=message, help=remedy)


def _line_span(table: LineTable, number: int) -> Span:
    start = table.offset(Position(number, 1))
    return table.span(start, start + len(table.line(number)))


# ------------------------------------------------------------------------------------------------------ state


def verifications_by_quote(verifications: Iterable[Verification]) -> dict[str, tuple[Verification, ...]]:
    """The entries of each quote, by its address."""
    grouped: dict[str, list[Verification]] = defaultdict(list)
    for verification in verifications:
        grouped[verification.quote].append(verification)
    return {address: tuple(entries) for address, entries in grouped.items()}


def verification_state(quote: Quote, verifications: Mapping[str, Sequence[Verification]]) -> VerifiedAgainst | None:
    """What a quote's present words were found in; the source counts more than the work that quotes it."""
    entries = verifications.get(quote.address, ())
    if not entries:
        return None
    digest = words_digest(quote.words)
    keys = {entry.key for entry in entries if entry.words == digest}
    if quote.reference and quote.reference.key in keys:
        return VerifiedAgainst.SOURCE
    if quote.quoted_in and quote.quoted_in.key in keys:
        return VerifiedAgainst.QUOTED_IN
    return None


# ----------------------------------------------------------------------------------------------------- verify


def verify_quotes(
    library: Library, originals: Mapping[str, Original], today: date
) -> tuple[tuple[Verification, ...], tuple[Diagnostic, ...]]:
    """Compare each quote with the original of the work it is from, and of the work it is quoted in.

    `originals` are given by citation key. The entries are those of all quotes that were found; where neither
    words nor original changed, an entry keeps its date. `merge_verifications` adds them to the others.
    A quote without an id is compared, but cannot be recorded.
    """
    old = {(v.quote, v.key): v for v in library.verifications}
    texts: dict[str, Normalised] = {}
    entries: dict[tuple[str, str], Verification] = {}
    problems = []
    for quote, key in _named(library):
        if key not in originals:
            continue
        original = originals[key]
        text = texts.get(key) or texts.setdefault(key, normalise(original.text))
        found = find_words(quote.words, text)
        if isinstance(found, Missed):
            problems.append(_not_found(quote, key, found, original.name, text))
        elif quote.id:
            entry = _entry(quote, key, found, original, today)
            entries.setdefault((quote.address, key), _dated(entry, old.get((quote.address, key))))
    return merge_verifications(entries.values()), tuple(sorted(problems, key=lambda p: p.order))


def unnamed_originals(library: Library, originals: Iterable[str]) -> tuple[str, ...]:
    """A message for each citation key whose original was given in vain, since no quote names it."""
    named = {key for _, key in _named(library)}
    messages = []
    for key in sorted(set(originals) - named):
        near = did_you_mean(key, sorted(named), "each quote names its work after its words: [@key]")
        messages.append(f"no quote names the key {quoted(key)}; {near}")
    return tuple(messages)


def _named(library: Library) -> Iterator[tuple[Quote, str]]:
    """Each quote with each work that it names."""
    for note in library.notes:
        for quote in note.quotes:
            for key in dict.fromkeys(reference.key for reference in quote.references):
                yield quote, key


def _entry(quote: Quote, key: str, found: Found, original: Original, today: date) -> Verification:
    return Verification(
        quote=quote.address,
        key=key,
        words=words_digest(quote.words),
        original=original.digest,
        position=found.position,
        date=today,
        span=Span.of_file("annotations/quotes.lock"),
    )


def _dated(entry: Verification, old: Verification | None) -> Verification:
    if old is None or (old.words, old.original) != (entry.words, entry.original):
        return entry
    return replace(entry, date=old.date, span=old.span)


def _not_found(quote: Quote, key: str, missed: Missed, name: str, text: Normalised) -> Diagnostic:
    is_source = quote.reference is not None and quote.reference.key == key
    role = "they come from" if is_source else "they are quoted in"
    return Diagnostic(
        rule="quote-not-in-source",
        span=quote.words_span,
        message=f"the words of {quoted(quote.address)} do not stand in {quoted(key)}, the work that {role}",
        help=_explain(missed, plain(name), text),
    )


def _explain(missed: Missed, name: str, text: Normalised) -> str:
    part = quoted(missed.part)
    if missed.reason is Reason.EMPTY:
        return "there are no words outside square brackets: write what the work says"
    if missed.reason is Reason.EMPTY_BRACKET:
        return "a bracket is empty: write […] for what you left out, or what you put in its place"
    if missed.reason is Reason.LONG_BRACKET:
        return (
            f"{part} holds more words than a bracket may: at most {INSERTED_WORDS} more than it stands for; say the"
            " rest in the prose"
        )
    if missed.reason is Reason.TOO_SHORT:
        return (
            f"beside its brackets, {part} is too short to be sure of: quote at least {PART_WORDS} words and"
            f" {PART_LETTERS} letters between two omissions"
        )
    if missed.reason is Reason.TOO_MANY:
        return f"there are more than {BRACKETS} square brackets: make several quotations of it"
    if missed.reason is Reason.APART:
        return (
            f"each part stands in {name}, but not in this order, or with more than {OMISSION_CHARACTERS:,}"
            " characters between two of them: make several quotations of it"
        )
    if missed.nearest is None:
        return f"nothing in {name} is like {part}: is it the right key, and the right file?"
    return _explain_nearest(missed.nearest, name, text)


def _explain_nearest(nearest: Nearest, name: str, text: Normalised) -> str:
    place = f"{text.place(nearest.position)} of {name}"
    if all(difference.only is Only.BOTH for difference in nearest.differences):
        return (
            f'"{plain(nearest.passage)}" stands on {place}, but there the quotation begins or ends within a'
            " word, a number or an ellipsis: quote the whole of it"
        )
    return (
        f'the nearest passage, on {place}: "{plain(render_difference(nearest.differences))}". What is marked'
        " [-…-] stands only in the quotation, {+…+} only in the work. Correct the words, or mark what you"
        " changed with square brackets"
    )
