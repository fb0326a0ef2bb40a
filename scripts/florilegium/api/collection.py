"""What all members of a loaded library share: what they are read from, how they are told apart, and lists of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar, overload

from ..core.diagnostics import did_you_mean, quoted
from ..site.data_files.quotation_rows import Quotation, quotations
from ..site.linked_site import Site


class OpenedLibrary:
    """The linked library behind all members that were loaded together."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.links = site.links

    @cached_property
    def rows(self) -> dict[str, Quotation]:
        """The rows of `quotes.csv` by the id of their quote."""
        return {row.id: row for row in quotations(self.site)}

    def address(self, address: str) -> str:
        """An address from the site's root; absolute where the library says where its site is published."""
        return self.site.canonical(address) or address


_T = TypeVar("_T", bound="Member")


@dataclass(frozen=True, slots=True, repr=False)
class Member:
    """Something of a library: what was read, and the library that it belongs to."""

    _opened: OpenedLibrary

    @property
    def id(self) -> str:
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, Member) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[int, str]:
        return id(self._opened), self.id

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"


class Collection(Sequence[_T], Generic[_T]):
    """Notes, themes, quotes or works in their order: members to go through, and to look up by id.

    >>> library = load()
    >>> library.themes["amnesia"].label
    'Amnesia'
    >>> library.themes.ids[:2]
    ('amnesia', 'arousal-suppression')
    """

    __slots__ = ("_by_id", "_items")

    def __init__(self, items: Iterable[_T]) -> None:
        self._items = tuple(items)
        self._by_id = {item.id: item for item in self._items}

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all, in their order."""
        return tuple(self._by_id)

    def to_dicts(self) -> list[dict[str, Any]]:
        """One flat dictionary for each, as `pandas.DataFrame` takes them."""
        return [item.to_dict() for item in self._items]

    @overload
    def __getitem__(self, key: int | str) -> _T: ...
    @overload
    def __getitem__(self, key: slice) -> "Collection[_T]": ...
    def __getitem__(self, key: int | str | slice) -> "_T | Collection[_T]":
        """By id, or by place. Raises `KeyError`, which guesses at what was meant, or `IndexError`."""
        if isinstance(key, slice):
            return Collection(self._items[key])
        if isinstance(key, int):
            return self._items[key]
        if key not in self._by_id:
            raise KeyError(f"there is no {quoted(key)}; " + did_you_mean(key, self._by_id, "see .ids"))
        return self._by_id[key]

    def __contains__(self, member: object) -> bool:
        """Whether a member is among them, or one with this id."""
        return member in self._by_id if isinstance(member, str) else member in self._items

    def __iter__(self) -> Iterator[_T]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        shown = ", ".join(repr(item) for item in self._items[:3])
        return f"<{len(self._items):,}: {shown}{', …' if len(self._items) > 3 else ''}>"

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._by_id)


@dataclass(frozen=True, slots=True)
class Notice:
    """A content notice, such as drug use: what to say before words are shown."""

    id: str
    label: str
    description: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that the checks found."""

    path: str
    line: int
    column: int
    severity: str
    """`error`, `warning` or `information`."""
    rule: str
    message: str
    help: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.severity}: {self.message} [{self.rule}]"
