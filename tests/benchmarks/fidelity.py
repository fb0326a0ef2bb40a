"""Mutate quotations, compare them with the texts that they come from, and print the confusion table by kind.

    python tests/benchmarks/fidelity.py [--each 40] [--seed 1]

Three things must be 0: wrong quotations that are accepted, right ones that are refused, and changes of meaning that a
bracket or a cut allows and that nothing reports. The texts are Conrad's *Heart of Darkness* (1899, in the public domain)
and abstracts made for this purpose, full of square brackets.
"""

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from florilegium.quotations.matching import Match, find_words
from florilegium.quotations.matching.meaning import changes_meaning, holds_qualification
from florilegium.quotations.matching.normal_form import Normalised, normal_form
from florilegium.quotations.matching.sentences import find_cut

TEXTS = Path(__file__).parent / "texts"
RIGHT, WRONG, TURNED = "right", "wrong", "turned"


class Kind(NamedTuple):
    """A way to change a quotation, and what must come of it."""

    name: str
    truth: str
    change: Callable[[str, str, random.Random], str | None]
    """From the passage, the whole text and chance to the quotation; None where it cannot be done to this passage."""


def _words(passage: str) -> list[str]:
    return passage.split(" ")


def _at(words: list[str], chance: random.Random, wanted: Callable[[str], bool] = str.isalpha) -> int | None:
    """The place of an inner word that will do."""
    places = [n for n in range(2, len(words) - 2) if wanted(words[n])]
    return chance.choice(places) if places else None


def _exchange(pattern: str, new: Callable[[re.Match[str], random.Random], str | None]):
    def change(passage: str, _text: str, chance: random.Random) -> str | None:
        found = list(re.finditer(pattern, passage))
        if not found:
            return None
        match = chance.choice(found)
        replaced = new(match, chance)
        return None if replaced is None else passage[: match.start()] + replaced + passage[match.end() :]

    return change


def _on_word(edit: Callable[[list[str], int, random.Random], str | None], wanted=str.isalpha):
    def change(passage: str, text: str, chance: random.Random) -> str | None:
        words = _words(passage)
        at = _at(words, chance, wanted)
        if at is None:
            return None
        made = edit(words, at, chance)
        # A change that makes words of the text again is none.
        return None if made is None or " ".join(made.split()) in text else made

    return change


def _join(*parts: list[str] | str) -> str:
    return " ".join(part if isinstance(part, str) else " ".join(part) for part in parts if part)


def _other(words: list[str], at: int, chance: random.Random) -> str | None:
    others = [word for word in words if word.isalpha() and word.casefold() != words[at].casefold()]
    return chance.choice(others) if others else None


def _replaced(words: list[str], at: int, chance: random.Random) -> str | None:
    other = _other(words, at, chance)
    return _join(words[:at], other, words[at + 1 :]) if other else None


def _letter(words: list[str], at: int, chance: random.Random) -> str:
    word, place = words[at], chance.randrange(len(words[at]))
    letter = chance.choice([c for c in "abcdefghijklmnopqrstuvwxyz" if c != word[place].lower()])
    return _join(words[:at], word[:place] + letter + word[place + 1 :], words[at + 1 :])


def _digit(match: re.Match[str], chance: random.Random) -> str:
    number, place = match[0], chance.randrange(len(match[0]))
    digit = chance.choice([d for d in "123456789" if d != number[place]])
    return number[:place] + digit + number[place + 1 :]


def _bracket_digit(match: re.Match[str], chance: random.Random) -> str | None:
    digits = [n for n, c in enumerate(match[0]) if c.isdigit()]
    if not digits:
        return "[XQR]" if match[0][1:-1].isalpha() else None
    at = chance.choice(digits)
    return match[0][:at] + chance.choice([d for d in "123456789" if d != match[0][at]]) + match[0][at + 1 :]


NEGATIONS = r"(?<= )(?:not|never|no|none|nobody|nothing|without|unlikely|cannot)(?= )"
NUMBER = r"(?<![\w.,\[])\d+(?![\w\]])"
BRACKET = r"\[[^\[\]]*\]"


def _omitted(words: list[str], at: int, _chance: random.Random) -> str | None:
    end = at + 2
    hidden = " ".join(words[at:end])
    outside = (" ".join(words[:at]), " ".join(words[end:]))
    if re.search(r"[\[\]]|-$", hidden) or any(len(re.sub(r"\W", "", part)) < 14 for part in outside):
        return None
    return _join(words[:at], "[…]", words[end:])


