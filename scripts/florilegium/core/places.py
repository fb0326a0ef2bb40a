"""Where in a body's text the things stand that only reading finds."""

from typing import NamedTuple


class Places(NamedTuple):
    """Ranges of bytes, of the UTF-8 of `Body.text`: a page's tree is cut there."""

    citations: tuple[tuple[int, int], ...] = ()
    """The ranges of `Body.citations`."""
    addresses: tuple[tuple[int, int], ...] = ()
    """The ranges of bare addresses, which become hyperlinks."""
    quotes: tuple[tuple[int, int], ...] = ()
    """Of each of `Body.quotes`, where the block quote starts and where its attribution does."""
    translations: tuple[tuple[int, int], ...] = ()
    """The same of each of `Body.translations`."""

    def __reduce__(self) -> tuple[object, ...]:
        return Places, tuple(self)


NO_PLACES = Places()
