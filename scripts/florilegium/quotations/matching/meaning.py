"""Words that turn or limit what is said: negations, hedges, limits, in the languages of libraries."""

import re
from collections.abc import Iterator

from .brackets import Bracket, GapKind, count_letters

_NEGATIONS = {
    "en": (
        "not never no none nor neither nobody nothing nowhere cannot without hardly scarcely barely rarely "
        "seldom un non"
    ),
    "de": "nicht nie niemals kein keine keinen keinem keiner keines nichts niemand nirgends weder ohne kaum un",
    "fr": "ne n pas jamais aucun aucune rien personne ni sans guère",
    "es": "no nunca jamás ningún ninguna ninguno nada nadie ni sin tampoco apenas",
    "it": "non mai nessun nessuno nessuna niente nulla né senza neppure",
    "nl": "niet nooit geen niets niemand nergens noch zonder nauwelijks on",
    "pt": "não nunca jamais nenhum nenhuma nada ninguém nem sem",
    "sv": "inte aldrig ingen inget inga ej utan o",
    "da": "ikke aldrig ingen intet ej uden u",
    "nb": "ikke aldri ingen intet ei uten u",
    "nn": "ikkje aldri ingen inkje utan u",
    "no": "ikke aldri ingen intet ei uten u",
    "pl": "nie nigdy nikt nic żaden żadna żadne ani bez",
    "cs": "ne nikdy nikdo nic žádný žádná žádné ani bez není nebyl nebyla nebylo",
    "fi": "en et ei emme ette eivät älä koskaan mitään ilman",
    "hu": "nem ne nincs soha senki semmi sem nélkül",
    "tr": "değil hiç asla yok hayır",
    "ro": "nu niciodată nimeni nimic nici fără",
    "ca": "no mai cap res ningú ni sense",
    "la": "non nec neque nunquam numquam nemo nihil nil nullus nulla nullum haud sine ne",
}
_OTHER_SCRIPTS = frozenset(
    (
        "не нет ни нельзя никогда никто ничего ничто нигде без вовсе ні ніколи ніхто нічого немає"
        " δεν δε μη μην ούτε ποτέ όχι χωρίς κανείς τίποτα οὐ οὐκ οὐχ μή οὐδέ"
        " לא אין אל בלי מעולם אף אינו אינה אינם לעולם"
        " لا لم لن ليس ليست غير بدون ما أبدا أبداً نه نیست هیچ"
        " नहीं न मत बिना कभी"
    ).split()
)
"""Negations of languages whose script tells them from those of others."""
_UNSPACED_NEGATION = re.compile(
    "[不没沒無无未莫勿]|非(?!常)|ない|なかっ|なく|ません|ずに|せず|らず|않|없|못[하했]|아니|(?<![가-힣])안 |ไม่"
)
"""The same of languages that put no space between words, or join the negation to the verb."""
_LIMITS = {
    "en": (
        "only merely solely if unless except provided may might could perhaps possibly probably presumably "
        "allegedly suggests suggested seems seemed appears appeared almost nearly partly sometimes occasionally"
    ),
    "de": (
        "nur bloß wenn falls sofern außer vielleicht möglicherweise wohl vermutlich angeblich scheint scheinen "
        "fast manchmal"
    ),
    "fr": "seulement si sauf peut-être probablement semble presque parfois",
    "es": "solo sólo si salvo excepto quizás quizá probablemente parece casi",
    "it": "solo se salvo tranne forse probabilmente sembra quasi talvolta",
    "nl": "alleen tenzij behalve misschien waarschijnlijk lijkt bijna soms",
    "pt": "só somente se salvo exceto talvez provavelmente parece quase",
}
"""What limits or doubts its own sentence."""
_WIDER = {
    "en": (
        "apparently seemingly likely unlikely until unlike although though whereas however but some often usually "
        "mostly assuming suggest appear seem about approximately under when where among within patients "
        "participants subjects adults children women men mice rats adolescents"
    ),
    "de": (
        "kann könnte könnten dürfte wahrscheinlich obwohl jedoch aber manche oft meist teilweise etwa bei "
        "patienten frauen männer kinder erwachsenen"
    ),
    "fr": "peut pourrait sinon bien mais cependant souvent chez patients",
    "es": "puede podría aunque pero algunos a-veces en pacientes",
    "it": "può potrebbe benché ma alcuni pazienti",
    "nl": "kan zou als hoewel maar vaak bij patiënten",
    "pt": "pode poderia embora mas alguns pacientes",
}
"""What also counts as a limit or doubt where a quotation cuts it off: for whom something holds, and when."""
_PREFIXES = {
    "en": ("un", "in", "im", "ir", "il", "non", "dis", "mis", "anti", "a"),
    "de": ("un", "in", "im", "miss", "nicht", "anti"),
    "fr": ("in", "im", "ir", "il", "non", "dés", "mal", "anti"),
    "es": ("in", "im", "ir", "des", "no", "anti"),
    "it": ("in", "im", "ir", "non", "dis", "s", "anti"),
    "nl": ("on", "in", "im", "niet", "anti"),
    "pt": ("in", "im", "ir", "não", "des", "anti"),
    "sv": ("o", "in", "im", "icke"),
    "da": ("u", "in", "im", "ikke"),
}
_SUFFIXES = ("not", "n't", "nt", "'t", "less", "free", "los", "loos")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def _table(tables: dict[str, str], language: str) -> frozenset[str]:
    primary = language.split("-", maxsplit=1)[0].lower()
    return frozenset(" ".join([tables["en"], tables.get(primary, "")]).split())