def _negation_omitted(passage: str, _text: str, chance: random.Random) -> str | None:
    return _around(passage, chance, NEGATIONS, "[…]")


def _negation_replaced(passage: str, _text: str, chance: random.Random) -> str | None:
    return _around(passage, chance, NEGATIONS, chance.choice(["[always]", "[surely]", "[all]"]))


def _number_replaced(passage: str, _text: str, chance: random.Random) -> str | None:
    return _around(passage, chance, NUMBER, "[many]")


def _around(passage: str, chance: random.Random, pattern: str, new: str) -> str | None:
    fitting = [
        m
        for m in re.finditer(pattern, passage)
        if min(len(re.sub(r"\W", "", passage[: m.start()])), len(re.sub(r"\W", "", passage[m.end() :]))) > 14
    ]
    if not fitting:
        return None
    match = chance.choice(fitting)
    return passage[: match.start()] + new + passage[match.end() :]


def _swapped(match: re.Match[str], chance: random.Random) -> str | None:
    number = match[0]
    places = [n for n in range(len(number) - 1) if number[n] != number[n + 1]]
    if not places:
        return None
    at = chance.choice(places)
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def _sentences_swapped(passage: str, _text: str, _chance: random.Random) -> str | None:
    parts = re.split(r"(?<=[.!?]) (?=[A-Z])", passage)
    return " ".join([parts[1], parts[0], *parts[2:]]) if len(parts) > 1 and parts[0] != parts[1] else None


def _other_letter(words: list[str], at: int, _chance: random.Random) -> str | None:
    first = words[at][0]
    other = chr((ord(first.lower()) - ord("a") + 5) % 26 + ord("a"))
    return _join(words[:at], f"[{other}]{words[at][1:]}", words[at + 1 :]) if len(words[at]) > 4 else None


_LIGATURES = (("ffi", "ﬃ"), ("ffl", "ﬄ"), ("fi", "ﬁ"), ("fl", "ﬂ"))
_OPPOSITES = {
    "more": "less",
    "less": "more",
    "higher": "lower",
    "before": "after",
    "always": "sometimes",
    "with": "without",
}


def _ligatures(passage: str, _text: str, _chance: random.Random) -> str | None:
    made = passage
    for letters, sign in _LIGATURES:
        made = made.replace(letters, sign)
    return made if made != passage else None


