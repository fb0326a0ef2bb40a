"""Contributed text as Markdown that shows it and does nothing else: no markup, no hyperlink, no image, no mention.

Escapes alone do not suffice. Code hosts look for `@name`, `#123`, web addresses and the like in the finished page,
where no escape is left. So an invisible WORD JOINER (U+2060) stands where such a name would begin.
"""

import re

from ...core.diagnostics import plain

_JOINER = "\u2060"
_NAMES = re.compile(
    r"""(?<=[@\#!~%$&:^+])(?=[\w/"\[({:`-])  # @user, #123, !12, ~label, %milestone, $snippet, &1, :emoji:, https:/
      | (?<=\bGH)(?=-[0-9])
      | (?<=\bwww)(?=\.)
      | (?<=\w)(?=[.@](?:[^\W\d_]|xn--))     # a host's name without a scheme, an address of mail
    """,
    re.VERBOSE | re.IGNORECASE,
)
_HEXADECIMAL = re.compile(r"\b[0-9a-f]{7,}\b", re.IGNORECASE)
"""Hosts take it for the id of a commit; it needs seven digits."""
_MARKUP = re.compile(r"[\\`*_{}\[\]#|~<>&$^=]|\A[+:-]|(?<=\A[0-9])[.)]|(?<=\A[0-9]{2})[.)]|(?<=\A[0-9]{3})[.)]")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def as_markdown(text: str, longest: int = 2_000) -> str:
    """Text, cut to a readable length, on one line, for a place where Markdown has running text."""
    words = " ".join(text.split())
    cut = words if len(words) <= longest else f"{words[:longest]} … ({len(words) - longest:,} more characters)"
    return _MARKUP.sub(_escape, _broken(plain(cut)))


def _broken(text: str) -> str:
    text = _HEXADECIMAL.sub(lambda match: _JOINER.join(re.findall(".{1,6}", match[0])), text)
    return _NAMES.sub(_JOINER, text)


def _escape(match: re.Match[str]) -> str:
    return _ENTITIES.get(match[0], f"\\{match[0]}")


def as_code(text: str, longest: int = 200) -> str:
    """A name, such as an id, as code: hosts look for nothing in it."""
    words = " ".join(plain(text[:longest]).split())
    cut = f"{words}…" if len(text) > longest else words
    runs = [len(run) for run in re.findall("`+", cut)]
    fence = "`" * (max(runs, default=0) + 1)
    space = " " if cut.startswith("`") or cut.endswith("`") or not cut else ""
    return f"{fence}{space}{cut or '?'}{space}{fence}"
