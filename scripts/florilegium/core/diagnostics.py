"""What is found in a library: a finding is a value that names the rule, the place and the likely remedy."""

import os
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from .errors import CannotRun
from .rules import Severity
from .spans import Span
from .values import FrozenValue

_SHOWN = 80
"""Characters of a contributor's value that a message repeats; longer ones are cut in the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A second place that explains a finding, such as the first use of a name that must be unique."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic(FrozenValue):
    """One finding, in the shape of the Language Server Protocol's `Diagnostic`."""

    rule: str
    """The name of a rule of `rules.RULES`."""
    span: Span
    message: str
    """What is wrong, in one sentence without a full stop; contributors' values in it went through `quoted`."""
    help: str = ""
    """The likely remedy."""
    related: tuple[Related, ...] = ()
    severity: Severity = Severity.ERROR
    about: str = ""
    """The citation key, the id or the key of a front matter that it concerns; exceptions can be limited to it."""

    @property
    def order(self) -> tuple[Span, str, str]:
        """The one total order of all reports: by place, then by rule, then by words."""
        return (self.span, self.rule, self.message)


def first_few(names: Sequence[str], most: int) -> str:
    """Names in one line, and of more than so many how many follow: `a, b and 3 more`."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 quotation`, `7 quotations`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def plain(text: str) -> str:
    """Make any text safe to print: control, bidi and invisible characters become visible escapes."""
    if text.isascii() and text.isprintable():
        return text
    if _BYTES.search(text):
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    # That is false for controls, formats (bidi, zero-width), surrogates, private use and separators.
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text)


def printable(text: str) -> str:
    """Text that no terminal takes for a command, nor a build service: GitHub looks for `##[` anywhere in a line."""
    return plain(text).replace("##[", "# #[")


_BYTES = re.compile("[\udc80-\udcff]")
"""How Python keeps the bytes of a name that the locale has no letters for: under `LC_ALL=C`, all that are not ASCII."""


def shell_word(name: str | os.PathLike[str]) -> str:
    """A name as one word of a command that can be pasted into a shell, whatever the locale says of its bytes."""
    data = name.encode("utf-8", "surrogateescape") if isinstance(name, str) else os.fsencode(name)
    text = data.decode("utf-8", "surrogateescape")
    if text.isprintable():
        import shlex

        return shlex.quote(text)
    # Bash, zsh and ksh read such words, and since 2024 POSIX has them.
    signs = (chr(byte) if 0x20 <= byte < 0x7F and byte not in b"'\\\\" else f"\\x{byte:02x}" for byte in data)
    return f"$'{''.join(signs)}'"


def quoted(value: object) -> str:
    """A contributor's value for use inside a message: in quotes, escaped, cut to a readable length."""
    text = str(value)
    if len(text) > _SHOWN:
        text = f"{text[: _SHOWN * 2 // 3]}…{text[-_SHOWN // 3 :]}"
    return f'"{plain(text)}"'


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, or None when nothing is near enough."""
    candidates: Sequence[str] = [name for name in known if abs(len(name) - len(word)) <= 3]
    folded = {name.casefold(): name for name in candidates}
    if word.casefold() in folded:
        return folded[word.casefold()]
    from difflib import get_close_matches  # it takes time to import, and most libraries misspell nothing

    near = get_close_matches(word.casefold(), list(folded), n=3, cutoff=0.75)
    # Of words that are equally near, the one with the same letters was meant: to swap two is the commonest slip.
    near.sort(key=lambda name: sorted(name) != sorted(word.casefold()))
    return folded[near[0]] if near else None


_GUESS = re.compile(r'did you mean "(.*)"\?')


def guessed_name(finding: Diagnostic) -> str:
    """The name that a remedy takes a misspelt one for, as `did_you_mean` words it; empty where it takes it for none."""
    guess = _GUESS.search(finding.help)
    return guess[1] if guess else ""


def insist_known(what: str, name: str, known: Collection[str], otherwise: str = "") -> None:
    """Raise `CannotRun` for a name, of a `theme` for one, that nothing has."""
    if name not in known:
        raise CannotRun(f"there is no {what} {quoted(name)}", did_you_mean(name, known, otherwise))


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """The help text for an unknown name: the closest known one, or a general remedy."""
    match = closest(word, known)
    return f"did you mean {quoted(match)}?" if match else otherwise