KINDS = (
    Kind("as it stands", RIGHT, lambda p, _t, _c: p),
    Kind("other line breaks", RIGHT, lambda p, _t, c: "\n".join(re.split(r" (?=\S)", p, maxsplit=c.randrange(1, 4)))),
    Kind("other quotation marks", RIGHT, lambda p, _t, _c: p.replace("'", "’") if "'" in p else None),
    Kind("other dashes", RIGHT, lambda p, _t, _c: p.replace("--", " – ") if re.search(r"\w--\w", p) else None),
    Kind("something left out", RIGHT, _on_word(_omitted)),
    Kind("first letter changed", RIGHT, lambda p, _t, _c: f"[{p[0].swapcase()}]{p[1:]}" if p[0].isalpha() else None),
    Kind("a word put in", RIGHT, _on_word(lambda w, n, _c: _join(w[:n], "[indeed]", w[n:]))),
    Kind("a name for a word", RIGHT, _on_word(
        lambda w, n, _c: _join(w[:n], "[Marlow]", w[n + 1 :]), lambda w: w in ("he", "He", "they", "They", "the"))),
    Kind("[sic]", RIGHT, _on_word(lambda w, n, _c: _join(w[: n + 1], "[sic]", w[n + 1 :]))),
    Kind("a bracket of the work beside one's own", RIGHT, _exchange(BRACKET, lambda m, _c: f"{m[0]} [indeed]")),
    Kind("ligatures", RIGHT, _ligatures),
    Kind("soft hyphens", RIGHT, lambda p, _t, _c: re.sub(r"(\w{4})(\w{3})", "\\1\u00ad\\2", p, count=2)),
    Kind("spaces that do not break", RIGHT, lambda p, _t, _c: p.replace(" ", "\u00a0", 3)),
    Kind("two digits swapped", WRONG, _exchange(r"\d{2,}", _swapped)),
    Kind("a decimal point dropped", WRONG, _exchange(r"(?<=\d)\.(?=\d)", lambda _m, _c: "")),
    Kind("a sign of comparison turned", WRONG, _exchange(r"[<>=]", lambda m, _c: {"<": ">", ">": "<", "=": "<"}[m[0]])),
    Kind("a hyphen dropped", WRONG, _exchange(r"(?<=[a-z])-(?=[a-z])", lambda _m, _c: "")),
    Kind("two sentences swapped", WRONG, _sentences_swapped),
    Kind("a letter of another script", WRONG, _on_word(
        lambda w, n, _c: _join(w[:n], w[n].replace("a", "\u0430", 1), w[n + 1 :]) if "a" in w[n] else None)),
    Kind("rn read as m", WRONG, _exchange("rn", lambda _m, _c: "m")),
    Kind("may dropped", WRONG, _exchange(r"\b(?:may|might|could|perhaps) ", lambda _m, _c: "")),
    Kind("a word left out", WRONG, _on_word(lambda w, n, _c: _join(w[:n], w[n + 1 :]))),
    Kind("a word twice", WRONG, _on_word(lambda w, n, _c: _join(w[: n + 1], w[n:]))),
    Kind("a word exchanged", WRONG, _on_word(_replaced)),
    Kind("two words swapped", WRONG, _on_word(
        lambda w, n, _c: _join(w[:n], w[n + 1], w[n], w[n + 2 :]) if w[n] != w[n + 1] else None)),
    Kind("a letter changed", WRONG, _on_word(_letter)),
    Kind("a letter dropped", WRONG, _on_word(
        lambda w, n, c: _join(w[:n], w[n][:-1], w[n + 1 :]) if len(w[n]) > 2 else None)),
    Kind("a capital letter", WRONG, _on_word(lambda w, n, _c: _join(w[:n], w[n].swapcase(), w[n + 1 :]))),
    Kind("a digit changed", WRONG, _exchange(NUMBER, _digit)),
    Kind("a negation dropped", WRONG, _exchange(rf"{NEGATIONS} ", lambda _m, _c: "")),
    Kind("a negation added", WRONG, _on_word(lambda w, n, _c: _join(w[:n], "not", w[n:]))),
    Kind("a negation as another word", WRONG, _exchange(NEGATIONS, lambda _m, _c: "always")),
    Kind("two words joined", WRONG, _on_word(lambda w, n, _c: _join(w[:n], w[n] + w[n + 1], w[n + 2 :]))),
    Kind("a comma added", WRONG, _on_word(lambda w, n, _c: _join(w[:n], w[n] + ",", w[n + 1 :]))),
    Kind("left out without a mark", WRONG, _on_word(lambda w, n, _c: _join(w[:n], w[n + 2 :]))),
    Kind("left out as …", WRONG, _on_word(lambda w, n, _c: _join(w[:n], "…", w[n + 2 :]))),
    Kind("an empty bracket", WRONG, _on_word(lambda w, n, _c: _join(w[:n], "[]", w[n + 1 :]))),
    Kind("a sentence in a bracket", WRONG, _on_word(
        lambda w, n, _c: _join(w[:n], "[and he stole from all of them every night]", w[n:]))),
    Kind("a bracket of the work changed", WRONG, _exchange(BRACKET, _bracket_digit)),
    Kind("a bracket of the work dropped", WRONG, _exchange(rf" {BRACKET}(?= \w)", lambda _m, _c: "")),
    Kind("a bracket of the work as a word", WRONG, _exchange(BRACKET, lambda m, _c: m[0][1:-1])),
    Kind("parentheses as brackets", WRONG, _exchange(
        r"(?<= )\([^()\[\]]{3,50}\)(?=[ ,.])", lambda m, _c: f"[{m[0][1:-1]}]")),
    Kind("a negation left out, marked", TURNED, _negation_omitted),
    Kind("a negation replaced, in a bracket", TURNED, _negation_replaced),
    Kind("[not] put in", TURNED, _on_word(lambda w, n, _c: _join(w[:n], "[not]", w[n:]))),
    Kind("a number replaced, in a bracket", TURNED, _number_replaced),
    Kind("a number put in, in a bracket", TURNED, _exchange(
        r" (?=(?:men|days|patients|women|miles|months) )", lambda _m, _c: " [90] ")),
    Kind("the opposite, in a bracket", TURNED, _exchange(
        rf"(?<= )(?:{'|'.join(_OPPOSITES)})(?= )", lambda m, _c: f"[{_OPPOSITES[m[0]]}]")),
    Kind("a limit left out, marked", TURNED, lambda p, _t, c: _around(p, c, r"(?<= )(?:only|perhaps|almost|may)(?= )", "[…]")),
    Kind("another first letter, in a bracket", TURNED, _on_word(_other_letter, lambda w: w.isascii() and w.isalpha())),
    Kind("the limit of a sentence cut off", TURNED, lambda p, _t, _c: _limit_cut(p)),
)  # fmt: skip


