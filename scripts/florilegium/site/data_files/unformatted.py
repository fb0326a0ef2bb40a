"""A site whose citations are formatted when a file first asks for them; most data files never do."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, cast

from ...library.links import Links
from ...works.citing.formatting import Bibliography
from ..addresses import Addresses, alike_keys
from ..linked_site import Site


class _Deferred:
    """Stands for a value that is made when something of it is first used."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make

    @cached_property
    def _value(self) -> object:
        return self._make()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._value, name)


def unformatted_site(links: Links, format_all: Callable[[], Bibliography]) -> Site:
    """The site of a library; `format_all` is called at most once, and only where a citation or its page is needed."""
    bibliography = cast(Bibliography, _Deferred(format_all))
    return Site(links, bibliography, Addresses(alike=alike_keys(links.sources)))
