"""Ids of notes, themes, quotes and notices: what one looks like, and one made from words in any script."""

import re
from collections.abc import Container
from unicodedata import normalize

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
"""What an id of a note, theme, quote or notice looks like."""

MAX_ID_LENGTH = 64
LIST_ID = "index"
"""An id that no note and no theme can have: the page of this name is the list of them."""

_SHORT = 40
_SHORT_WORDS = 5
_SPELLINGS = {
    "de": str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"}),
    "da": str.maketrans({"å": "aa", "ø": "oe"}),
}
_SPELLINGS |= dict.fromkeys(("nb", "nn", "no"), _SPELLINGS["da"])
"""How a language itself writes its letters in ASCII, where that is not the letter without its mark."""
# Compiled where a name needs it: that takes a fiftieth of a check in which nothing has changed.
_IDEOGRAPH = "([\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"


def is_id(text: str) -> bool:
    """Whether a text is a valid id."""
    return len(text) <= MAX_ID_LENGTH and ID.match(text) is not None


def propose_id(words: str, language: str = "", otherwise: str = "quote", *, long: bool = False) -> str:
    """An id made from the first words, five and 40 characters at most: `heroin-helps-me-forget`.

    Any script is transliterated, by the rule of `language` (a tag such as `de-AT`) where it has one of its own.
    `otherwise` is for words without letters and digits; a `long` id has as many words as an id can hold.
    """
    text = normalize("NFC", words[:1000]).lower()
    text = text.translate(_SPELLINGS.get(language.lower().partition("-")[0], {}))
    if not text.isascii():
        from anyascii import anyascii

        text = anyascii(re.sub(_IDEOGRAPH, r" \1 ", text)).lower()
    parts = re.findall(r"[a-z0-9]+", re.sub("['`]", "", text))
    most, length = (len(parts), MAX_ID_LENGTH) if long else (_SHORT_WORDS, _SHORT)
    proposal = ""
    for part in parts[:most]:
        longer = f"{proposal}-{part}" if proposal else part[:length]
        if len(longer) > length:
            break
        proposal = longer
    return proposal or otherwise


def free_id(proposal: str, taken: Container[str]) -> str:
    """The proposal, or where that is taken, the first of `proposal-2`, `proposal-3` and so on that is not."""
    if proposal not in taken:
        return proposal
    numbered = (f"{proposal[: MAX_ID_LENGTH - 8].rstrip('-')}-{number}" for number in range(2, 1_000_000))
    return next(id_ for id_ in numbered if id_ not in taken)
