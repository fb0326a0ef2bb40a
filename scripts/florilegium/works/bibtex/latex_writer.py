"""Texts, addresses, names and keys as BibTeX and BibLaTeX have them; `latex_reader.py` reads them back."""

import re

from ...core.model import Name

__all__ = ["entry_key", "escape_latex", "listed_name", "text_field", "verbatim_field"]

_VERBATIM = frozenset(("doi", "url"))

_SIGNS = {
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "{}%&#$_"},
}
# BibTeX counts braces, escaped or not, so a lone one must not stand in a field. Not every program knows these.
_LONE = {"{": "\\textbraceleft{}", "}": "\\textbraceright{}"}
_SPECIAL = re.compile(r"[\\{}~^%&#$_]")
_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=`)(?=`)|(?<=')(?=')|(?<=,)(?=,)")


def entry_key(key: str) -> str:
    """The nearest key that an entry can have; different keys of CSL may become one."""
    return re.sub(r"[^A-Za-z0-9_:.+/-]+", "-", key).strip("-") or "work"


def escape_latex(text: str, whole: str = "") -> str:
    """The text as LaTeX; `whole` is that of the field, where this is a part of it."""
    flat = " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
    signs = _SIGNS if _has_pairs(whole or text) else _SIGNS | _LONE
    return _SPECIAL.sub(lambda sign: signs[sign[0]], _LIGATURE.sub("\x00", flat)).replace("\x00", "{}")


def _has_pairs(text: str) -> bool:
    """Whether every brace is one of a pair, as in `{a}`."""
    depth = 0
    for brace in re.findall(r"[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def text_field(text: str) -> str:
    return f"{{{escape_latex(text)}}}" if text else "{}"


def verbatim_field(text: str, field: str) -> str:
    """An address is taken letter by letter, so what would end the field is percent-encoded."""
    if field not in _VERBATIM:
        return text_field(text)
    address = re.sub(r"[\\{}\s]", lambda sign: f"%{ord(sign[0]):02X}", text)
    return f"{{{address}}}"


def listed_name(name: Name) -> str:
    if name.literal:
        return f"{{{escape_latex(name.literal)}}}"
    particles = [escape_latex(p) for p in (name.dropping_particle, name.non_dropping_particle) if p]
    parts = [" ".join([*particles, _part(name.family, family=True)])]
    parts += [_part(part) for part in (name.suffix, name.given) if part]
    if name.suffix and not name.given:
        parts.append("{}")
    return ", ".join(parts) if name.given or name.suffix or particles else _braced(name.family)


def _part(text: str, *, family: bool = False) -> str:
    """Part of a name; in braces where BibTeX would take it apart."""
    divided = "," in text or re.search(r"\band\b", text, re.IGNORECASE) is not None
    return _braced(text) if divided or (family and re.search(r"(?:^|\s)[a-z]", text)) else escape_latex(text)


def _braced(text: str) -> str:
    """A family name alone stays one: in braces it would be an institution's."""
    escaped = escape_latex(text)
    return escaped if re.fullmatch(r"[^\sa-z,]\S*", text) and "," not in text else f"{{{escaped}}}"
