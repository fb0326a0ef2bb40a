"""Why something could not be written: the exception of this room, made of the system's errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike

from ..core.diagnostics import plain, quoted
from ..core.errors import FlorilegiumError
from ..core.system_errors import reason, remedy


class PublishError(FlorilegiumError):
    """Publishing cannot go on; what was published before stands, unless the message says otherwise."""


def shown(path: str | PathLike[str]) -> str:
    """A path for use inside a message. Other than contributors' values it is never cut: its end matters."""
    return f'"{plain(str(path))}"'


@contextmanager
def reported(action: str, remark: str = "") -> Iterator[None]:
    """Turn the system's errors inside the block into a `PublishError` that says what was being done.

    `action` completes "cannot …"; `remark` is appended to the remedy.
    """
    try:
        yield
    except OSError as error:
        place = error.filename if isinstance(error.filename, str) else ""
        where = f" (at {quoted(place)})" if place else ""
        help = f"{remedy(error)}; {remark}" if remark else remedy(error)
        raise PublishError(f"cannot {action}: {reason(error)}{where}", help) from error
