"""LaTeX markup in the fields of BibTeX files as text, rich where CSL has rich text.

One pass with a stack of its own, so that no nesting can exhaust it. Nothing is dropped in silence: a command that is
in no table keeps its argument, and is named to whoever asked.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from .latex_commands import (
    ACCENT_CODES,
    ACCENTS,
    ARGUMENTS,
    DECLARATIONS,
    LATEX_STYLES,
    MATH_ACCENTS,
    NOTHING,
    SPACES,
    formula,
    fraction,
    letter_of,
    symbol,
)

LatexReport = Callable[[str, int], None]
"""Takes a command that is not known, and its offset in the text."""

_LIGATURES = {"---": "—", "--": "–", "``": "“", "''": "”", ",,": "„", "~": " ", "<<": "«", ">>": "»"}
_SIGN_SPACES = frozenset(" ,;:>\\\n\t")
"""Signs that make a space after a backslash; other signs that are no accent stand for themselves."""
_SPECIAL = re.compile(r"[\\{}~$`',\s<>-]")
_TOKEN = re.compile(
    r"\\([A-Za-z]+)\*?[ \t\n]*|\\(.)|(\$\$?)|([{}])|(---?|``|''|,,|~|<<|>>)|(\s+)|([\^_])|([^\\${}`',~\s^_<>-]+|.)",
    re.DOTALL,
)
_TAGS = {"i": "i", "b": "b", "sup": "sup", "sub": "sub"}
_SMALL_CAPS = '<span style="font-variant: small-caps;">{}</span>'
_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_SINGLE = re.compile(r"[^`'{}\\]{1,200}'(?![\w'])")


def decode_latex(text: str, *, rich: bool = False, report: LatexReport | None = None) -> str:
    """The text of a field on one line, in Unicode.

    With `rich`, emphasis, small capitals, superscripts and subscripts become the tags of CSL's rich text; otherwise
    signs are raised and lowered as far as Unicode can, and emphasis is left out.
    """
    if not _SPECIAL.search(text):
        return text
    decoded = _Decoder(text, rich, report).decode()
    return unicodedata.normalize("NFC", " ".join(decoded.split()))


@dataclass(slots=True)
class _Frame:
    """A group that is open: what it is the argument of, and what it holds so far."""

    kind: str = ""
    out: list[str] = field(default_factory=list)
    queue: list[str] = field(default_factory=list)
    """What the next arguments are for."""
    given: list[str] = field(default_factory=list)
    """Arguments before the last one of a command."""
    declared: list[str] = field(default_factory=list)
    """What holds up to the end of the group, as `\\em` says: its kind and its place in `out`."""
    starts: list[int] = field(default_factory=list)


class _Decoder:
    def __init__(self, text: str, rich: bool, report: LatexReport | None) -> None:
        self.text, self.rich, self.report = text, rich, report
        self.frames = [_Frame()]
        self.accents = ""
        self.math = False
        self.paired = (text.count("$") - text.count("\\$")) % 2 == 0
        self.quotes = 0
        self.single = False

    @property
    def frame(self) -> _Frame:
        return self.frames[-1]

    def decode(self) -> str:
        position = 0
        while found := _TOKEN.match(self.text, position):
            position = found.end()
            word, sign, dollar, brace, ligature, space, script, rest = found.groups()
            if word == "accent" and (code := re.compile(r"([0-9]{1,3})\s*").match(self.text, position)):
                position = code.end()
                self.accents = ACCENT_CODES.get(int(code[1]), "") + self.accents
            elif word in ("url", "path", "nolinkurl", "href") and (end := _closing(self.text, position)):
                address = decode_address(self.text[position + 1 : end])
                position = end + 1
                if word == "href":
                    self.frame.queue, self.frame.given = ["linked"], [address]
                else:
                    self.piece(address)
            elif word:
                if self.text.startswith("[", position) and word in ("sqrt", "footnote", "enquote"):
                    position = max(self.text.find("]", position) + 1, position)
                self.command(word, found.start())
            elif accent := ACCENTS.get(sign or ""):
                self.accents = accent + self.accents
            elif sign:
                self.piece(" " if sign in _SIGN_SPACES else "" if sign in "-/!@()[]" else sign)
            elif dollar and self.paired:
                self.math = not self.math
            elif brace:
                self.open() if brace == "{" else self.close()
            elif script and self.math:
                self.frame.queue = ["sup" if script == "^" else "sub"]
            elif rest == "`" and _SINGLE.match(self.text, position):
                self.single = True
                self.plain("‘")
            elif rest == "'" and self.single:
                self.single = False
                self.plain("’")
            elif space:
                if not self.accents and not self.frame.queue:
                    self.frame.out.append("" if self.math else " ")
            else:
                self.plain(
                    "−" if self.math and rest == "-" else _LIGATURES.get(ligature or "") or dollar or script or rest
                )
        while len(self.frames) > 1:
            self.close()
        self.end_declarations(self.frame)
        return "".join(self.frame.out)

    def command(self, word: str, offset: int) -> None:
        if word in ACCENTS:
            self.accents = ACCENTS[word] + self.accents
        elif word in MATH_ACCENTS:
            self.frame.queue = [f"accent {MATH_ACCENTS[word]}"]
        elif word in DECLARATIONS:
            self.frame.declared.append(DECLARATIONS[word])
            self.frame.starts.append(len(self.frame.out))
        elif word in LATEX_STYLES:
            waiting = self.frame.queue[:1] if not self.frame.given else []
            self.frame.queue = ["|".join([LATEX_STYLES[word], *waiting]), *self.frame.queue[1:]]
            self.quotes += LATEX_STYLES[word] == "quote"
        elif word in ARGUMENTS:
            self.frame.queue, self.frame.given = list(ARGUMENTS[word]), []
        elif word in NOTHING:
            return
        elif word in SPACES:
            self.piece(" ")
        elif found := symbol(word):
            self.piece(found)
        elif self.report:
            self.report(f"\\{word}", offset)

    def open(self) -> None:
        kind = self.frame.queue.pop(0) if self.frame.queue else ""
        self.frames.append(_Frame(kind))

    def close(self) -> None:
        self.accents = ""
        if len(self.frames) == 1:
            return
        frame = self.frames.pop()
        self.end_declarations(frame)
        self.argument(frame.kind, "".join(frame.out))

    def end_declarations(self, frame: _Frame) -> None:
        for kind, start in zip(reversed(frame.declared), reversed(frame.starts), strict=True):
            frame.out[start:] = [self.styled(kind, "".join(frame.out[start:]))]

    def plain(self, text: str) -> None:
        """Letters as they stand; an argument without braces is the first of them."""
        while text and self.frame.queue and not text.isspace():
            kind = self.frame.queue.pop(0)
            self.argument(kind, self.accented(text[0]))
            text = text[1:]
        if text:
            self.frame.out.append(self.accented(text))

    def piece(self, text: str) -> None:
        """What a command stands for: an argument as a whole, where one is awaited."""
        if text.strip() and self.frame.queue:
            self.argument(self.frame.queue.pop(0), self.accented(text))
        elif text:
            self.frame.out.append(self.accented(text) if text.strip() else text)

    def accented(self, text: str) -> str:
        if not self.accents:
            return text
        letter = {"ı": "i", "ȷ": "j"}.get(text[0], text[0])
        accents, self.accents = self.accents, ""
        return unicodedata.normalize("NFC", letter + accents) + text[1:]

    def argument(self, kind: str, text: str) -> None:
        """An argument is complete: put it out, or keep it for the one that follows."""
        frame = self.frame
        if frame.queue:
            frame.given.append(text)
            return
        if kind == "unprinted" and frame.given:
            text = frame.given.pop()  # \texorpdfstring: the first argument is what is printed.
        elif kind == "unit" and frame.given:
            text = f"{frame.given.pop()} {text}"
        elif kind == "denominator" and frame.given:
            text = fraction(frame.given.pop(), text)
        elif kind == "linked" and frame.given:
            address = frame.given.pop()
            text = text if self.rich or address == text else f"{text} ({address})"
        elif kind.startswith("dropped"):
            text = ""
        else:
            text = self.styled(kind, text)
        if text:
            frame.out.append(text)

    def styled(self, kind: str, text: str) -> str:
        for one in kind.split("|"):
            text = self.restyled(one, text)
        return text

    def restyled(self, kind: str, text: str) -> str:
        if not text.strip():
            return text
        if kind == "quote":
            self.quotes -= 1
            return f"“{text}”" if self.quotes == 0 else f"‘{text}’"
        if kind.startswith("accent "):
            return unicodedata.normalize("NFC", text[0] + kind[7:]) + text[1:]
        if kind.startswith("letters "):
            return "".join(letter_of(kind[8:], letter) for letter in text)
        if kind in _CHANGES:
            return _CHANGES[kind](text)
        if kind == "formula":
            return formula(text) if self.rich else text
        if self.rich:
            return f"<{kind}>{text}</{kind}>" if kind in _TAGS else _SMALL_CAPS.format(text) if kind == "sc" else text
        table = {"sup": _RAISED, "sub": _LOWERED}.get(kind)
        return text.translate(table) if table and all(ord(sign) in table for sign in text) else text


_CHANGES: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "round": lambda text: f"({text})",
    "square": lambda text: f"[{text}]",
    "note": lambda text: f" ({text})",
    "root": lambda text: f"√{text}" if len(text) == 1 else f"√({text})",
}


def _closing(text: str, start: int) -> int:
    """Where the group ends that begins here; 0 where none does."""
    if not text.startswith("{", start):
        return 0
    depth = 0
    for brace in re.finditer(r"\\[{}]|[{}]", text[start : start + 10_000]):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if depth == 0:
            return start + brace.start()
    return 0


_WRAPPED = re.compile(r"\s*\\(?:url|path|nolinkurl)\s*\{(.*)\}\s*", re.DOTALL)
_ESCAPED = re.compile(r"\\([_%&#~$^{}\\])|[{}]")


def decode_address(text: str) -> str:
    """A URL, DOI or other identifier: only escapes, grouping braces and `\\url` are taken away."""
    wrapped = _WRAPPED.fullmatch(text)
    return _ESCAPED.sub(lambda found: found[1] or "", wrapped[1] if wrapped else text).strip()
