"""Texts, titles, addresses, names and keys as BibTeX and BibLaTeX have them; `latex_reader.py` reads them back."""

import re

from ...core.rich_text import RichRun, read_runs
from ...core.sources import Name

_SIGNS = {
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "{}%&#$_"},
}
# BibTeX counts braces, escaped or not, so a lone one must not stand in a field. Not every program knows these.
_LONE = {"{": "\\textbraceleft{}", "}": "\\textbraceright{}"}
_SPECIAL = re.compile(r"[\\{}~^%&#$_]")
_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=')(?=')|(?<=,)(?=,)|(?<=<)(?=<)|(?<=>)(?=>)")
_COMMANDS = {
    "i": "\\emph", "b": "\\textbf", "sup": "\\textsuperscript", "sub": "\\textsubscript", "sc": "\\textsc",
}  # fmt: skip


def entry_key(key: str) -> str:
    """The nearest key that an entry can have; different keys of CSL may become one."""
    return re.sub(r"[^A-Za-z0-9_:.+/-]+", "-", key).strip("-") or "work"


def escape_latex(text: str) -> str:
    visible = text if text.isprintable() else "".join(c for c in text if c.isprintable() or c.isspace())
    return _escaped(" ".join(visible.split()), text)


def _escaped(text: str, whole: str) -> str:
    if text.isalnum():
        return text
    signs = _SIGNS if _has_pairs(whole) else _SIGNS | _LONE
    text = _LIGATURE.sub("\x00", text.replace("`", "`\x00"))
    return _SPECIAL.sub(lambda sign: signs[sign[0]], text).replace("\x00", "{}")


def _has_pairs(text: str) -> bool:
    """Whether every brace is one of a pair, as in `{a}`."""
    if "{" not in text and "}" not in text:
        return True
    depth = 0
    for brace in re.findall(r"[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def text_field(text: str) -> str:
    return f"{{{escape_latex(text)}}}" if text else "{}"


def verbatim_field(text: str) -> str:
    """An address is taken letter by letter, so what would end the field is percent-encoded."""
    address = re.sub(r"[\\{}\s]", lambda sign: f"%{ord(sign[0]):02X}", text)
    return f"{{{address}}}"


# --------------------------------------------------------------------------------------------------------- titles


def rich_field(text: str) -> str:
    """A title whose markup has become commands, its capitals left to the style."""
    return f"{{{_commands(read_runs(text), protect=False)}}}" if text else "{}"


def title_field(text: str) -> str:
    """A title in which each word is in braces whose capitals a style must not lower, nor raise its first letter."""
    return f"{{{_commands(read_runs(text), protect=True)}}}" if text else "{}"


def _commands(runs: list[RichRun], *, protect: bool) -> str:
    """The runs as LaTeX: braces stand inside a command or outside, never across one."""
    plain = "".join(run.text for run in runs)
    written, before = [], ":" if protect else ""
    for run in runs:
        text = run.text
        if not text.isprintable():
            text = "".join(c if not c.isspace() else " " for c in text if c.isprintable() or c.isspace())
        pieces = []
        for word in re.split(r"( +)", text) if protect else (text,):
            if not word or word.isspace() or not protect:
                pieces.append(_escaped(word, plain))
                continue
            pieces.append(_protected(word, before, plain, always=run.nocase))
            before = word
        inner = "".join(pieces)
        for mark in reversed(run.marks):
            inner = f"{_COMMANDS[mark]}{{{inner}}}" if mark in _COMMANDS else inner
        written.append(inner)
    return " ".join("".join(written).split())


def _protected(word: str, before: str, title: str, *, always: bool) -> str:
    """`before` is the word before this one; the first letter after a colon or the like counts as that of a title."""
    letters = re.sub(r"^\W+|\W+$", "", word)
    raised, plain = letters[:1] != letters[:1].lower(), letters[1:] == letters[1:].lower()
    if before.endswith(":"):
        plain = plain and (raised or not letters[:1].isalpha())
    else:
        plain = plain and not raised and before[-1:] not in (".", "?", "!")
    escaped = _escaped(word, title)
    return escaped if plain and not always else f"{{{escaped}}}"


# ---------------------------------------------------------------------------------------------------------- names


def listed_name(name: Name, dropping: str = "behind") -> str:
    """A name of a list, a dropping particle `before` the family name, `behind` the given one, or in an `extended` name.

    `before` holds where the entry's option `useprefix` is false; the extended format is BibLaTeX's alone.
    """
    if name.literal:
        return name.literal if name.literal == "others" else f"{{{escape_latex(name.literal)}}}"
    if dropping == "extended" and name.dropping_particle:
        values = {"family": name.family, "given": name.given, "prefix": name.dropping_particle, "suffix": name.suffix}
        written = (f"{part}={{{escape_latex(text)}}}" for part, text in values.items() if text)
        return ", ".join([*written, "useprefix=false"])
    before = dropping == "before"
    given = " ".join(part for part in (name.given, "" if before else name.dropping_particle) if part)
    particle = name.non_dropping_particle or (name.dropping_particle if before else "")
    particles = [escape_latex(particle)] if particle else []
    parts = [" ".join([*particles, _part(name.family, family=True)])]
    parts += [_part(part) for part in (name.suffix, given) if part]
    if name.suffix and not given:
        parts.append("{}")
    return ", ".join(parts) if given or name.suffix or particles else _braced(name.family)


def _part(text: str, *, family: bool = False) -> str:
    """Part of a name; in braces where BibTeX would take it apart."""
    divided = "," in text or ";" in text or re.search(r"\b(?:and|et al)\b", text, re.IGNORECASE) is not None
    return _braced(text) if divided or (family and re.search(r"(?:^|\s)[a-z]", text)) else escape_latex(text)


def _braced(text: str) -> str:
    """A family name alone stays one: in braces it would be an institution's."""
    escaped = escape_latex(text)
    return escaped if re.fullmatch(r"[^\sa-z,;]\S*", text) and "," not in text else f"{{{escaped}}}"