def _prefixes(language: str) -> tuple[str, ...]:
    return (*_PREFIXES["en"], *_PREFIXES.get(language.split("-", maxsplit=1)[0].lower(), ()))


def _words(text: str) -> list[str]:
    return [word.replace("’", "'") for word in _WORD.findall(text.casefold())]


def _negations(text: str, language: str) -> int:
    table = _table(_NEGATIONS, language) | (_OTHER_SCRIPTS if not text.isascii() else frozenset())
    unspaced = len(_UNSPACED_NEGATION.findall(text)) if not text.isascii() else 0
    return unspaced + sum(word in table or word.endswith("n't") or _is_negated(word) for word in _words(text))


_UN = re.compile(r"un(?!a\Z|c(?:le|t)|de?r|i[^nm]|less|til|to\Z)[a-z]{4,}")
_NEGATED = frozenset(
    "impossible improbable impractical inaccurate incomplete incorrect inability incapable insufficient ineffective"
    " insignificant inconsistent invalid invisible irrelevant irregular illegal disagree disagreed dislike disliked"
    " dissatisfied absent absence lack lacked lacking failed fail fails".split()
)


def _is_negated(word: str) -> bool:
    """Whether a word says that something is not so: `unlikely`, `impossible`; but not `under`, `unit`."""
    return word in _NEGATED or _UN.fullmatch(word) is not None


def holds_negation(text: str, language: str = "en") -> bool:
    """Whether a text negates something."""
    return _negations(text, language) > 0


def holds_qualification(text: str, language: str = "en") -> bool:
    """Whether a text limits or doubts what stands beside it: a negation, a hedge, a condition, for whom it holds."""
    qualifications = _table(_LIMITS, language) | _table(_WIDER, language)
    return holds_negation(text, language) or not qualifications.isdisjoint(_words(text))


