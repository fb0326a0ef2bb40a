"""LaTeX markup in the fields of BibTeX files, as plain text.

One pass without recursion, so that no nesting can exhaust it. Commands that are not known lose their name and
keep their argument: what stands in a title must not vanish from it.
"""

import re
import unicodedata

__all__ = ["decode_address", "decode_latex"]

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323",
    "c": "\u0327", "k": "\u0328", "b": "\u0331", "t": "\u0361",
}  # fmt: skip
_SYMBOLS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å",
    "l": "ł", "L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ",
    "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ", "textendash": "–", "textemdash": "—", "textquoteleft": "‘",
    "textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”", "quotedblbase": "„",
    "quotesinglbase": "‚", "guillemotleft": "«", "guillemotright": "»", "guillemetleft": "«",
    "guillemetright": "»", "textquotesingle": "'", "textquotedbl": '"', "ldots": "…", "dots": "…",
    "textellipsis": "…", "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^",
    "textunderscore": "_", "textbar": "|", "textless": "<", "textgreater": ">", "textbraceleft": "{",
    "textbraceright": "}", "slash": "/", "S": "§", "P": "¶", "copyright": "©", "textcopyright": "©",
    "textregistered": "®", "texttrademark": "™", "pounds": "£", "textsterling": "£", "euro": "€",
    "texteuro": "€", "textyen": "¥", "textdegree": "°", "degree": "°", "textmu": "µ", "textbullet": "•",
    "textperiodcentered": "·", "textexclamdown": "¡", "textquestiondown": "¿", "textonehalf": "½",
    "textordfeminine": "ª", "textordmasculine": "º", "dag": "†", "ddag": "‡", "TeX": "TeX",
    "LaTeX": "LaTeX", "BibTeX": "BibTeX", "times": "×", "pm": "±", "cdot": "·", "leq": "≤", "geq": "≥",
    "neq": "≠", "le": "≤", "ge": "≥", "ne": "≠", "approx": "≈", "sim": "∼", "to": "→", "rightarrow": "→",
    "leftarrow": "←", "infty": "∞", "prime": "′", "circ": "°", "varepsilon": "ε", "vartheta": "ϑ",
    "varphi": "φ",
}  # fmt: skip
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau "
    "upsilon phi chi psi omega"
)
# Unicode spells the name of one letter in another way.
for _letter in _GREEK.split():
    _name = _letter.upper().replace("LAMBDA", "LAMDA")
    _SYMBOLS[_letter] = unicodedata.lookup(f"GREEK SMALL LETTER {_name}")
    _SYMBOLS[_letter.title()] = unicodedata.lookup(f"GREEK CAPITAL LETTER {_name}")

_LIGATURES = {"---": "—", "--": "–", "``": "“", "''": "”", ",,": "„", "~": " "}
_SPACES = frozenset(" ,;:\\\n\t")
"""Signs that make a space after a backslash; other signs that are no accent stand for themselves."""

_SPECIAL = re.compile(r"[\\{}~$`',\s-]")
_TOKEN = re.compile(r"\\([A-Za-z]+)\*?\s*|\\(.)|(\$)|([{}])|(---?|``|''|,,|~)|(\s+)|([^\\${}`',~\s-]+|.)", re.DOTALL)


def decode_latex(text: str) -> str:
    """The plain text of a field, on one line: accents and symbols as Unicode, without commands and braces."""
    if not _SPECIAL.search(text):
        return text
    out: list[str] = []
    accents = ""
    dollars = text.count("$") - text.count("\\$")
    in_math = False
    for word, sign, dollar, brace, ligature, space, rest in _TOKEN.findall(text):
        if accent := _ACCENTS.get(word or sign):
            accents = accent + accents
            continue
        if dollar and dollars % 2 == 0:
            in_math = not in_math
            continue
        if brace:
            if brace == "}":
                accents = ""
            continue
        if space and accents:
            continue
        piece = _piece(word, sign, dollar, ligature, space, rest)
        if in_math and piece in ("^", "_"):
            continue
        if in_math and (sign or word) == "" and rest:
            piece = re.sub(r"[_^]", "", piece)
        if accents and piece:
            piece, accents = _accented(piece, accents), ""
        out.append(piece)
    return " ".join("".join(out).split())


def _piece(word: str, sign: str, dollar: str, ligature: str, space: str, rest: str) -> str:
    if word:
        return _SYMBOLS.get(word, "")
    if sign:
        return " " if sign in _SPACES else "" if sign in "-/!@()[]" else sign
    if ligature:
        return _LIGATURES[ligature]
    return " " if space else dollar + rest


def _accented(piece: str, accents: str) -> str:
    letter = {"ı": "i", "ȷ": "j"}.get(piece[0], piece[0])
    return unicodedata.normalize("NFC", letter + accents) + piece[1:]


_WRAPPED = re.compile(r"\s*\\url\s*\{(.*)\}\s*", re.DOTALL)
_ESCAPED = re.compile(r"\\([_%&#~$^{}\\])|[{}]")


def decode_address(text: str) -> str:
    """A URL, DOI or other identifier: only escapes, grouping braces and `\\url` are taken away."""
    wrapped = _WRAPPED.fullmatch(text)
    return _ESCAPED.sub(lambda found: found[1] or "", wrapped[1] if wrapped else text).strip()
