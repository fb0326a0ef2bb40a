"""The file `quotes.lock`: which quotations were found in their originals, when, where, and by whom."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from urllib.parse import quote, unquote

from ..core.diagnostics import Diagnostic, Related, quoted
from ..core.lock_entries import Verification
from ..core.model import Library
from ..core.rules import Group, declare_rule
from ..core.spans import LineTable, Span
from .matching.normal_form import NORMALISATION, words_digest

QUOTES_HEADER = f"# quotes.lock, normalisation {NORMALISATION}: written by florilegium verify, not by hand"
"""The first line of the file. Digests of another normalisation say nothing about ours."""

_HEADER = re.compile(r"# quotes\.lock, normalisation ([0-9]{1,6})\b")
CONFLICT = re.compile(r"(?:<{7}|\|{7}|={7}|>{7})(?: |\Z)")
_LINE_END = re.compile(r"\r\n|\r|\n")
_FORM = "an entry reads: NOTE/QUOTE KEY sha256:WORDS sha256:ORIGINAL POSITION YYYY-MM-DD"
_AGAIN = "restore the line from the history, or run florilegium verify again"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_MORE = re.compile(r"((?:work|page|by|marks)(?==)|(?:places|matching)(?==[0-9]{1,6}\Z))=(\S*)")
MARKS = {
    "missed": "the words were not found",
    "corrected": "the words were wrong at first, and were corrected",
    "cut": "the words begin or end within a sentence",
    "brackets": "the original prints the brackets",
    "meaning": "a bracket turns what is said",
    "emphasis": "words are emphasised that are not in the work",
    "unplaced": "the words stand at several places, and which of them is meant cannot be told",
    "raised": "signs are raised in the words, and the original cannot show that",
}
"""What an entry can say besides."""
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

    After six parts that every entry has, others may follow as `name=value`.
    """
    return "\n".join([QUOTES_HEADER, *map(_line, merge_verifications(verifications)), ""])


def _line(v: Verification) -> str:
    more = {
        "matching": v.matching if v.matching > 1 else "",
        "work": v.work,
        "page": quote(v.page, safe=""),
        "places": v.places if v.places > 1 else "",
        "marks": ",".join(sorted(v.marks)),
        "by": quote(v.by, safe=""),
    }
    own = f"{v.quote} {v.key} sha256:{v.words} sha256:{v.original} {v.position} {v.date.isoformat()}"
    return " ".join([own, *(f"{name}={value}" for name, value in more.items() if value)])


def merge_verifications(*groups: Iterable[Verification]) -> tuple[Verification, ...]:
    """Entries in their order, each once: that of the last group that has it.

    A quotation has an entry for each edition of each work in which it was found, and for each who compared. Words
    that were replaced by others in a later group are gone.
    """
    entries: dict[tuple[str, str, str, str, str], Verification] = {}
    for group in groups:
        fresh = list(group)
        present = {(v.quote, v.key): v.words for v in fresh}
        entries = {i: v for i, v in entries.items() if present.get((v.quote, v.key), v.words) == v.words}
        entries |= {(v.quote, v.key, v.original, v.words, v.by): v for v in fresh}
    return tuple(entries[identity] for identity in sorted(entries))


def prune_verifications(library: Library) -> tuple[Verification, ...]:
    """The library's entries whose quote is still there and still names the work."""
    quotes = {q.address: {r.key for r in q.references} for note in library.notes for q in note.compared_quotes}
    return merge_verifications(v for v in library.verifications if v.key in quotes.get(v.quote, ()))


def moved_entries(library: Library) -> dict[tuple[str, str], str]:
    """Return the new address of each entry whose quote is gone while its words stand elsewhere, by quote and key."""
    quotes = [quote for note in library.notes for quote in note.compared_quotes if quote.id]
    addresses = {quote.address for quote in quotes}
    known = {entry.quote for entry in library.verifications}
    lost = [entry for entry in library.verifications if entry.quote not in addresses]
    if not lost:
        return {}
    free: dict[tuple[str, str], list[str]] = {}
    for q in quotes:
        for reference in q.references if q.address not in known else ():
            free.setdefault((words_digest(q.words), reference.key), []).append(q.address)
    found = {}
    for entry in lost:
        candidates = free.get((entry.words, entry.key), [])
        if len(candidates) == 1:
            found[entry.quote, entry.key] = candidates[0]
    return found


