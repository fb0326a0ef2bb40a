"""The speaker of a quotation: who says the words, read whole, so that nothing that was written is dropped.

A speaker is one voice or several, joined by "and":

- a role of the library, with or without an article: `a participant`, `the authors`;
- a role with a name in quotation marks: `a participant "Dana"`, `a participant, "Dana"`;
- a role with a number or code: `participant 7`, `participant P03`, `participants 3 and 4`;
- an author or editor of the work, named as its reference names them: `Thomas De Quincey`.

Everything here is a function of text: the library's roles and the work's people are given.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from ..core.diagnostics import quoted


class Voice(NamedTuple):
    """One of those who say the words."""

    role: str
    """The id of the role; empty for a person whose role the library does not declare."""
    name: str = ""
    """The pseudonym without its quotation marks, or the person's full name."""
    code: str = ""
    """The number or code that tells this speaker from others of the role: `7`, `P03`."""
    is_person: bool = False
    """Whether it is an author or editor of the work, by name."""


class WorkPerson(NamedTuple):
    """An author or editor of a work."""

    full: str
    forms: tuple[str, ...]
    """How a note may write the name."""
    role: str
    """The id of the role that such a person has in the library, or an empty string."""


class SpeakerFault(NamedTuple):
    """What stands in an attribution is not a speaker, or not only one."""

    message: str
    remedy: str
    """Empty where the speaker starts with no role: what was meant, the caller may guess."""
    start: int = 0
    """Where the part that cannot be read begins in the text."""


PSEUDONYM = re.compile(
    r"""(?:"([^"]+)"|“([^”"]+)[”"]|„([^“”"]+)[“”"]|«([^»]+)»|»([^«]+)«|「([^」]+)」|['‘]([^'’]+)['’](?!\w))"""
)
"""A name in quotation marks."""

_LONGEST = 300
"""Characters of what is left over that a remedy looks at."""

_CODE = r"(?:\d{1,6}[A-Za-z]?|[A-Za-z]{1,8}[-_.]?\d{1,6}[A-Za-z]?|\d{1,4}[-_.]\d{1,4}|[A-Z]{1,4})"
_NUMBERED = re.compile(rf"\s+(?:(?:no|nr)\.?\s*|number\s+|[№#]\s*)?({_CODE})(?![\w’'-])", re.ASCII)
_IN_BRACKETS = re.compile(rf"\s*\(({_CODE})\)")
_AFTER_COMMA = re.compile(r"\s*,\s*((?=[A-Za-z_.-]*\d)[A-Za-z]{1,8}[-_.]?\d{1,6}[A-Za-z]?)(?![\w’'-])")
_NAME = re.compile(rf"\s*,?\s*{PSEUDONYM.pattern}", re.VERBOSE)
_JOINT = {
    "en": ("and", "&"),
    "de": ("und",),
    "fr": ("et",),
    "es": ("y", "e"),
    "it": ("e", "ed"),
    "nl": ("en",),
    "pt": ("e",),
    "sv": ("och",),
    "da": ("og",),
}
_ARTICLES = {
    "en": ("a", "an", "the"),
    "de": ("der", "die", "das", "ein", "eine", "einer", "den", "dem", "des"),
    "fr": ("le", "la", "les", "un", "une", "des"),
    "es": ("el", "la", "los", "las", "un", "una", "unos", "unas"),
    "it": ("il", "lo", "la", "i", "gli", "le", "un", "uno", "una"),
    "nl": ("de", "het", "een"),
    "pt": ("o", "a", "os", "as", "um", "uma"),
    "sv": ("en", "ett", "den", "det"),
    "da": ("en", "et", "den", "det"),
}
"""Articles and words for "and" by language; those of English may always stand."""


