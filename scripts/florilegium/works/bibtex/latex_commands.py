"""The commands of LaTeX that bibliographies hold: accents, symbols, and what is done with an argument.

Symbols are those of pylatexenc's tables; the commands of BibLaTeX are in its manual, section 4.7, those of csquotes in
the package's own.
"""

import re
import unicodedata
from functools import cache

ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331", "t": "\u0361", "textcommabelow": "\u0326", "textcommaabove": "\u0313", "G": "\u030f", "U": "\u030e",
}  # fmt: skip
MATH_ACCENTS = {
    "bar": "\u0304", "overline": "\u0305", "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "vec": "\u20d7",
    "widetilde": "\u0303", "dot": "\u0307", "ddot": "\u0308", "acute": "\u0301", "grave": "\u0300", "check": "\u030c",
    "breve": "\u0306", "mathring": "\u030a", "underline": "\u0332",
}  # fmt: skip
ACCENT_CODES = {
    18: "\u0300", 19: "\u0301", 20: "\u030c", 21: "\u0306", 22: "\u0304", 23: "\u030a", 24: "\u0327", 94: "\u0302",
    95: "\u0307", 125: "\u030b", 126: "\u0303", 127: "\u0308",
}  # fmt: skip
"""TeX's own numbers of accents: `\\accent23u` is `ů`."""

LATEX_STYLES = {
    **dict.fromkeys("emph textit textsl mkbibemph mkbibitalic mathit".split(), "i"),
    **dict.fromkeys("textbf mkbibbold mathbf boldsymbol pmb bm".split(), "b"),
    **dict.fromkeys("textsuperscript mkbibsuperscript sp".split(), "sup"),
    **dict.fromkeys("textsubscript mkbibsubscript sb".split(), "sub"),
    **dict.fromkeys("textsc mkbibacro".split(), "sc"),
    **dict.fromkeys("enquote mkbibquote textquote".split(), "quote"),
    **dict.fromkeys("uppercase MakeUppercase MakeTextUppercase".split(), "upper"),
    **dict.fromkeys("lowercase MakeLowercase MakeTextLowercase".split(), "lower"),
    **dict.fromkeys("noopsort SortNoop sortnoop label index phantom hspace vspace".split(), "dropped"),
    **dict.fromkeys(
        "text textrm textnormal textup textmd texttt textsf mathrm mathsf mathtt mathnormal operatorname mbox hbox "
        "ensuremath MakeCapital autocap nocase NoCaseChange mkbibnamefamily mkbibnamegiven "
        "mkbibnameprefix mkbibnamesuffix mkbibbegin smash uline textulc textlf sout st ul uwave citetitle num si unit "
        "mkbibdateshort foreigntextquote".split(),
        "kept",
    ),
    "mkbibparens": "round", "mkbibbrackets": "square", "footnote": "note", "mkbibfootnote": "note", "sqrt": "root",
    "mathbb": "letters DOUBLE-STRUCK", "mathcal": "letters SCRIPT", "mathscr": "letters SCRIPT",
    "mathfrak": "letters FRAKTUR",
}  # fmt: skip
"""What becomes of the one argument of a command."""
ARGUMENTS = {
    **dict.fromkeys("frac tfrac dfrac nicefrac sfrac".split(), ("numerator", "denominator")),
    "texorpdfstring": ("printed", "unprinted"),
    **dict.fromkeys("SI qty".split(), ("quantity", "unit")),
    "ce": ("formula",),
    **dict.fromkeys("foreignlanguage textcolor selectlanguage textlang hyphenquote".split(), ("dropped", "kept")),
}
"""What becomes of the arguments of a command that has several."""
DECLARATIONS = {
    **dict.fromkeys("em it itshape sl slshape".split(), "i"),
    **dict.fromkeys("bf bfseries".split(), "b"),
    **dict.fromkeys("sc scshape".split(), "sc"),
}
NOTHING = frozenset(
    "relax protect newblock nobreak noindent selectfont upshape normalfont rmfamily sffamily ttfamily mdseries rm tt "
    "sf tiny scriptsize footnotesize small normalsize large Large displaystyle textstyle left right big Big limits "
    "nolimits mathstrut unskip ignorespaces nobreakdash allowbreak hyphenation null bgroup egroup boldmath sloppy "
    "raggedright bibopenparen addspace midsentence isdot".split()
)
"""Commands that say how something looks and not what it is."""
SPACES = frozenset(
    "quad qquad thinspace enspace space nobreakspace newline linebreak par hfill medspace thickspace".split()
)