def changes_meaning(bracket: Bracket, language: str = "en") -> bool:
    """Whether a bracket turns what is said.

    It puts in or leaves out a negation or, within a sentence, a limit; it puts one number for another or for none, a
    word for its opposite, other letters at the beginning or in the midst of a word.
    """
    if bracket.literal:
        return False
    content, hidden = bracket.content.casefold(), bracket.hidden.casefold()
    if bracket.kind is GapKind.OMISSION:
        return holds_negation(hidden, language) or _holds_limit(hidden, language)
    if content.strip() == hidden.strip():
        return False
    if bracket.kind in (GapKind.NOTHING, GapKind.WITHIN_WORD):
        affixes = (*_prefixes(language), *_SUFFIXES)
        # At the beginning a letter may change its case; at the end words change their form.
        if (bracket.leads or bracket.kind is GapKind.WITHIN_WORD) and count_letters(content + hidden):
            return True
        return any(part in affixes and len(part) > 1 for part in (content, hidden))
    if _negations(content, language) != _negations(hidden, language) or any(_turned(content, hidden, language)):
        return True
    if any(_are_opposites(content, hidden)) or (_holds_limit(hidden, language) and not _holds_limit(content, language)):
        return True
    numbers, written = set(_NUMBER.findall(hidden)), set(_NUMBER.findall(content))
    if not numbers:
        # A year tells when something was.
        return any(not _YEAR.fullmatch(number) for number in written)
    return bool(count_letters(content)) and not numbers <= written


_YEAR = re.compile(r"1[0-9]{3}|20[0-9]{2}")
_SENTENCE = re.compile(r"[.!?。！？][\"')\]]*\s")


def _holds_limit(text: str, language: str) -> bool:
    return not _SENTENCE.search(text) and not _table(_LIMITS, language).isdisjoint(_words(text))


_OPPOSITES = tuple(
    (frozenset(one.split()), frozenset(other.split()))
    for one, other in (
        ("more most", "less least fewer fewest"),
        ("higher high highest", "lower low lowest"),
        (
            "increase increased increases increasing rise rose risen",
            "decrease decreased decreases decreasing fall fell",
        ),
        ("better best improved improve improves", "worse worst worsened worsen worsens"),
        ("always all every everybody everyone everything", "sometimes some few somebody someone something"),
        ("before earlier", "after later"),
        ("with", "without"),
        ("right true correct", "wrong false incorrect"),
        ("safe", "dangerous unsafe"),
        ("significant", "insignificant"),
        ("present", "absent"),
        ("positive", "negative"),
        ("began begin started start", "ended end stopped stop"),
        ("for", "against"),
        ("above over", "below under"),
        ("good", "bad"),
        ("many much", "few little"),
        ("often frequently", "seldom rarely"),
        ("easy", "difficult hard"),
        ("success succeeded", "failure failed"),
    )
)
"""Words of English of which one says the opposite of the other."""


def _are_opposites(content: str, hidden: str) -> Iterator[bool]:
    mine, theirs = frozenset(_words(content)), frozenset(_words(hidden))
    for one, other in _OPPOSITES:
        yield bool((mine & one and theirs & other) or (mine & other and theirs & one))


def puts_in_negation(content: str, language: str = "en") -> bool:
    """Whether a bracket itself shows that it negates: `[not]`, `[never]`, `[un]`."""
    folded = content.casefold().strip()
    return holds_negation(content, language) or folded in _SUFFIXES or folded in _WHOLE_PREFIXES


_WHOLE_PREFIXES = ("un", "non", "dis", "im", "ir")


def _turned(content: str, hidden: str, language: str) -> Iterator[bool]:
    """Whether a word of one is a word of the other with a negating beginning or end."""
    mine, theirs = _words(content), _words(hidden)
    for one in mine:
        for other in theirs:
            longer, shorter = sorted((one, other), key=len, reverse=True)
            if longer != shorter and len(shorter) > 2:
                yield longer.endswith(shorter) and longer[: -len(shorter)] in _prefixes(language)
                yield longer.startswith(shorter) and longer[len(shorter) :] in _SUFFIXES
    for word in mine + theirs:
        yield word in _prefixes(language) and len(word) > 1 and word not in ("in", "il", "a")