def parse_lock(table: LineTable) -> tuple[tuple[Verification, ...], tuple[Diagnostic, ...]]:
    """Read `quotes.lock`. A line that is broken is reported and left out; of lines that are the same one counts.

    Two branches may each have added lines: their union is a lock, in any order.

    A lock of another normalisation yields no entries: what it says cannot be compared.
    """
    if not table.text.strip("\ufeff \t\r\n"):
        return (), ()
    lines = _LINE_END.split(table.text.removeprefix("\ufeff"))
    header = _HEADER.match(lines[0])
    if header and int(header[1]) != NORMALISATION:
        message = f"the lock is of normalisation {header[1]}, and this program uses normalisation {NORMALISATION}"
        remedy = "use the program that wrote it, or verify all quotations again"
        return (), (malformed(message, table.line_span(1), remedy),)
    problems = [*_conflicts(lines, table)]
    if not header:
        message = "the first line is not the header of the lock"
        problems.append(malformed(message, table.line_span(1), f"it reads: {QUOTES_HEADER}"))
    entries: dict[tuple[str, str, str, str, str], Verification] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or CONFLICT.match(line) or _HEADER.match(line) or (number == 1 and line.startswith("#")):
            continue
        entry = _parse_entry(line.rstrip(" \t"), number, table)
        if isinstance(entry, Diagnostic):
            problems.append(entry)
        else:
            entries.setdefault((entry.quote, entry.key, entry.original, entry.words, entry.by), entry)
    return tuple(entries.values()), tuple(sorted(problems, key=lambda problem: problem.order))


def _parse_entry(line: str, number: int, table: LineTable) -> Verification | Diagnostic:
    parts = line.split(" ")
    more: dict[str, str] = {}
    while len(parts) > len(_FIELDS) and (found := _MORE.fullmatch(parts[-1])):
        more[found[1]] = unquote(found[2])
        parts.pop()
    if len(parts) < len(_FIELDS):
        message = f"this line has {len(parts)} of the {len(_FIELDS)} parts of an entry"
        return malformed(message, table.line_span(number), f"{_FORM}; {_AGAIN}")
    # A key may hold anything; the parts on either side of it hold no space.
    fields = [parts[0], " ".join(parts[1:-4]), *parts[-4:]]
    column = 1
    for value, (pattern, meaning) in zip(fields, _FIELDS, strict=True):
        span = Span(table.path, number, column, number, column + len(value))
        if not pattern.fullmatch(value):
            return malformed(f"{quoted(value)} is not {meaning}", span, _AGAIN)
        column += len(value) + 1
    try:
        day = date.fromisoformat(fields[5])
    except ValueError:
        return malformed(f"{quoted(fields[5])} is not a day of the calendar", span, _AGAIN)
    return Verification(
        quote=fields[0],
        key=fields[1],
        words=fields[2].removeprefix("sha256:"),
        original=fields[3].removeprefix("sha256:"),
        position=int(fields[4]),
        date=day,
        span=table.line_span(number),
        work=more.get("work", ""),
        page=more.get("page", ""),
        places=int(more.get("places", "1")),
        matching=int(more.get("matching", "1")),
        marks=tuple(sorted(filter(None, more.get("marks", "").split(",")))),
        by=more.get("by", ""),
    )


declare_rule(
    "malformed-lock",
    Group.VERIFICATION,
    "The files `*.lock` are written by the program, never by hand.",
    "What `quotes.lock` says is shown to every reader as verified, and `permalinks.lock` is a promise to those who "
    "cite.",
    "Restore the file from the history, or run again the command that its first line names.",
)


def _conflicts(lines: Sequence[str], table: LineTable) -> Iterator[Diagnostic]:
    marks = [table.line_span(number) for number, line in enumerate(lines, 1) if CONFLICT.match(line)]
    if marks:
        yield Diagnostic(
            rule="malformed-lock",
            span=marks[0],
            message="a merge left its conflict in the file",
            help="keep the entries of both sides and delete the lines <<<<<<<, ======= and >>>>>>>",
            related=tuple(Related(message="another mark of the merge", span=span) for span in marks[1:]),
        )


def malformed(message: str, span: Span, remedy: str) -> Diagnostic:
    """The finding for a line of a lock that cannot be read."""
    return Diagnostic(rule="malformed-lock", span=span, message=message, help=remedy)
