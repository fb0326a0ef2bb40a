"""Files to be generated, each with its key and a way to make it; and the plan that holds all of them."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

from ...core.model import Note
from .cards import PageSite
from .note_outlines import outline_of
from .page_inputs import inputs_digest


class Generated(Protocol):
    """A file that knows how to write itself, once the way to the root is known."""

    def render(self, root: str) -> bytes: ...


class PlannedPage:
    """A file to be generated: the same key, the same bytes."""

    def __init__(
        self, inputs: object, render: Callable[[], bytes], shows: Callable[[], Iterable[str]], known: str = ""
    ) -> None:
        self._inputs = inputs
        self.render = render
        self._shows = shows
        self.known = known
        """The key, as far as it is known."""

    @property
    def key(self) -> str:
        """A digest of all that the bytes depend on; not made before it is asked for."""
        if not self.known:
            inputs, self._inputs = self._inputs, None
            self.known = inputs_digest(inputs)
        return self.known

    @property
    def shows(self) -> tuple[str, ...]:
        """Paths of the notes and themes whose prose or quotes stand on the page."""
        return tuple(self._shows())


class PagePlan(NamedTuple):
    """All generated files by their path below `docs/`, and what they are made from."""

    pages: dict[str, PlannedPage]
    site: PageSite
    keep: Callable[[], None]
    """Keeps for the next run what was found out for the keys that were asked for."""
    outline: Callable[[Note], str] = outline_of
    """The digest of a note's outline, as far as it is known."""
