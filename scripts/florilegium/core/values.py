"""Values that travel between processes: how they are taken apart, and put together again."""

import copyreg
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

_T = TypeVar("_T", bound=tuple[Any, ...])


def light(cls: type[_T]) -> type[_T]:
    """Have a named tuple taken apart and put together without a call of Python for each: a library has a million."""
    copyreg.pickle(cls, _parts)
    return cls


_new = tuple.__new__


def _parts(value: tuple[Any, ...]) -> tuple[Any, ...]:
    return _new, (value.__class__, tuple(value))


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
