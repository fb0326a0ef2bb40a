"""Florilegium: a reading companion for annotated literature.

    from florilegium import load

    library = load("path/to/the/library")

See `help(load)`, and `florilegium.api` for what a library holds.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = ("Library", "Note", "Notice", "Problem", "Quote", "Source", "Theme", "load")


def __getattr__(name: str) -> Any:
    # The program itself imports this file first, and should not have to wait for what it may not use.
    if name in _PUBLIC:
        return getattr(import_module(".api", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
