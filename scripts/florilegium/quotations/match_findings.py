"""What a comparison finds beside the words: where they are cut, what brackets stand for, on which page they stand."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..core.diagnostics import Diagnostic, plain, quoted
from ..core.model import Quote
from ..core.rules import Group, Severity, declare_rule
from ..core.spans import Span
from .matching import Match
from .matching.brackets import Bracket, GapKind, count_letters, count_part_words
from .matching.meaning import changes_meaning, holds_qualification
from .matching.normal_form import Normalised, normalise_words
from .matching.sentences import SentenceContext, find_cut
from .page_numbers import page_of

LONG_OMISSION = 500
"""Characters that an omission may leave out without a remark."""
LONG_INSERTION = 3
"""Words more than it stands for that an insertion may hold without a remark."""
_SHOWN = 160


declare_rule(
    "quote-not-in-source",
    Group.VERIFICATION,
    "A quotation that is compared with its original is found there, word for word.",
    "A quotation is exact or it is wrong.",
    "Compare with the passage that the message shows; mark changes of yours in square brackets.",
)


class MatchFindings(NamedTuple):
    """What was found of one quotation in one original."""

    diagnostics: tuple[Diagnostic, ...]
    marks: tuple[str, ...]
    page: str


def remark(
    quote: Quote,
    key: str,
    found: Match,
    text: Normalised,
    labels: tuple[str, ...],
    language: str,
    *,
    is_raised: bool,
    emphases: str = "",
) -> MatchFindings:
    """Return the findings of words that were found, the marks of the lock, and the page where they begin."""
    cut = find_cut(text, found.position, found.end)
    turned = [bracket for bracket in found.brackets if changes_meaning(bracket, language)]
    page = page_of(text, found.position, labels)
    added = _added_emphasis(quote, emphases)
    marks = {
        "cut": any(cut) and not quote.is_prose,
        "brackets": any(bracket.literal for bracket in found.brackets),
        "meaning": bool(turned),
        "raised": is_raised,
        "emphasis": bool(added),
    }
    diagnostics = [
        *_brackets(quote, found.brackets, turned, text),
        # In running prose the sentence around the words is the note-taker's.
        *([] if quote.is_prose else _cut(quote, cut, language)),
        *([_raised(quote, key)] if is_raised else ()),
        *([_emphasis(quote, key, added)] if added else ()),
        *_locator(quote, key, page, page_of(text, max(found.position, found.end - 1), labels)),
    ]
    return MatchFindings(tuple(diagnostics), tuple(mark for mark, holds in marks.items() if holds), page)


def finding(rule: str, quote: Quote, message: str, remedy: str, span: Span | None = None) -> Diagnostic:
    """A finding about the words of a quote, or about another place of it."""
    return Diagnostic(rule=rule, span=span or quote.words_span, message=message, help=remedy, about=quote.address)


declare_rule(
    "bracket-changes-meaning",
    Group.VERIFICATION,
    "No square bracket of a quotation puts in, replaces or leaves out a negation or a number, hides a limit such as "
    '"only", puts a word for its opposite, or changes the letters that a word begins with.',
    '`I [always] hurt` for "I never hurt" and `did […] like` for "did not like" are made of the work\'s own words, '
    "and say the opposite.",
    "Quote the negation or the number itself. Where the meaning stays, record an exception with the reason in "
    "`library.yml`.",
    severity=Severity.WARNING,
)

declare_rule(
    "long-bracket",
    Group.VERIFICATION,
    "An omission leaves out at most 500 characters of one paragraph, and an insertion holds at most three words "
    "more than it stands for.",
    "What lies far apart in a work was not said in one breath; and words of the note-taker do not belong into the "
    "mouth of another.",
    "Make two quotations of it, or say in the prose what the bracket says.",
    severity=Severity.WARNING,
)


def _brackets(
    quote: Quote, brackets: tuple[Bracket, ...], turned: list[Bracket], text: Normalised
) -> Iterator[Diagnostic]:
    for bracket in brackets:
        shown = "an omission" if bracket.kind is GapKind.OMISSION else quoted(f"[{bracket.content}]")
        if bracket in turned:
            stands = quoted(bracket.hidden) if bracket.hidden else "nothing in the work"
            message = f"{shown} stands for {stands}, and can turn the meaning"
            remedy = "quote the negation or number itself; where the meaning stays, record an exception with the reason"
            yield finding("bracket-changes-meaning", quote, message, remedy)
        if bracket.literal:
            continue
        if bracket.kind is GapKind.OMISSION:
            breaks = text.paragraph_breaks(bracket.start, bracket.end)
            if len(bracket.hidden) > LONG_OMISSION or breaks:
                over = "goes over a paragraph" if breaks else f"leaves out {len(bracket.hidden):,} characters"
                message = f"an omission {over}: between the two parts stands {quoted(_shortened(bracket.hidden))}"
                remedy = "make two quotations of it, or quote more of what lies between"
                yield finding("long-bracket", quote, message, remedy)
        elif count_part_words(bracket.content) - count_part_words(bracket.hidden) > LONG_INSERTION:
            message = f"{shown} holds many more words than it stands for"
            yield finding("long-bracket", quote, message, "say it in the prose before the quotation")


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN // 2]} … {text[-_SHOWN // 2 :]}"


declare_rule(
    "cut-qualification",
    Group.VERIFICATION,
    "A quotation does not leave out the limit or the doubt of its own sentence.",
    '"The development of addiction is rare" goes on "in medical patients with no history of addiction": a letter '
    "that was cited hundreds of times without that.",
    "Quote the rest of the sentence, or say in the prose what limits it. Only `florilegium verify` can see it.",
    severity=Severity.WARNING,
)

declare_rule(
    "cut-sentence",
    Group.VERIFICATION,
    "A quotation begins and ends with a sentence.",
    'How the sentence begins and goes on is shown to the contributor, and to nobody else. Readers see "part of a '
    'sentence".',
    "See whether what is left out matters; else leave it.",
    severity=Severity.INFORMATION,
)


def _cut(quote: Quote, cut: SentenceContext, language: str) -> Iterator[Diagnostic]:
    if not any(cut):
        return
    parts = [f"{how} {quoted(part)}" for how, part in zip(("begins", "goes on"), cut, strict=True) if part]
    message = f"the sentence {' and '.join(parts)}"
    if any(holds_qualification(part, language) for part in cut):
        yield finding("cut-qualification", quote, message, "quote the limit too, or say in the prose what it is")
    else:
        yield finding("cut-sentence", quote, message, "see whether what is left out matters")


declare_rule(
    "unsure-raised-sign",
    Group.VERIFICATION,
    "Raised and lowered signs of a quotation are such in its original.",
    "Plain text and many PDFs cannot show that a digit is raised, and 10⁶ is not 106.",
    "Compare with the page itself; then record an exception with the reason.",
    severity=Severity.WARNING,
)


def _raised(quote: Quote, key: str) -> Diagnostic:
    message = f"the words have raised or lowered signs, and the text of {quoted(key)} has them on the line"
    return finding("unsure-raised-sign", quote, message, "compare with the page itself: 10⁶ is not 106")


_OWNED = re.compile(r"\[[^\[\]]*(?:emphas|italic|hervorheb|soulign|cursiv|corsiv)[^\[\]]*\]", re.IGNORECASE)


def owns_emphasis(words: str) -> bool:
    """Return whether words say that their emphasis is the note-taker's: `[emphasis added]`."""
    return _OWNED.search(words) is not None


