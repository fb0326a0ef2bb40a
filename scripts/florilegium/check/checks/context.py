"""What a check may look at, and how it words a finding."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from ...core.diagnostics import Diagnostic, Related, did_you_mean
from ...core.model import Body, Note, Quote, Status
from ...core.spans import Span
from ...library.links import Links

_MAX_GUESSES = 100


class Guesses:
    """Guesses at what a misspelt name was meant to be: for the first names of a run only.

    Looking for the nearest of a thousand names takes some milliseconds, and a text can hold thousands of
    wrong ones, of which no report shows more than the first.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}

    def __call__(self, word: str, known: Iterable[str], otherwise: str) -> str:
        if (word, otherwise) not in self._known:
            if len(self._known) >= _MAX_GUESSES:
                return otherwise
            self._known[word, otherwise] = did_you_mean(word, known, otherwise)
        return self._known[word, otherwise]


class WholeLibrary(NamedTuple):
    """What the checks ask of notes that are not judged, where few are."""

    notes: Mapping[str, Note]
    """All notes by id: the published ones, then the drafts."""
    listed_themes: frozenset[str]
    """The themes that any note lists."""
    addresses: frozenset[str]
    """The permanent addresses of everything that is published."""


@dataclass(frozen=True, slots=True)
class Context:
    """A joined library, and the day on which it is checked."""

    links: Links
    today: date
    """The day up to which a date is no date in the future."""
    guess: Guesses = field(default_factory=Guesses)
    whole: WholeLibrary | None = None
    """All notes, where `links.library` holds those alone that are judged."""

    @property
    def language(self) -> str:
        """The language of the library, as a tag."""
        return self.links.library.settings.language

    @property
    def has_settings(self) -> bool:
        """Whether `library.yml` could be read: else it is reported, and what it would declare is not known."""
        return bool(self.links.library.settings.spans)

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes that are judged: the published ones, then the drafts, which are checked, though not shown."""
        notes = self.links.library.notes
        return tuple(sorted(notes, key=lambda note: note.status is Status.DRAFT))

    @property
    def every_note(self) -> Mapping[str, Note]:
        """All notes by id, drafts among them."""
        return self.whole.notes if self.whole else {note.id: note for note in self.notes}

    @property
    def listed_themes(self) -> frozenset[str]:
        """The themes that any note lists."""
        if self.whole:
            return self.whole.listed_themes
        return frozenset(mention.id for note in self.notes for mention in note.themes)

    @property
    def quotes(self) -> Iterator[Quote]:
        """The quotes of the notes that are judged."""
        return (quote for note in self.notes for quote in note.quotes)

    @property
    def documents(self) -> Iterator[tuple[str, Body]]:
        """The path and the body of every note that is judged, and of every theme."""
        for note in self.notes:
            yield note.path, note.body
        for theme in self.links.themes.values():
            yield theme.path, theme.body


def found(
    rule: str, span: Span, message: str, remedy: str, *, about: str = "", related: Iterable[Related] = ()
) -> Diagnostic:
    """A finding of a rule; its severity is settled later."""
    return Diagnostic(rule=rule, span=span, message=message, help=remedy, about=about, related=tuple(related))
