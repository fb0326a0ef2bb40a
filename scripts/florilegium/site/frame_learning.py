"""Learns the frames of generated pages from Jinja's templates, by handing them a page that notes what it is asked.

The page that a template gets answers questions as the real page does, and notes them; what the template writes of it is
a blank. Whatever does something else to a value than what is known here ends the attempt, and the page is rendered as
ever. So a frame is right by its making; that it gives the page that was rendered is looked at each time besides.
"""

import re
import sys
from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from jinja2 import BaseLoader, Environment, Template, nodes
from jinja2.runtime import Context

from .finished_pages import url_parts
from .page_frames import Blank, Frame, Frames, Question, answer, frame_key

SYMBOLIC = {"striptags": "striptags", "e": "escape", "escape": "escape", "safe": "safe", "replace": "replace"}
"""The filters that a blank may have, and how `page_frames` calls them."""
_TRANSPARENT = ("d", "default")
"""Filters that only ask whether there is something."""
_OF_ADDRESSES = ("url", "script_tag")
"""MkDocs' filters that make an address relative to the page."""
_ATTRIBUTES = ("title", "content", "meta", "url", "canonical_url", "edit_url", "is_homepage")
_UNSURE: tuple[type[nodes.Node], ...] = (
    nodes.Concat,
    nodes.Mod,
    nodes.Add,
    nodes.AssignBlock,
    nodes.FilterBlock,
    nodes.CallBlock,
)
"""What could do something to a blank that is text already, unnoticed."""
_ATTEMPTS = 20
"""Pages of which nothing could be learned, after which the templates are taken to be unlike ours."""
_BLANK = re.compile("\x02([0-9]+)\x03")


class _Unknown(Exception):
    """A template does something to a page that a frame cannot do."""


def learn_frames(env: Environment, frames: Frames, values_of: Callable[[Any], Mapping[str, Any] | None]) -> None:
    """Let the pages that `env` renders be filled into frames where one fits, and be learned from where none does.

    `values_of` gives what a template is told of a page, or None for a page that is to be rendered as ever.
    """
    sources = _Sources(env.loader)
    env.loader = sources
    for name, function in env.filters.items():
        if name not in _TRANSPARENT:
            env.filters[name] = _noting(name, function)
    for name, test in env.tests.items():
        env.tests[name] = _forcing(test)  # type: ignore[arg-type]

    vain: list[str] = []

    class Framed(Template):
        """A template that looks for a frame first."""

        def render(self, *args: Any, **kwargs: Any) -> str:
            context = dict(*args, **kwargs)
            page = context.get("page")
            values = values_of(page) if page is not None and self.name == "main.html" else None
            if page is None or values is None:
                return super().render(context)
            path = page.file.src_uri
            if frame := frames.find(path, values):
                return frame.fill(values)
            text = super().render(context)
            if len(vain) < _ATTEMPTS and "\x02" not in text and sources.is_sure(env):
                frame = _frame(frame_key(path, values["parts"], frames.listed), page, values, super().render, context)
                if not (frame and frame.fill(values) == text and frames.add(frame)):
                    vain.append(path)
            return text

    env.template_class = Framed


class _Sources(BaseLoader):
    """A loader that notes which templates it has loaded."""

    def __init__(self, loader: BaseLoader | None) -> None:
        assert loader
        self._loader = loader
        self._unread: list[str] = []
        self._sure = True

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        found = self._loader.get_source(environment, template)
        self._unread.append(found[0])
        return found

    def list_templates(self) -> list[str]:
        return self._loader.list_templates()

    def is_sure(self, env: Environment) -> bool:
        """Whether no template does anything to text that might hold a blank."""
        while self._unread and self._sure:
            self._sure = _is_sure(env.parse(self._unread.pop()))
        return self._sure


def _is_sure(template: nodes.Template) -> bool:
    written = {id(child) for output in template.find_all(nodes.Output) for child in output.nodes}
    calls = (id(call) for call in template.find_all(nodes.Call))
    return not any(template.find(kind) for kind in _UNSURE) and all(call in written for call in calls)


def _frame(
    key: Any, page: Any, values: Mapping[str, Any], render: Callable[..., str], context: Mapping[str, Any]
) -> Frame | None:
    notes = _Notes(page, values)
    # What depends on other pages, and on the day, is not known of a frame that is kept.
    unknown = {"pages": _Forbidden(), "build_date_utc": _Forbidden()}
    try:
        text = render({**context, **unknown, "page": _PageSeen(notes)})
    except Exception:
        # The template said the same of the real page and was content.
        return None
    pieces: list[str | Blank] = [sys.intern(piece) for piece in _BLANK.split(text)]
    pieces[1::2] = [notes.blanks[int(str(number))] for number in pieces[1::2]]
    return Frame(key, tuple(notes.answers.items()), tuple(piece for piece in pieces if piece))


