"""The lock of verified quotations, and the comparison that fills it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from florilegium.core.lock_entries import Verification, VerifiedAgainst
from florilegium.core.model import Library, LibrarySettings, Quote
from florilegium.core.spans import LineTable, Span
from florilegium.library.notes import parse_note
from florilegium.quotations.lock_file import (
    QUOTES_HEADER,
    merge_verifications,
    parse_lock,
    prune_verifications,
    render_lock,
)
from florilegium.quotations.matching.normal_form import words_digest
from florilegium.quotations.originals import Original
from florilegium.quotations.states import verification_of
from florilegium.quotations.verification import unnamed_originals, verify_quotes
from hypothesis import given
from hypothesis import strategies as st

BOOK = Original(
    text="It was the third winter. I couldn’t sleep…the lamp\nwouldn’t let me.\n\nThe gulls came. They were non-native.",
    digest="b" * 64,
    name="log.txt",
)
REVIEW = Original(text="A keeper writes: “It was the third winter.”", digest="c" * 64, name="review.html")
TODAY, LATER = date(2026, 11, 23), date(2027, 2, 1)


def library(*quotes: tuple[str, str], entries: Iterable[Verification] = ()) -> Library:
    """A library of one note, whose quotes are given by their words and what follows the speaker."""
    front = "---\ntitle: Log\nsource: book\nbasis: full-text\nthemes: []\n---\n"
    blocks = "".join(f"\n> {words}\n>\n> — a keeper, {rest}\n" for words, rest in quotes)
    note = parse_note("log", LineTable("annotations/notes/log.md", front + blocks), "").note
    assert note is not None
    return Library(settings=LibrarySettings(), notes=(note,), verifications=tuple(entries))


def entry(quote: str = "log/winter", key: str = "book", words: str = "a" * 64, **changes: object) -> Verification:
    made = Verification(
        quote=quote,
        key=key,
        words=words,
        original="b" * 64,
        position=7,
        date=TODAY,
        span=Span("annotations/quotes.lock", 2, 1, 2, 2),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def parsed(text: str) -> tuple[tuple[Verification, ...], list[tuple[int, int, str]]]:
    """The entries of a lock, and line, column and message of what is wrong with it."""
    entries, problems = parse_lock(LineTable("annotations/quotes.lock", text))
    assert {problem.rule for problem in problems} <= {"malformed-lock"}
    return entries, [(problem.span.line, problem.span.column, problem.message) for problem in problems]


LINE = f"log/winter book sha256:{'a' * 64} sha256:{'b' * 64} 7 2026-11-23"
OTHER = f"log/gulls book sha256:{'a' * 64} sha256:{'b' * 64} 80 2026-11-23"

# ------------------------------------------------------------------------------------------------------- lock


def test_lock_is_one_line_an_entry_and_sorted() -> None:
    text = render_lock([entry(), entry("log/gulls", position=80), entry(key="a:key", words="d" * 64)])
    assert text.splitlines() == [
        QUOTES_HEADER,
        OTHER,
        f"log/winter a:key sha256:{'d' * 64} sha256:{'b' * 64} 7 2026-11-23",
        LINE,
    ]
    assert text.endswith("2026-11-23\n")
    assert QUOTES_HEADER.startswith("# quotes.lock, normalisation 1:")


def test_empty_locks() -> None:
    assert render_lock(()) == QUOTES_HEADER + "\n"
    for text in (render_lock(()), "", "\n", "\ufeff"):
        assert parsed(text) == ((), [])


KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=12)
ENTRIES = st.builds(
    entry,
    quote=st.from_regex(r"[a-z0-9]{1,5}(-[a-z]{1,3})?/[a-z0-9]{1,5}", fullmatch=True),
    key=st.one_of(KEYS, st.tuples(KEYS, KEYS).map(" ".join)),
    words=st.binary(min_size=32, max_size=32).map(bytes.hex),
    position=st.integers(0, 10**9),
    date=st.dates(),
)


@given(st.lists(ENTRIES))
def test_lock_reads_back(entries: list[Verification]) -> None:
    text = render_lock(entries)
    read, problems = parsed(text)
    assert problems == []
    assert render_lock(read) == text
    bare = [replace(e, span=entry().span) for e in read]
    assert bare == list(merge_verifications(entries))


def test_line_ends_and_blanks_do_not_matter() -> None:
    assert parsed(f"{QUOTES_HEADER}\r\n{LINE}  \r\n\r\n{OTHER}\r\n")[1] == []


def test_span_of_an_entry() -> None:
    assert parsed(f"{QUOTES_HEADER}\n{LINE}\n")[0][0].span == Span("annotations/quotes.lock", 2, 1, 2, len(LINE) + 1)


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ("log/winter", 1, "this line has 1 of the 6 parts of an entry"),
        (LINE.replace("/", " "), 1, '"log" is not the address of a quote, NOTE/QUOTE'),
        (LINE.replace(" book", " "), 12, '"" is not a citation key'),
        (LINE.replace("a" * 64, "a" * 63), 17, None),
        (LINE.replace("sha256:b", "sha256:B"), 89, None),
        (LINE.replace(" 7 ", " -7 "), 161, '"-7" is not a position'),
        (LINE.replace("2026-11-23", "23.11.2026"), 163, '"23.11.2026" is not a date, YYYY-MM-DD'),
        (LINE.replace("2026-11-23", "2026-02-30"), 163, '"2026-02-30" is not a day of the calendar'),
        (LINE.replace(" 7 ", " 7\u0663 "), 161, None),
        ("# a remark", 1, "this line has 3 of the 6 parts of an entry"),
    ],
)
def test_broken_line(line: str, column: int, message: str | None) -> None:
    entries, problems = parsed(f"{QUOTES_HEADER}\n{line}\n{OTHER}\n")
    assert [e.quote for e in entries] == ["log/gulls"]
    assert [(place[0], place[1]) for place in problems] == [(2, column)]
    assert message is None or problems[0][2] == message


def test_a_line_is_reported_without_what_could_disturb_a_terminal() -> None:
    line = LINE.replace(" 7 ", " \x1b[2J ")
    assert parsed(f"{QUOTES_HEADER}\n{line}\n")[1] == [(2, 161, '"\\u{1b}[2J" is not a position')]


def test_a_union_of_two_branches_is_a_lock() -> None:
    later = LINE.replace("2026-11-23", "2027-01-01")
    entries, problems = parsed(f"{QUOTES_HEADER}\n{LINE}\n{OTHER}\n{QUOTES_HEADER}\n{later}\n{OTHER}\n")
    assert problems == []
    assert [e.date for e in entries] == [TODAY, TODAY]
    assert render_lock(entries).splitlines() == [QUOTES_HEADER, OTHER, LINE]


def test_what_an_entry_says_besides() -> None:
    more = "matching=2 work=doi:10.1/x;doe;a-study;2009 page=S%2012 places=3 marks=cut,meaning by=Jane%20Doe"
    (read,), problems = parsed(f"{QUOTES_HEADER}\n{LINE} {more}\n")
    assert problems == []
    assert (read.matching, read.page, read.places, read.marks, read.by) == (
        2,
        "S 12",
        3,
        ("cut", "meaning"),
        "Jane Doe",
    )
    assert render_lock([read]).splitlines()[1] == f"{LINE} {more}"
    keyed = LINE.replace(" book ", " a work=key by=x ")
    assert parsed(f"{QUOTES_HEADER}\n{keyed}\n")[0][0].key == "a work=key by=x"


def test_one_quote_in_two_works() -> None:
    assert parsed(f"{QUOTES_HEADER}\n{LINE}\n{LINE.replace('book', 'review')}\n")[1] == []


@pytest.mark.parametrize("base", ["", f"||||||| 1a2b3c\n{LINE}\n"])
def test_conflict_of_a_merge(base: str) -> None:
    later = LINE.replace("2026-11-23", "2027-01-01")
    text = f"{QUOTES_HEADER}\n<<<<<<< HEAD\n{LINE}\n{base}=======\n{later}\n>>>>>>> theirs\n{OTHER}\n"
    entries, problems = parsed(text)
    assert problems == [(2, 1, "a merge left its conflict in the file")]
    assert len(entries) == 2
    (problem,) = parse_lock(LineTable("annotations/quotes.lock", text))[1]
    assert "keep the entries of both sides" in problem.help
    assert [related.span.line for related in problem.related] == ([4, 6, 8] if base else [4, 6])[
        -len(problem.related) :
    ]


def test_missing_header() -> None:
    entries, problems = parsed(f"{LINE}\n{OTHER}\n")
    assert len(entries) == 2
    assert problems == [(1, 1, "the first line is not the header of the lock")]


def test_another_normalisation_says_nothing() -> None:
    entries, problems = parsed(f"# quotes.lock, normalisation 2: later\n{LINE}\nrubbish\n")
    assert entries == ()
    assert problems == [
        (1, 1, "the lock is of normalisation 2, and this program uses normalisation 1"),
    ]


@given(st.text(alphabet=f"{LINE}#\n\r<=>| "))
def test_no_lock_is_too_broken_to_be_read(text: str) -> None:
    parsed(f"{QUOTES_HEADER}\n{text}")


# ----------------------------------------------------------------------------------------------------- verify

WINTER = ("It was the third\n> winter.", "[@book] {#winter}")
GULLS = ("The gulls came.", "[@book, p. 3] {#gulls}")
BOTH = ("It was the third winter.", "[@book], quoted in [@review] {#winter}")


def test_found_quotes_become_entries() -> None:
    entries, problems = verify_quotes(library(WINTER, GULLS), {"book": BOOK}, TODAY)[:2]
    assert problems == ()
    assert [(e.quote, e.key, e.original, e.position, e.date) for e in entries] == [
        ("log/gulls", "book", "b" * 64, 70, TODAY),
        ("log/winter", "book", "b" * 64, 0, TODAY),
    ]
    assert entries[1].words == words_digest("It was the third winter.")


def test_a_quote_is_compared_with_both_works() -> None:
    entries, problems = verify_quotes(library(BOTH), {"book": BOOK, "review": REVIEW}, TODAY)[:2]
    assert problems == ()
    assert [(e.key, e.position) for e in entries] == [("book", 0), ("review", 18)]


def test_only_the_works_at_hand_are_compared() -> None:
    entries, problems = verify_quotes(library(BOTH, GULLS), {"review": REVIEW}, TODAY)[:2]
    assert [e.key for e in entries] == ["review"]
    assert problems == ()


def test_what_did_not_change_keeps_its_date() -> None:
    first, _ = verify_quotes(library(WINTER, GULLS), {"book": BOOK}, TODAY)[:2]
    retyped = ("It was   the third winter.", WINTER[1])
    assert verify_quotes(library(retyped, GULLS, entries=first), {"book": BOOK}, LATER)[0] == first
    shorter = ("the third winter.", WINTER[1])
    again, _ = verify_quotes(library(shorter, GULLS, entries=first), {"book": BOOK}, LATER)[:2]
    assert [e.date for e in again] == [TODAY, LATER]
    other = replace(BOOK, digest="d" * 64)
    assert {e.date for e in verify_quotes(library(WINTER, entries=first), {"book": other}, LATER)[0]} == {LATER}


def test_a_near_miss_is_shown_and_not_passed() -> None:
    slip = ("It was the fourth winter.", WINTER[1])
    entries, problems = verify_quotes(library(slip, GULLS), {"book": BOOK}, TODAY)[:2]
    assert [(e.quote, e.is_found) for e in entries] == [("log/gulls", True), ("log/winter", False)]
    (problem,) = problems
    assert problem.rule == "quote-not-in-source"
    assert (problem.span.path, problem.span.line, problem.span.column) == ("annotations/notes/log.md", 8, 3)
    assert problem.message == 'the words of "log/winter" do not stand in "book", the work that they come from'
    assert problem.help.startswith(
        'the nearest passage, on line 1 of log.txt: "It was the [-fourth-]{+third+} winter.". What is marked [-…-]'
    )


@pytest.mark.parametrize(
    ("words", "help"),
    [
        ("A cold and dreary quotation about Jupiter", "is it the right key, and the right file?"),
        ("It was […] winter", "is too short to be sure of: quote at least 2 words and 10 letters"),
        ("[…]", "there are no words outside square brackets"),
        ("It was the third. " + "[…] " * 101, "more than 100 square brackets"),
        (
            "The gulls came. […] It was the third winter.",
            "not in this order, or with more than 2,000 characters",
        ),
        ("They were native", "[-native-]{+non-native+}"),
    ],
)
def test_help_for_a_miss(words: str, help: str) -> None:
    ((problem,), entries) = verify_quotes(library((words, "[@book] {#q}")), {"book": BOOK}, TODAY)[1::-1]
    assert entries == ()
    assert help in problem.help
    assert "\n" not in problem.help


def test_the_work_that_quotes_is_named_as_such() -> None:
    quote = ("It was the third summer.", BOTH[1])
    _, problems = verify_quotes(library(quote), {"review": REVIEW}, TODAY)[:2]
    assert problems[0].message.endswith('do not stand in "review", the work that they are quoted in')


def test_a_quote_without_an_id_is_recorded_under_the_one_that_is_proposed() -> None:
    found, missed = ("The gulls came.", "[@book]"), ("The gulls went away.", "[@book]")
    entries, problems = verify_quotes(library(found, missed), {"book": BOOK}, TODAY)[:2]
    assert [e.quote for e in entries if e.is_found] == ["log/the-gulls-came"]
    assert len(problems) == 1


def test_originals_that_no_quote_names() -> None:
    assert unnamed_originals(library(BOTH), ["book", "review"]) == ()
    assert unnamed_originals(library(BOTH), ["reveiw", "zzz"]) == (
        'no quote names the key "reveiw"; did you mean "review"?',
        'no quote names the key "zzz"; each quote names its work after its words: [@key]',
    )


def test_merging_and_pruning() -> None:
    old = [entry(), entry("log/gone"), entry(key="elsewhere")]
    new = [entry(words="d" * 64), entry("log/gulls")]
    merged = merge_verifications(old, new)
    assert [(e.quote, e.key, e.words[0]) for e in merged] == [
        ("log/gone", "book", "a"),
        ("log/gulls", "book", "a"),
        ("log/winter", "book", "d"),
        ("log/winter", "elsewhere", "a"),
    ]
    pruned = prune_verifications(library(WINTER, GULLS, entries=merged))
    assert [(e.quote, e.key) for e in pruned] == [("log/gulls", "book"), ("log/winter", "book")]


# ------------------------------------------------------------------------------------------------------ state


def state(quote: Quote, *entries: Verification) -> VerifiedAgainst | None:
    return verification_of(quote, {quote.address: [one for one in entries if one.quote == quote.address]}).against


def test_state_of_a_quote() -> None:
    quote = library(BOTH).notes[0].quotes[0]
    digest = words_digest(quote.words)
    source, review = entry(words=digest), entry(key="review", words=digest)
    assert state(quote) is None
    assert state(quote, source) is VerifiedAgainst.SOURCE
    assert state(quote, review) is VerifiedAgainst.QUOTED_IN
    assert state(quote, review, source) is VerifiedAgainst.SOURCE


def test_nothing_else_counts_as_verified() -> None:
    quote = library(BOTH).notes[0].quotes[0]
    digest = words_digest(quote.words)
    assert state(quote, entry(words="d" * 64)) is None
    assert state(quote, entry(key="elsewhere", words=digest)) is None
    assert state(quote, entry("log/other", words=digest)) is None
