"""Values that travel between processes: how they are taken apart, and put together again."""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any


class FrozenValue:
    """Base of the model's values: pickles by its slots, since a library is read in several processes.

    The default of a frozen dataclass with slots calls `fields()` for every object, which takes longer than parsing.
    """

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        cls: Any = type(self)
        return _restore, _getter(cls)(self)


@cache
def _getter(cls: Any) -> Callable[[object], tuple[Any, ...]]:
    return attrgetter("__class__", *cls.__slots__)


@cache
def _setters(cls: Any) -> tuple[Callable[[object, object], None], ...]:
    return tuple(getattr(cls, name).__set__ for name in cls.__slots__)


def _restore(cls: Any, *values: object) -> object:
    instance: object = object.__new__(cls)
    for set_value, value in zip(_setters(cls), values, strict=True):
        set_value(instance, value)
    return instance
