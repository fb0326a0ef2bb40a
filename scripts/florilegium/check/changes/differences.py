"""What a change to a library is made of: values for notes, quotations, themes, works, settings and permalinks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ...core.model import Note, Quote, Theme
from ...core.rules import Severity
from ...core.sources import Source
from .word_changes import WordCount, WordPiece


class How(StrEnum):
    """What happened to a thing."""

    ADDED = "added"
    REMOVED = "removed"
    EDITED = "edited"
    MOVED = "moved"
    """It has another address, and may have been edited too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One property, as text; empty where there is none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentChange:
    """A note or a theme."""

    how: How
    before: Note | Theme | None
    after: Note | Theme | None
    fields: tuple[FieldChange, ...] = ()
    prose: WordCount = field(default_factory=WordCount)

    @property
    def present(self) -> Note | Theme:
        """As it is now; where it was removed, as it was."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteChange:
    """A quotation."""

    how: How
    before: Quote | None
    after: Quote | None
    words: tuple[WordPiece, ...] = ()
    """How its words changed; empty where they did not, and for one that was added or removed."""
    fields: tuple[FieldChange, ...] = ()
    state_before: str = ""
    """What was known of its words, a key of `STATES`; empty where there was no quotation."""
    state_after: str = ""

    @property
    def present(self) -> Quote:
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def notices(self) -> tuple[str, ...]:
        """The notices that it has or had: whoever shows its words shows these first."""
        sides = [quote for quote in (self.after, self.before) if quote]
        return tuple(dict.fromkeys(mention.id for quote in sides for mention in quote.notices))


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkChange:
    """A literary work, as the library describes it."""

    how: How
    key: str
    before: Source | None
    after: Source | None
    fields: tuple[FieldChange, ...] = ()
    cited_in: tuple[str, ...] = ()
    """Pages that name it, and so show it otherwise now: `notes/x`, `themes/y`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    """One setting of `library.yml`."""

    name: str
    before: str
    after: str
    loosens: bool = False
    """Whether less is checked now, or less asked for, than before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VanishedAddress:
    """A permanent address that leads nowhere any more."""

    address: str
    """From the root of the site: `notes/x/`, `notes/x/#q-y`."""
    quotes: int = 0
    """Addresses of quotations that went with the page of a note."""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedWords:
    """How many words of a work are quoted."""

    key: str
    before: int
    after: int
    share: float
    """Of all words that the library quotes now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """An entry of `quotes.lock`."""

    how: How
    quote: str
    """The address of its quotation."""
    key: str
    before: str
    """What it said; empty where there was none."""
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All that two libraries differ in, as far as it means something."""

    base: str
    """What the user called the earlier side."""
    head: str
    problems_before: Mapping[Severity, int] = field(default_factory=dict)
    problems_after: Mapping[Severity, int] = field(default_factory=dict)
    hidden: int = 0
    """Findings in the later library that would count under the settings of the earlier one."""
    vanished: tuple[VanishedAddress, ...] = ()
    settings: tuple[SettingChange, ...] = ()
    quotes: tuple[QuoteChange, ...] = ()
    records: tuple[RecordChange, ...] = ()
    notes: tuple[DocumentChange, ...] = ()
    themes: tuple[DocumentChange, ...] = ()
    works: tuple[WorkChange, ...] = ()
    words: tuple[QuotedWords, ...] = ()
    affected: tuple[str, ...] = ()
    """Pages that show something else now, though their own files did not change: `notes/x`, `themes/y`, `@key`."""

    @property
    def is_empty(self) -> bool:
        return not (
            self.vanished or self.settings or self.quotes or self.records or self.notes or self.themes or self.works
        )
