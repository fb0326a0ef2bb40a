"""Which forms are inflections of one word: Snowball's stemmers, for the languages that they know.

A browser needs no stemmer, since every form in the index stands beside its stem.
"""

from collections.abc import Callable
from functools import cache

_ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""Language subtag (BCP 47) to the name of an algorithm (https://snowballstem.org/algorithms/)."""


@cache
def stemmer_for(language: str) -> Callable[[str], str]:
    """A function from a folded word to its stem; for a language without a stemmer, to the word itself."""
    import snowballstemmer

    name = _ALGORITHMS.get(language.lower().split("-")[0], "")
    if name not in snowballstemmer.algorithms():
        return str
    stem: Callable[[str], str] = snowballstemmer.stemmer(name).stemWord
    return stem