def _limit_cut(passage: str) -> str | None:
    match = re.search(r" (?=(?:unless|although|only|if|whereas|in patients|in women|in animals|but never)\b)", passage)
    return passage[: match.start()].rstrip(",;") if match and match.start() > 30 else None


def passages(text: str, chance: random.Random) -> Iterator[str]:
    """Stretches of one to three sentences, with the line breaks of the text gone; for ever."""
    paragraphs = [" ".join(p.split()) for p in text.split("\n\n")[1:]]
    sentences = [s for p in paragraphs for s in [re.split(r"(?<=[.!?])\s+(?=[A-Z])", p)] if len(p) > 80]
    while True:
        paragraph = chance.choice(sentences)
        start = chance.randrange(len(paragraph))
        passage = " ".join(paragraph[start : start + chance.randrange(1, 4)])
        if 60 < len(passage) < 600:
            yield passage


def outcome(words: str, text: Normalised) -> str:
    """What comes of a quotation: `refused`, `accepted`, or `reported`."""
    found = find_words(words, text, nearest=False)
    if not isinstance(found, Match):
        return "refused"
    if any(changes_meaning(bracket) for bracket in found.brackets):
        return "reported"
    return "reported" if any(map(holds_qualification, find_cut(text, found.position, found.end))) else "accepted"


def run(each: int, seed: int) -> tuple[dict[str, Counter[str]], list[tuple[str, str, str]]]:
    """The outcomes by kind, and the quotations whose outcome is not what it must be."""
    chance = random.Random(seed)
    table: dict[str, Counter[str]] = {}
    faults = []
    texts = [(path.read_text(encoding="utf-8"), path.stem) for path in sorted(TEXTS.glob("*.txt"))]
    normal = {name: (normal_form(text), " ".join(text.split()), passages(text, chance)) for text, name in texts}
    for kind in KINDS:
        counts = table[kind.name] = Counter()
        for original, plain, stretches in normal.values():
            made: set[str] = set()
            for _ in range(max(each * 12, 600)):
                passage = next(stretches)
                words = kind.change(passage, plain, chance)
                if words is None or words in made or (kind.truth != RIGHT and " ".join(words.split()) in plain
                                                      and kind.truth == WRONG):  # fmt: skip
                    continue
                made.add(words)
                came = outcome(words, original)
                counts[came] += 1
                right = {RIGHT: came != "refused", WRONG: came == "refused", TURNED: came != "accepted"}[kind.truth]
                if not right:
                    faults.append((kind.name, passage, words))
                if len(made) == each:
                    break
    return table, faults


def main() -> int:
    """Print the table; 1 where anything is not what it must be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=90, help="quotations of each kind from each text")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    table, faults = run(given.each, given.seed)
    print(
        f"| {'kind':<42} | truth  | accepted | reported | refused |\n|{'-' * 44}|--------|---------:|---------:|--------:|"
    )
    for kind in KINDS:
        c = table[kind.name]
        print(f"| {kind.name:<42} | {kind.truth:<6} | {c['accepted']:8} | {c['reported']:8} | {c['refused']:7} |")
    by_truth = Counter({kind.name: 0 for kind in KINDS})
    by_truth.update(name for name, _, _ in faults)
    sums = {truth: sum(by_truth[k.name] for k in KINDS if k.truth == truth) for truth in (WRONG, RIGHT, TURNED)}
    total = sum(counts.total() for counts in table.values())
    print(f"\n{total:,} quotations: {sums[WRONG]} false acceptances, {sums[RIGHT]} false refusals, "
          f"{sums[TURNED]} changes of meaning unreported")  # fmt: skip
    for name, passage, words in faults[:12]:
        print(f"\n{name}\n  work:      {passage}\n  quotation: {words}")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