def parse_speaker(
    text: str, roles: Mapping[str, Sequence[str]], people: Sequence[WorkPerson] = (), language: str = "en"
) -> tuple[Voice, ...] | SpeakerFault:
    """Read a speaker whole: every voice in its order, or what is wrong and how to write it.

    `roles` gives the names of each role by its id, `people` those who wrote or edited the work.
    """
    return _Parser(" ".join(text.split()), roles, people, language).parse()


@cache
def _words_between(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What joins two voices, and what articles stand before one."""
    joints = {*_JOINT["en"], *_JOINT.get(language, ())}
    articles = {*_ARTICLES["en"], *_ARTICLES.get(language, ())}
    joint = re.compile(rf"\s*,?\s+({'|'.join(map(re.escape, sorted(joints)))})\s+|\s*,\s+", re.IGNORECASE)
    return joint, re.compile(rf"(?:{'|'.join(sorted(articles))})\s+|l['’]", re.IGNORECASE)


class _Parser:
    def __init__(
        self, text: str, roles: Mapping[str, Sequence[str]], people: Sequence[WorkPerson], language: str
    ) -> None:
        self.text = text
        self.rest = (roles, people, language)
        primary = language.split("-", maxsplit=1)[0].lower()
        self.names = sorted(((name, id_) for id_, names in roles.items() for name in names if name), key=_longest)
        self.people = people
        self.joint, self.article = _words_between(primary)

    def parse(self) -> tuple[Voice, ...] | SpeakerFault:
        read = self.read()
        if not isinstance(read, int):
            return read
        return self._left_over(read) if read else self._no_role()

    def read(self) -> tuple[Voice, ...] | int:
        """The voices, or the offset at which something else stands."""
        first = self._voices(0)
        if first is None:
            return 0
        voices, at = first
        last_joint = self.joint.match("")
        while at < len(self.text):
            joint = self.joint.match(self.text, at)
            more = self._voices(joint.end()) if joint else None
            if joint is None or more is None:
                return at
            # A comma joins voices only where "and" joins the last of them: else it begins an apposition.
            last_joint, (following, end) = joint, more
            if end >= len(self.text) and not last_joint[1]:
                return at
            voices, at = [*voices, *following], end
        return tuple(dict.fromkeys(voices))

    def _voices(self, at: int) -> tuple[list[Voice], int] | None:
        """The voice that begins at an offset, or several that share one role, and where they end."""
        person = self._person(at)
        if person is not None:
            return person
        role = self._role(at)
        if role is None:
            return None
        id_, at, plural = role
        voice, at = self._told_apart(id_, at)
        voices = [voice]
        while plural and (voice.name or voice.code):
            joint = self.joint.match(self.text, at)
            if joint is None or self._role(joint.end()) or self._person(joint.end()):
                break
            voice, end = self._told_apart(id_, joint.end(), bare=True)
            if not (voice.name or voice.code):
                break
            voices.append(voice)
            at = end
        return voices, at

    def _person(self, at: int) -> tuple[list[Voice], int] | None:
        forms = sorted(((form, person) for person in self.people for form in person.forms), key=_longest)
        for form, person in forms:
            end = at + len(form)
            if form and self.text[at:end].casefold() == form.casefold() and _is_boundary(self.text, end):
                return [Voice(role=person.role, name=person.full, is_person=True)], end
        return None

    def _role(self, at: int) -> tuple[str, int, bool] | None:
        article = self.article.match(self.text, at)
        for start in dict.fromkeys([article.end() if article else at, at]):
            for name, id_ in self.names:
                end = start + len(name)
                if self.text[start:end].casefold() != name.casefold():
                    continue
                plural = self.text[end : end + 1].lower() == "s" and not name.lower().endswith("s")
                if _is_boundary(self.text, end + plural):
                    return id_, end + plural, plural
                if _is_boundary(self.text, end):
                    return id_, end, False
        return None

    def _told_apart(self, role: str, at: int, *, bare: bool = False) -> tuple[Voice, int]:
        """The voice of a role with the name and the code that follow it."""
        name, code = "", ""
        if bare:
            at -= 1
        for _ in range(2):
            found = None if name else _NAME.match(self.text, at)
            if found:
                name = next(group for group in found.groups() if group).strip()
                at = found.end()
                continue
            for pattern in () if code else (_NUMBERED, _IN_BRACKETS, _AFTER_COMMA):
                found = pattern.match(self.text, at)
                if found:
                    code, at = found[1], found.end()
                    break
        return Voice(role=role, name=name, code=code), at

    # -- what is wrong

    def _no_role(self) -> SpeakerFault:
        article = self.article.match(self.text)
        start = article.end() if article else 0
        for name, _ in self.names:
            rest = self.text[start + len(name) :]
            if self.text[start:].casefold().startswith(name.casefold()) and rest[:1] in ("'", "’"):
                who = self.text[: start + len(name)]
                message = f"{quoted(self.text)} is not {quoted(who)}"
                remedy = f"write {quoted(who)} if the words are theirs; else declare a role for who speaks"
                return SpeakerFault(message, remedy)
        return SpeakerFault(f"the speaker {quoted(self.text)} starts with no role that library.yml declares", "")

    def _left_over(self, at: int) -> SpeakerFault:
        said, rest = self.text[:at], self.text[at:]
        shown = rest.strip(" ,;/")
        return SpeakerFault(f"{quoted(shown)} does not belong to a speaker", self._remedy(said, rest), at)

    def _remedy(self, said: str, rest: str) -> str:
        bare = rest.strip(" ,;/()")[:_LONGEST]
        if re.fullmatch(r"(?:from|of|by|at|see|cf\.?|via|per|aus|von|dans|de)", bare, re.IGNORECASE):
            return f'write "in" for {quoted(bare)}, or leave it out'
        person = next((p for p in self.people for form in p.forms if form.casefold() == bare.casefold()), None)
        if person is not None:
            return f"write the name alone: {person.full}"
        if re.match(r"to\b", bare):
            return f"write {said}; to whom it was said belongs into the prose"
        second = re.sub(r"^(?:then|with|to|or|vs\.?)\s+", "", bare)
        following = self._read_alone(second)
        if re.match(r"\s*[/,+]|\s*(?:then|with)\b", rest) and following:
            return f"write both, joined by and: {said} and {second}"
        if re.match(r"translated\b|transl?\.|übersetzt", bare, re.IGNORECASE):
            return f"write {said}; a translation is a block quote of its own: — translated by NAME {{of=#quote-id}}"
        mentioned = next(self._mentioned(bare), "")
        if mentioned:
            return (
                f"credit the words to the one who says them: write {said}, or {mentioned}; say in the prose how they"
                " reached the work"
            )
        if re.fullmatch(r"\d{1,3}", bare):
            return f"write {said} {bare} if this is the speaker's number; an age belongs into the prose"
        if re.fullmatch(r"[^\W\d_a-z][\w’'-]*(?: [^\W\d_a-z][\w’'-]*){0,3}", bare):
            return f'put the name in quotation marks: {said}, "{bare}"'
        return f"write {said}, and say the rest in the prose; who is not one of the roles needs one in library.yml"

    def _read_alone(self, text: str) -> bool:
        return bool(text) and not isinstance(_Parser(text, *self.rest).read(), int)

    def _mentioned(self, text: str) -> Iterator[str]:
        """A voice that is mentioned in what is left over."""
        parser = _Parser(text, *self.rest)
        for word in re.finditer(r"\b\w", text):
            found = parser._voices(word.start())
            if found is not None:
                yield text[word.start() : found[1]]


def _longest(item: tuple[str, object]) -> tuple[int, str]:
    return -len(item[0]), item[0]


def _is_boundary(text: str, at: int) -> bool:
    after = text[at : at + 1]
    return not (after.isalnum() or after in ("_", "-") or (after in ("'", "’") and text[at + 1 : at + 2].isalpha()))