class _Forbidden:
    """Something that a frame cannot hold."""

    def __getattribute__(self, name: str) -> Any:
        raise _Unknown

    def _refuse(self, *_: Any) -> Any:
        raise _Unknown

    __str__ = __bool__ = __iter__ = __len__ = __getitem__ = __eq__ = __contains__ = _refuse
    __hash__ = None  # type: ignore[assignment]


class _Notes:
    """What a template has asked of a page, and where it wrote something of it."""

    def __init__(self, page: Any, values: Mapping[str, Any]) -> None:
        self.page = page
        self.values = values
        self.answers: dict[Question, Hashable] = {}
        self.blanks: list[Blank] = []

    def ask(self, kind: str, blank: Blank, argument: Hashable = None) -> Any:
        question = Question(kind, blank, argument)
        try:
            given = answer(question, self.values)
            hash(given)
        except (LookupError, TypeError, ValueError) as error:
            raise _Unknown from error
        return self.answers.setdefault(question, given)

    def write(self, blank: Blank) -> str:
        self.blanks.append(blank)
        return f"\x02{len(self.blanks) - 1}\x03"


class _PageSeen:
    """A page, as a template sees it."""

    def __init__(self, notes: _Notes) -> None:
        self.__dict__["notes_"] = notes

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in _ATTRIBUTES:
            raise _Unknown
        return _ValueSeen(self.notes_, Blank((name,)))


class _ValueSeen:
    """A value of a page, as a template sees it."""

    __slots__ = ("blank_", "notes_")

    def __init__(self, notes: _Notes, blank: Blank) -> None:
        self.notes_ = notes
        self.blank_ = blank

    def ask_(self, kind: str, argument: Hashable = None) -> Any:
        return self.notes_.ask(kind, self.blank_, argument)

    def filtered_(self, name: str, *arguments: Any) -> "_ValueSeen":
        return _ValueSeen(self.notes_, self.blank_._replace(filters=(*self.blank_.filters, (name, *arguments))))

    def __bool__(self) -> bool:
        return bool(self.ask_("true"))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, str | int | None):
            raise _Unknown
        return bool(self.ask_("equal", other))

    def __hash__(self) -> int:
        return hash(self.ask_("value"))

    def __contains__(self, other: object) -> bool:
        if not isinstance(other, str):
            raise _Unknown
        return bool(self.ask_("holds", other))

    def __len__(self) -> int:
        return int(self.ask_("length"))

    def __iter__(self) -> Iterator["_ValueSeen"]:
        if not isinstance(self.blank_.value(self.notes_.values), list):
            raise _Unknown
        return iter([self[number] for number in range(len(self))])

    def __getitem__(self, key: Any) -> "_ValueSeen":
        if isinstance(key, slice):
            return self.filtered_("slice", key.start, key.stop, key.step)
        value = self.blank_.value(self.notes_.values)
        if (
            self.blank_.filters
            or not isinstance(value, dict if isinstance(key, str) else list)
            or hasattr(value, str(key))
        ):
            raise _Unknown
        if isinstance(key, str):
            if not self.ask_("key", key):
                raise KeyError(key)
        elif not 0 <= key < len(self):
            raise _Unknown
        return _ValueSeen(self.notes_, Blank((*self.blank_.path, key)))

    def __str__(self) -> str:
        return self.notes_.write(self.blank_)

    def __format__(self, _spec: str) -> str:
        raise _Unknown


def _noting(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that adds itself to a blank, where it can, and otherwise asks for the value."""
    if name in _OF_ADDRESSES:
        return _of_address(function)
    if name not in SYMBOLIC:
        return _forcing(function)
    first = 1 if hasattr(function, "jinja_pass_arg") else 0

    @wraps(function)
    def noting(*arguments: Any, **named: Any) -> Any:
        value = arguments[first]
        if type(value) is not _ValueSeen:
            return function(*arguments, **named)
        if named or not all(isinstance(one, str) for one in arguments[first + 1 :]):
            raise _Unknown
        return value.filtered_(SYMBOLIC[name], *arguments[first + 1 :])

    return noting


def _forcing(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter or a test that asks for the value of a blank."""

    @wraps(function)
    def forcing(*arguments: Any, **named: Any) -> Any:
        values = list(arguments)
        for place, value in enumerate(values):
            if type(value) is _ValueSeen:
                values[place] = value.ask_("value")
            elif isinstance(value, Context) and type(value.get("page")) is _PageSeen:
                raise _Unknown
        if any(type(value) is _ValueSeen for value in named.values()):
            raise _Unknown
        return function(*values, **named)

    return forcing


def _of_address(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that asks how much of the page's address the one that it leads to begins with."""

    @wraps(function)
    def relative(context: Any, target: Any) -> Any:
        page = context["page"]
        if type(page) is not _PageSeen:
            return function(context, target)
        if type(target) is _ValueSeen:
            target = target.ask_("value")
        notes, address = page.notes_, str(target) or "."
        found = urlsplit(address)
        if not (found.scheme or found.netloc or address.startswith(("/", "#"))):
            notes.ask("shared", Blank(("parts",)), url_parts(address))
        return function({"page": notes.page, "base_url": context["base_url"]}, target)

    return relative
