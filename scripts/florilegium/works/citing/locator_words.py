"""Words for places in a work, in several languages, where a style or pandoc has none of its own.

The short forms are those of CSL's locales (https://github.com/citation-style-language/locales).
"""

import re

from ...markdown.citations import LOCATOR_LABELS

__all__ = ["localised_places", "place_word"]

_WORDS: dict[str, dict[str, str | tuple[str, str]]] = {
    "de": {
        "page": "S.", "chapter": "Kap.", "volume": ("Bd.", "Bde."), "section": "Abschn.", "paragraph": "Abs.",
        "figure": "Abb.", "line": "Z.", "note": "Anm.", "number": "Nr.", "folio": "Bl.", "column": "Sp.",
        "part": "Teil", "book": "Buch", "verse": "V.", "sub-verbo": "s. v.", "issue": "H.",
        "table": "Tab.", "act": "Akt",
        "scene": "Szene", "appendix": "Anh.", "supplement": "Suppl.", "equation": "Gl.", "rule": "Regel",
        "canon": "Can.", "article-locator": "Art.", "title-locator": "Tit.", "opus": "op.",
    },
    "es": {
        "page": ("p.", "pp."), "chapter": ("cap.", "caps."), "volume": ("vol.", "vols."), "section": "sec.",
        "paragraph": ("párr.", "párrs."), "figure": ("fig.", "figs."), "line": "l.", "note": "n.",
        "number": ("núm.", "núms."), "folio": ("f.", "ff."), "column": "col.", "part": "parte", "book": "lib.",
        "verse": "v.", "sub-verbo": "s. v.", "table": "tabla", "act": "acto", "scene": "esc.", "appendix": "ap.",
        "equation": "ec.", "rule": "regla", "article-locator": ("art.", "arts."), "title-locator": "tít.",
    },
    "fr": {
        "page": "p.", "chapter": "chap.", "volume": "vol.", "section": "sect.", "paragraph": "paragr.",
        "figure": "fig.", "line": "l.", "note": "n.", "number": ("n°", "nᵒˢ"), "folio": ("fᵒ", "fᵒˢ"),
        "column": "col.", "part": "part.",
        "book": "liv.", "verse": "v.", "sub-verbo": "s. v.", "table": "tabl.", "act": "acte", "scene": "sc.",
        "appendix": "app.", "supplement": "suppl.", "equation": "éq.", "rule": "règle", "article-locator": "art.",
        "title-locator": "tit.",
    },
    "it": {"page": ("p.", "pp."), "chapter": "cap.", "volume": "vol.", "section": "sez.", "figure": "fig.",
           "number": "n.", "table": "tab.", "article-locator": "art."},
    "nl": {"page": "p.", "chapter": "hfdst.", "volume": "vol.", "section": "par.", "figure": "fig.", "number": "nr.",
           "table": "tab.", "article-locator": "art."},
    "pt": {"page": ("p.", "p."), "chapter": "cap.", "volume": "vol.", "section": "sec.", "figure": "fig.",
           "number": "n.º", "table": "tab.", "article-locator": "art."},
}  # fmt: skip
_SEVERAL = re.compile(r"[,&‐‑‒–—-]")
_LABELS = {word: label for label, words in LOCATOR_LABELS.items() for word in words if len(word) > 1}
_SECOND = re.compile(
    rf"(,\s*)({'|'.join(sorted(map(re.escape, _LABELS), key=len, reverse=True))})(?:(?<=[.§¶])\s*|\s+)"
    r"((?:[A-Za-z]?\d|[ivxlc]+\b)[\w.:–-]*(?:\s*[–-]\s*\w+)?)"
)


def place_word(label: str, value: str, language: str, *, long: bool = False) -> str:
    """The word for a place such as `12` or `12-15`, with a space behind it: `p. `; nothing for a point in time.

    With `long`, English has the whole word: `Table `.
    """
    if label == "timestamp":
        return ""
    if long and language.lower().startswith("en"):
        return f"{label.removesuffix('-locator').replace('-', ' ').capitalize()} "
    words = _WORDS.get(language.partition("-")[0].lower(), {}).get(label) or LOCATOR_LABELS.get(label, ("", ""))[:2]
    several = _SEVERAL.search(value) is not None
    word = words if isinstance(words, str) else words[several and len(words) > 1]
    return f"{word} " if word else ""


def localised_places(suffix: str, language: str) -> str:
    """What follows a locator, its own places in the language too: `, p. 5` becomes `, S. 5`."""
    if language.lower().startswith("en"):
        return suffix
    return _SECOND.sub(lambda found: found[1] + place_word(_LABELS[found[2]], found[3], language) + found[3], suffix)