_OWN = {
    "hyphen": "-", "bibhyphen": "-", "bibrangedash": "–", "slash": "/", "textslash": "/", "adddot": ".",
    "addcomma": ",", "addcolon": ":", "addhyphen": "-", "and": "and", "i": "ı", "j": "ȷ", "P": "¶", "S": "§",
    "degree": "°", "circ": "°", "euro": "€", "EUR": "€", "texteuro": "€", "pounds": "£", "ohm": "Ω",
    "textasciitilde": "~", "textasciicircum": "^", "textunderscore": "_", "lbrack": "[", "rbrack": "]",
    "SS": "ẞ", "textquotesingle": "'", "textquotedbl": '"', "quotesinglbase": "‚", "quotedblbase": "„", "to": "→",
    "guilsinglleft": "‹", "guilsinglright": "›", "guillemetleft": "«", "guillemetright": "»", "prime": "′",
    "TeX": "TeX", "LaTeX": "LaTeX", "BibTeX": "BibTeX", "LaTeXe": "LaTeX2e", "varepsilon": "ε", "vartheta": "ϑ",
    "varphi": "φ", "epsilon": "ε", "phi": "φ", "hbar": "ħ", "log": "log", "sin": "sin", "cos": "cos", "exp": "exp",
    "ln": "ln", "max": "max", "min": "min", "lim": "lim", "backslash": "\\", "textbackslash": "\\", "lbrace": "{",
    "rbrace": "}", "textbraceleft": "{", "textbraceright": "}", "oslash": "⊘", "mid": "|", "vert": "|", "sim": "∼",
    "langle": "⟨", "rangle": "⟩", "textmd": "", "copyright": "©", "textthorn": "þ",
    "textThorn": "Þ", "textdj": "đ", "dh": "ð", "DH": "Ð", "dj": "đ", "DJ": "Đ",
}  # fmt: skip
"""What pylatexenc does not have, or has otherwise."""
_PREFIXES = dict(zip("nano micro milli centi deci kilo mega giga".split(), "n µ m c d k M G".split(), strict=True))
_UNITS = {
    "gram": "g", "metre": "m", "meter": "m", "second": "s", "litre": "l", "liter": "l", "mole": "mol", "molar": "M",
    "hertz": "Hz", "kelvin": "K", "joule": "J", "watt": "W", "volt": "V", "electronvolt": "eV", "pascal": "Pa",
    "hour": "h", "day": "d", "percent": "%", "degreeCelsius": "°C", "celsius": "°C", "per": "/", "square": "²",
    "angstrom": "Å", "dalton": "Da", "tesla": "T",
}  # fmt: skip
_OWN |= {**_PREFIXES, **_UNITS}
"""Units of measurement (siunitx), put together from a prefix and a name."""


@cache
def _symbols() -> dict[str, str]:
    """Commands without arguments, and the signs that they stand for."""
    from pylatexenc.latex2text import get_default_latex_context_db  # it takes time to import
    from pylatexenc.latexencode import get_builtin_uni2latex_dict

    found: dict[str, str] = {}
    for code, latex in get_builtin_uni2latex_dict().items():
        if name := re.fullmatch(r"(?:\\ensuremath\{)?\\([A-Za-z]+)\}?", latex):
            found.setdefault(name[1], chr(code))
    for specs in get_default_latex_context_db().d.values():
        for name, spec in specs["macros"].items():
            sign = spec.simplify_repl
            if isinstance(sign, str) and sign.strip() and "%" not in sign:
                found[name] = sign
    greek = (
        "alpha beta gamma delta zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon "
        "chi psi omega"
    )
    for letter in greek.split():
        unicode = letter.upper().replace("LAMBDA", "LAMDA")
        found[letter] = unicodedata.lookup(f"GREEK SMALL LETTER {unicode}")
        found[letter.title()] = unicodedata.lookup(f"GREEK CAPITAL LETTER {unicode}")
        found[f"text{letter}"] = found[letter]
    return {**found, "textmu": "µ", **_OWN}


def symbol(word: str) -> str:
    """The sign that a command stands for; nothing where none is known."""
    return _OWN.get(word) or _symbols().get(word, "")


def formula(text: str) -> str:
    """A chemical formula: numbers behind an element or a bracket are lowered, a charge is raised."""
    text = re.sub(
        r"\^\{?([0-9]*[+-])\}?|(?<=[A-Za-z)\]0-9])([0-9]*[+-])$", lambda f: f"<sup>{f[1] or f[2]}</sup>", text
    )
    return re.sub(r"(?<=[A-Za-z)\]])([0-9]+)(?![0-9+-]*</sup>)", r"<sub>\1</sub>", text)


_VULGAR = {"1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾", "1/5": "⅕", "1/6": "⅙", "1/8": "⅛", "3/8": "⅜",
           "5/8": "⅝", "7/8": "⅞", "1/10": "⅒"}  # fmt: skip


def fraction(numerator: str, denominator: str) -> str:
    """A fraction on the line: `½`, `a/b`, `(a+b)/c`."""
    parts = [part if re.fullmatch(r"\w*", part) else f"({part})" for part in (numerator, denominator)]
    return _VULGAR.get("/".join(parts)) or "/".join(parts)


_LETTERLIKE = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))


def letter_of(alphabet: str, letter: str) -> str:
    """A letter of one of the mathematical alphabets; the letter itself where Unicode has no such one."""
    if alphabet == "DOUBLE-STRUCK" and letter in _LETTERLIKE:
        return _LETTERLIKE[letter]
    case = "CAPITAL" if letter.isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"MATHEMATICAL {alphabet} {case} {letter.upper()}")
    except KeyError:
        return letter
