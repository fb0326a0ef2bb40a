"""Who speaks in a quotation: its speaker, read with the roles of the library and the people of the work."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from ..core.model import Quote, Role
from ..core.sources import Source
from ..markdown.speakers import SpeakerFault, Voice, WorkPerson, parse_speaker
from .links import Links

_PEOPLE = ("author", "editor")
"""The name variables whose people can speak under their own name; each is a role too, where the library has it."""


def role_names(roles: Mapping[str, Role]) -> dict[str, tuple[str, ...]]:
    """The names by which an attribution can call each role: its id, with spaces for hyphens too, and its label."""
    return {id_: tuple(dict.fromkeys([id_, id_.replace("-", " "), role.label])) for id_, role in roles.items()}


def named_people(source: Source | None, roles: Mapping[str, Role]) -> Iterator[WorkPerson]:
    """The authors and editors of a work, by the names that its reference gives them."""
    for variable in _PEOPLE if source else ():
        role = next((id_ for id_ in (variable, "author") if id_ in roles), "")
        for name in source.names.get(variable, ()) if source else ():
            forms = (name.full, name.short, name.family, f"{name.given} {name.family}")
            yield WorkPerson(full=name.full, forms=tuple(dict.fromkeys(map(str.strip, forms))), role=role)


def read_voices(links: Links, quote: Quote) -> tuple[Voice, ...] | SpeakerFault:
    """The voices of a quote, or what is wrong with its speaker; none where it has no speaker."""
    if quote.speaker is None:
        return ()
    text, key = quote.speaker.text, quote.reference.key if quote.reference else ""
    found: tuple[Voice, ...] | SpeakerFault | None = links.speakers.get((text, key))
    if found is None:
        folded = " ".join(text.split()).casefold()
        # Few speakers are people of the work. The others are read once for all works.
        people = tuple([person for person, forms in _people(links, key) if any(form in folded for form in forms)])
        found = links.speakers[text, key] = _parse(text, _names(links), people, links.library.settings.language)
    return found


def _people(links: Links, key: str) -> Sequence[tuple[WorkPerson, list[str]]]:
    """The people of a work, each with the forms of the name in lower case."""
    found: list[tuple[WorkPerson, list[str]]] | None = links.speakers.get(key)
    if found is None:
        people = named_people(links.sources.get(key), links.roles)
        found = links.speakers[key] = [(person, [form.casefold() for form in person.forms]) for person in people]
    return found


def _names(links: Links) -> tuple[tuple[str, tuple[str, ...]], ...]:
    names: tuple[tuple[str, tuple[str, ...]], ...] | None = links.speakers.get(None)
    if names is None:
        names = links.speakers[None] = tuple(role_names(links.roles).items())
    return names


@lru_cache(maxsize=100_000)
def _parse(
    text: str, roles: tuple[tuple[str, tuple[str, ...]], ...], people: tuple[WorkPerson, ...], language: str
) -> tuple[Voice, ...] | SpeakerFault:
    # A server reads the same speakers after each edit.
    return parse_speaker(text, dict(roles), people, language)


def voices_of(links: Links, quote: Quote) -> tuple[Voice, ...]:
    """The voices of a quote; none where its speaker cannot be read."""
    found = read_voices(links, quote)
    return () if isinstance(found, SpeakerFault) else found


def render_voice(voice: Voice, roles: Mapping[str, Role]) -> str:
    """One voice as a reader sees it: `Participant 7`, `Participant “Dana”`, `Thomas De Quincey`."""
    if voice.is_person:
        return voice.name
    label = roles[voice.role].label if voice.role in roles else voice.role
    return " ".join([label, *([voice.code] if voice.code else ()), *([f"“{voice.name}”"] if voice.name else ())])


def render_voices(voices: tuple[Voice, ...], roles: Mapping[str, Role]) -> str:
    """All voices of a quote: `Interviewer and Participant 7`."""
    shown = [render_voice(voice, roles) for voice in voices]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
