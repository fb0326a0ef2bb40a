"""Frames of generated pages: what a template writes round all pages of one kind, kept to be filled for each of them.

A frame is what a template made of one page, with blanks for what it had taken from that page, and the questions that it
asked of the page on the way, each with its answer: is there a description, is the kind `note`, how many authors are
there. Whatever page answers all of them alike gets the same from the template but for the blanks, which are filled with
its own values. `frame_learning` makes frames.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from ..core.store import Kept, Store, pickled, unpickled
from .finished_pages import FinishedPage, SiteSettings, page_values

_KIND = "frames"


class Blank(NamedTuple):
    """A value of the page: the way to it from what is known of the page, and what a template does to it."""

    path: tuple[str | int, ...]
    filters: tuple[tuple[Any, ...], ...] = ()

    def value(self, values: Any) -> Any:
        """Raises `LookupError` or `TypeError` where the page has no such value."""
        for step in self.path:
            values = values[step]
        for name, *arguments in self.filters:
            values = _FILTERS[name](values, *arguments)
        return values


def _plain(value: Any) -> str:
    text = str(value)
    if "<" in text or "&" in text:
        return Markup(text).striptags()
    return " ".join(text.split())  # Which is what is left to do of it.


def _replaced(value: Any, old: str, new: str) -> str:
    return str(value).replace(old, new)


_FILTERS: Mapping[str, Callable[..., Any]] = {
    "striptags": _plain,
    "escape": escape,
    "safe": Markup,
    "replace": _replaced,
    "slice": lambda value, start, stop, step: value[start:stop:step],
}
"""The filters of Jinja that a blank may have; see `frame_learning.SYMBOLIC`."""


class Question(NamedTuple):
    """Something that a template asks of a page, and on which depends what it writes."""

    kind: str
    blank: Blank
    argument: Hashable = None


def _shared_parts(url: Sequence[str], target: Any) -> int:
    """How many folders an address and the one that it leads to begin with together."""
    count = 0
    for one, other in zip(url, target, strict=False):
        if one != other:
            break
        count += 1
    return count


_ANSWERS: Mapping[str, Callable[[Any, Any], Hashable]] = {
    "true": lambda value, _: bool(value),
    "equal": lambda value, other: bool(value == other),
    "holds": lambda value, other: other in value,
    "key": lambda value, key: key in value,
    "length": lambda value, _: len(value),
    "value": lambda value, _: value,
    "shared": _shared_parts,
}


def answer(question: Question, values: Mapping[str, Any]) -> Hashable:
    """What a page answers. Raises `LookupError` or `TypeError` where it cannot be asked that."""
    return _ANSWERS[question.kind](question.blank.value(values), question.argument)


def _asking(question: Question) -> Callable[[Mapping[str, Any]], Hashable]:
    """A question as a function, which is asked of each page."""
    kind, (path, filters), argument = question
    ask = _ANSWERS[kind]
    if not filters and len(path) == 1:
        name = path[0]
        return lambda values: ask(values[name], argument)  # type: ignore[index]
    if not filters and len(path) == 2:
        name, key = path
        return lambda values: ask(values[name][key], argument)  # type: ignore[index]
    return lambda values: answer(question, values)


Key = tuple[str, int]
"""The page itself, where it is in the navigation; and how many folders deep its address is."""


def frame_key(path: str, parts: Sequence[str], listed: Mapping[str, object]) -> Key:
    """Which frames may fit a page."""
    return (path if path in listed else "", len(parts))


class Frame(NamedTuple):
    """What a template wrote of one page."""

    key: Key
    questions: tuple[tuple[Question, Hashable], ...]
    parts: tuple[str | Blank, ...]

    def fill(self, values: Mapping[str, Any]) -> str:
        return "".join([part if type(part) is str else str(part.value(values)) for part in self.parts])  # type: ignore[union-attr]


class _Fork:
    """A question, and where each answer leads: to another question or to a frame."""

    __slots__ = ("ask", "question", "ways")

    def __init__(self, question: Question) -> None:
        self.question = question
        self.ask = _asking(question)
        self.ways: dict[Hashable, _Fork | Frame] = {}


class Frames:
    """All frames of a site, and what else a renderer has found out about it."""

    def __init__(self, settings: SiteSettings, listed: Mapping[str, Mapping[str, Any]]) -> None:
        self.settings = settings
        self.listed = listed
        """The pages of the navigation, by their paths: what it says of each, by the names of templates."""
        self.named: Mapping[str, str] = {}
        """What pages of the navigation are called that name themselves, and are called so on every page."""
        self.left_out: Sequence[str] = ()
        """Generated files that the configuration keeps out of the site."""
        self.frames: list[Frame] = []
        self._ways: dict[Hashable, _Fork | Frame] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_ways"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, frames=[], _ways={})
        for frame in state["frames"]:
            self.add(frame)

    def values(self, path: str, page: FinishedPage) -> dict[str, Any]:
        """What a template is told of a page."""
        return {**page_values(path, page, self.settings), **self.listed.get(path, {})}

    def find(self, path: str, values: Mapping[str, Any]) -> Frame | None:
        """The frame of a page; None where no page like it was seen."""
        found = self._ways.get(frame_key(path, values["parts"], self.listed))
        try:
            while type(found) is _Fork:
                found = found.ways.get(found.ask(values))
        except (LookupError, TypeError, ValueError):
            return None
        return found if isinstance(found, Frame) else None

    def add(self, frame: Frame) -> bool:
        """Keep a frame; False where a template does not ask all pages the same questions in the same order."""
        ways, way = self._ways, frame.key
        for question, given in frame.questions:
            fork = ways.setdefault(way, _Fork(question))
            if not isinstance(fork, _Fork) or fork.question != question:
                return False
            ways, way = fork.ways, given  # type: ignore[assignment]
        if way in ways:
            return False
        ways[way] = frame
        self.frames.append(frame)
        return True


def load_frames(state: Path, name: str) -> Frames | None:
    """The frames of a site that `save_frames` kept under that name, if they are of this program."""
    kept = Store(state).load(_KIND, [name]).get(name)
    found = unpickled(kept.value) if kept else None
    return found if isinstance(found, Frames) else None


def save_frames(state: Path, name: str, frames: Frames | None) -> None:
    """Keep the frames of a site for the next run, or that there are none; `state` is the library's state folder."""
    Store(state).save(_KIND, {name: Kept("", pickled(frames))})