def _added_emphasis(quote: Quote, emphases: str) -> str:
    """Return the first words that are emphasised here and not in the work; nothing where the work cannot tell."""
    if not emphases or not quote.emphasised or owns_emphasis(quote.words):
        return ""
    for stretch in quote.emphasised:
        bare = normalise_words(re.sub(r"\[[^\[\]]*\]", "", stretch)).strip(" .,;:!?'\"")
        if count_letters(bare) and bare not in emphases:
            return stretch
    return ""


declare_rule(
    "emphasis-added",
    Group.VERIFICATION,
    "What is emphasised in a quotation is emphasised in the work; else `[emphasis added]` says that it is not.",
    "Emphasis weighs words. Readers take it for the author's. `florilegium verify` looks for it where the text of "
    "the work has emphasis at all.",
    "Take the emphasis away, or write `[emphasis added]` after the words.",
    severity=Severity.WARNING,
)


def _emphasis(quote: Quote, key: str, stretch: str) -> Diagnostic:
    message = f"{quoted(stretch)} is emphasised, and is not in {quoted(key)}"
    return finding(
        "emphasis-added", quote, message, "take the emphasis away, or write [emphasis added] after the words"
    )


_NUMBERS = re.compile(r"\d+|[ivxlcdm]+", re.IGNORECASE)


declare_rule(
    "wrong-page",
    Group.VERIFICATION,
    "The page of an attribution is the one on which the words stand.",
    "A wrong page sends readers to words that are not there. `florilegium verify` knows the printed numbers of a "
    "PDF's pages.",
    "Write the page that the message names. Where the file has other pages than the edition that is cited, record "
    "an exception.",
    severity=Severity.WARNING,
)


def _locator(quote: Quote, key: str, first: str, last: str) -> Iterator[Diagnostic]:
    """A locator that names other pages than those on which the words stand."""
    locator = next((r.locator for r in quote.references if r.key == key), None)
    if locator is None or locator.label != "page" or not first:
        return
    ranges = list(_ranges(locator.value))
    named = any(low <= _rank(first) <= high for low, high in ranges)
    # The last words may stand overleaf.
    if not named or (last and not any(low <= _rank(last) <= high + 1 for low, high in ranges)):
        pages = plain(first if first == last or not last else f"{first}-{last}")
        message = f"the words stand on page {pages}, not on {quoted(locator.value)}"
        remedy = f"write p. {pages}; where the file has other pages than the edition, record an exception"
        yield finding("wrong-page", quote, message, remedy, locator.span)


def _ranges(pages: str) -> Iterator[tuple[int, int]]:
    for part in re.split(r"[,;&]", pages):
        numbers = _NUMBERS.findall(part)
        if numbers:
            low, high = numbers[0], numbers[-1]
            if high.isdigit() and low.isdigit() and len(high) < len(low):
                high = low[: len(low) - len(high)] + high
            yield _rank(low), max(_rank(low), _rank(high))


def _rank(page: str) -> int:
    """Return the number of a page; roman ones come before all others."""
    if page.isdecimal():
        return int(page[:18])
    values = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
    numbers = [values.get(letter, 0) for letter in page.casefold()]
    following = [*numbers[1:], 0]
    return sum(-n if n < after else n for n, after in zip(numbers, following, strict=True)) - 100_000
