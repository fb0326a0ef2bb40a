"""Words for places in a work, in several languages, where a style or pandoc has none of its own.

The short forms are those of CSL's locales (https://github.com/citation-style-language/locales).
"""

import re

from ...markdown.locator_labels import LABEL_WORDS, LOCATOR_LABELS, label_pattern

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
    "he": {
        "page": "עמ׳", "chapter": "פרק", "volume": "כרך", "section": "סעיף", "paragraph": "פסקה", "figure": "איור",
        "line": "שורה", "note": "הערה", "number": "מס׳", "column": "טור", "part": "חלק", "book": "ספר",
        "verse": "פסוק", "sub-verbo": "ערך", "table": "טבלה", "act": "מערכה", "scene": "תמונה", "appendix": "נספח",
        "issue": "גיליון", "equation": "משוואה", "rule": "כלל", "article-locator": "סעיף", "title-locator": "כותרת",
    },
    "zh": {
        "page": "页", "chapter": "章", "volume": "卷", "section": "节", "paragraph": "段", "figure": "图", "line": "行",
        "note": "注", "number": "号", "column": "栏", "part": "部", "book": "册", "verse": "节", "sub-verbo": "词条",
        "table": "表", "act": "幕", "scene": "场", "appendix": "附录", "issue": "期", "equation": "式", "rule": "规则",
        "article-locator": "条", "title-locator": "编",
    },
    "sv": {"page": "s.", "chapter": "kap.", "volume": "vol.", "section": "avsn.", "figure": "fig.", "table": "tab.",
           "number": "nr", "article-locator": "art."},
    "pl": {"page": "s.", "chapter": "rozdz.", "volume": "t.", "section": "sekcja", "figure": "rys.", "table": "tab.",
           "number": "nr", "article-locator": "art."},
    "ru": {"page": "с.", "chapter": "гл.", "volume": "т.", "section": "разд.", "figure": "рис.", "table": "табл.",
           "number": "№", "line": "стк.", "part": "ч.", "book": "кн.", "article-locator": "ст."},
}  # fmt: skip
_SEVERAL = re.compile(r"[,&‐‑‒–—-]")
_SECOND = re.compile(
    rf"(,\s*)({label_pattern()})(?:(?<=[.§¶])\s*|\s+)((?:[A-Za-z]?\d|[ivxlc]+\b)[\w.:–-]*(?:\s*[–-]\s*\w+)?)"
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

    def localised(found: re.Match[str]) -> str:
        label = LABEL_WORDS.get(found[2]) or LABEL_WORDS[found[2].lower()]
        return found[1] + place_word(label, found[3], language) + found[3]

    return _SECOND.sub(localised, suffix)
