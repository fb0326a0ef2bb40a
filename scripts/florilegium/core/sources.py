"""Literary works as they are described: one CSL item each, with its names and dates."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .rich_text import plain_title
from .spans import Span
from .values import FrozenValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(FrozenValue):
    """A CSL name: a person's parts, or an institution's `literal`."""

    family: str = ""
    given: str = ""
    dropping_particle: str = ""
    non_dropping_particle: str = ""
    suffix: str = ""
    literal: str = ""

    @property
    def full(self) -> str:
        """The name as it is spoken: `Bessel van der Kolk`, `World Health Organization`."""
        parts = (self.given, self.dropping_particle, self.non_dropping_particle, self.family, self.suffix)
        return self.literal or " ".join(part for part in parts if part)

    @property
    def short(self) -> str:
        """What a running text calls them: `van der Kolk`."""
        return self.literal or " ".join(part for part in (self.non_dropping_particle, self.family) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Date(FrozenValue):
    """A CSL date: one or two (for a range) tuples of year, month, day, of which only the year must be there."""

    parts: tuple[tuple[int, ...], ...] = ()
    season: str = ""
    circa: bool = False
    literal: str = ""

    @property
    def year(self) -> int | None:
        return self.parts[0][0] if self.parts and self.parts[0] else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(FrozenValue):
    """A literary work: one CSL item (https://docs.citationstyles.org/en/stable/specification.html)."""

    key: str
    type: str
    """A CSL item type, such as `chapter` or `article-journal`."""
    variables: Mapping[str, str]
    """Standard and number variables: `title`, `container-title`, `DOI`, `page` and so on."""
    names: Mapping[str, tuple[Name, ...]]
    """Name variables: `author`, `editor` and so on."""
    dates: Mapping[str, Date]
    """Date variables: `issued`, `accessed` and so on."""
    span: Span
    """The whole item."""
    key_span: Span
    spans: Mapping[str, Span] = field(default_factory=dict)
    """Where the value of each variable stands."""
    custom: Mapping[str, str] = field(default_factory=dict)
    """What this program reads of CSL's `custom`: `status-date` and `status-notice`."""

    @property
    def title(self) -> str:
        """The title without the markup of CSL's rich text, which `variables` keeps."""
        return plain_title(self.variables.get("title", ""))

    @property
    def year(self) -> int | None:
        issued = self.dates.get("issued")
        return issued.year if issued else None

    def __hash__(self) -> int:
        return hash((self.key, self.span))
