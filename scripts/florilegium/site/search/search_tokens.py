"""The words of a text as the search knows them: folded, split, and under every form by which they can be found.

The browser has the same function (`docs/assets/find.js`), and `tests/search_tokens.json` holds cases that both must
pass. So every step is one that Python and JavaScript do alike:

1. Fold: NFD; marks on Latin, Greek, Cyrillic, Hebrew and Arabic letters and invisible signs are removed (й stays); NFC;
   ligatures and full-width forms by NFKC; lower case; then single letters (ß becomes ss, ø becomes o, ’ becomes ').
2. Split: a word is a run of letters, digits and marks (Unicode's L, N and M). An apostrophe between two runs holds
   them together, as do full stops and commas between digits and `"` between Hebrew letters (UAX 29); a hyphen does so
   for the purpose of step 3. All else parts words, also … — – / and the underscore.
3. Forms: the parts of a hyphenated word are words, each with a position, and the joined word is another form of the
   first. What stands before or after an apostrophe is another form of its word. Chinese, Japanese, Thai, Lao, Khmer and
   Burmese are cut into overlapping pairs of signs, and every sign is another form of its pair. Hebrew and Arabic words
   have other forms without one-letter prefixes.
"""

import re
import sys
import unicodedata
from functools import cache
from typing import NamedTuple


class Word(NamedTuple):
    """One form of a word of a text."""

    form: str
    position: int
    """Which word of the text it is, counted from 0."""
    main: bool
    """Whether the text has this form; False for one by which it can be found too."""


def word_forms(text: str) -> list[Word]:
    """All forms of all words of a text, in the order of the text."""
    found, position = [], 0
    for chunk in chunks_of(fold(text)):
        width, forms = expand(chunk)
        found += [Word(form, position + offset, main) for form, offset, main in forms]
        position += width
    return found


# --------------------------------------------------------------------------------------------------------- folding

_MARKS = (
    "(?<![\u0418\u0438])\u0306|[\u0300-\u0305\u0307-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
_REMOVED = re.compile(_MARKS)
_COMPATIBLE = re.compile("[\ufb00-\ufb06\uff01-\uffee]+")
_LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "þ": "th", "ŧ": "t",
    "ς": "σ", "ى": "ي", "ة": "ه", "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "׳": "'", "״": '"',
    "‐": "-", "‑": "-", "_": " ",
}  # fmt: skip
_LETTER = re.compile("[" + "".join(_LETTERS) + "]")
_PRINTED = re.compile("[’‘—–…“”„«»]")
"""What printers add to a text of plain letters, which need no folding."""


def fold(text: str) -> str:
    """A text in which letters that differ by case, diacritics or typography alone are the same."""
    if not text.isascii():
        text = _PRINTED.sub(lambda match: "'" if match[0] in "’‘" else " ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFD", text)
        text = unicodedata.normalize("NFC", _REMOVED.sub("", text))
        text = _COMPATIBLE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return _LETTER.sub(lambda match: _LETTERS[match[0]], text.lower())


# -------------------------------------------------------------------------------------------------------- splitting

_SIGNS = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1050-\u109f\u1780-\u17d3\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa"
    "\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Letters of scripts that are written without spaces between words."""

_RUNS_OF_SIGNS = re.compile(f"([{_SIGNS}]+)")


@cache
def _chunk() -> re.Pattern[str]:
    # Python's \w has letters and numbers, but no marks.
    marks = "".join(
        chr(code)
        for first, end in ((0x300, 0xAC00), (0xFE00, 0xFE30), (0x10000, 0x1F000), (0xE0100, 0xE01F0))
        for code in range(first, min(end, sys.maxunicode))
        if unicodedata.category(chr(code))[0] == "M"
    )
    run = rf"[^\W_][\w{marks}]*"
    return re.compile(rf"""{run}(?:(?:['\-]|(?<=\d)[.,](?=\d)|(?<=[א-ת])"(?=[א-ת])){run})*""")


_ASCII_CHUNK = re.compile(r"""[a-z0-9]+(?:(?:['\-]|(?<=\d)[.,](?=\d))[a-z0-9]+)*""")


def chunks_of(folded: str) -> list[str]:
    """The words of a folded text, those that hyphens and apostrophes join in one piece."""
    if folded.isascii():
        return _ASCII_CHUNK.findall(folded)
    return _chunk().findall(folded)


# ------------------------------------------------------------------------------------------------------------ forms

_PLAIN = re.compile(rf"""[^'"\-\u0590-\u06ff{_SIGNS}]*\Z""")
_ENDINGS = frozenset({"ll", "re", "ve"})
"""What follows an apostrophe in English and is no word."""


def expand(chunk: str) -> tuple[int, list[tuple[str, int, bool]]]:
    """How many words a piece has, and their forms: each with its place in the piece, and whether it is a main one."""
    if _PLAIN.match(chunk):
        return 1, [(chunk, 0, True)]
    width, forms = 0, []
    for number, piece in enumerate(_RUNS_OF_SIGNS.split(chunk)):
        more, found = _signs(piece) if number % 2 else _hyphenated(piece)
        forms += [(form, width + offset, main) for form, offset, main in found]
        width += more
    return width, forms


def _signs(run: str) -> tuple[int, list[tuple[str, int, bool]]]:
    if len(run) == 1:
        return 1, [(run, 0, True)]
    forms = []
    for place, sign in enumerate(run):
        if place < len(run) - 1:
            forms.append((run[place : place + 2], place, True))
        forms.append((sign, place, False))
    return len(run), forms


def _hyphenated(piece: str) -> tuple[int, list[tuple[str, int, bool]]]:
    parts = [part for part in piece.split("-") if part]
    forms = [form for place, part in enumerate(parts) for form in _forms(part, place)]
    joined = "".join(parts)
    if len(parts) > 1 and not joined.isdigit():
        forms.append((joined, 0, False))
    return len(parts), forms


def _forms(word: str, place: int) -> list[tuple[str, int, bool]]:
    word = word.replace('"', "").strip("'.,")
    others: dict[str, None] = {}
    if "'" in word:
        owner = word.removesuffix("'s")
        pieces = owner.split("'")
        others |= {part: None for part in (owner, pieces[0], pieces[-1]) if len(part) > 1 and part not in _ENDINGS}
    others |= dict.fromkeys(_without_prefixes(word))
    return [(word, place, True), *((other, place, False) for other in others if other != word)]


_HEBREW = re.compile(r"[א-ת]{3,}\Z")
_ARABIC = re.compile(r"[\u0621-\u064a]{3,}\Z")


def _without_prefixes(word: str) -> list[str]:
    """A Hebrew or Arabic word without the particles that are written as its first letters."""
    found = []
    if _HEBREW.match(word) and word[0] in "והבכלמש":
        found.append(word[1:])
        if word[0] in "וש" and len(word) > 4 and word[1] in "הבכלמש":
            found.append(word[2:])
    if _ARABIC.match(word):
        if word[0] in "وفبكل" and len(word) > 3:
            found.append(word[1:])
        for prefix in ("ال", "وال", "فال", "بال", "كال", "لل"):
            if word.startswith(prefix) and len(word) - len(prefix) > 1:
                found.append(word[len(prefix) :])
    return found
