"""One slip, one finding: what only follows from another finding is held back until that one is mended."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from ..core.diagnostics import Diagnostic
from ..core.model import Library, Note
from ..core.rules import RULES, Severity
from ..library.reading import ANNOTATIONS

__all__ = ["hold_back"]

_NEEDS_HEAD = frozenset(
    """foreign-markup missing-blank-line missing-locator missing-notice missing-quote-id undeclared-theme
    unknown-speaker unresolved-reference unused-reference conflicting-speaker""".split()
)
"""What cannot be judged of a note whose front matter could not be read."""
_NEEDS_BODY = frozenset(("unused-reference",))
"""What cannot be judged of a note part of whose text could not be read."""
_UNREAD = frozenset(("not-utf-8", "too-large", "too-slow", "unreadable-file", "symbolic-link", "unexpected-file"))
"""Rules whose findings say that a file was not read at all."""
_OF_THEMES = frozenset(("unused-theme", "theme-without-quotes"))
_OF_ADDRESSES = frozenset(("vanished-permalink", "stale-lock-entry", "broken-internal-link"))
_STRUCTURE = frozenset(("unattributed-quote", "malformed-attribution", "unclosed-fence", "missing-blank-line"))
"""Rules whose findings say that a quote or citation may stand there unread."""
_OF_ATTRIBUTIONS = frozenset(("missing-quote-theme", "missing-locator", "unknown-speaker", "missing-quote-id"))
"""What cannot be judged of an attribution that could not be read as a whole."""
_ONCE = frozenset(
    ("invalid-front-matter-value", "unresolved-reference", "unknown-theme", "undeclared-theme", "unknown-notice")
)
"""Rules that report a name once in a file, however often it stands there."""
_GUESS = re.compile(r'did you mean "(.*)"\?')
_WORDS = re.compile(r"[^\s\"/#]+?(?=\"|/|#|\.md)")
_MISSING = re.compile(r'^"(.*?)"')


def hold_back(library: Library, findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield the findings that no other finding explains."""
    found = sorted(findings, key=lambda finding: finding.order)
    tests = (
        _first_only(),
        _Heads(library, found).explains,
        _Lines(found).explains,
        _Guesses(found).explains,
        _Others(library, found).explains,
    )
    for finding in found:
        if not any(test(finding) for test in tests):
            yield finding


def _first_only() -> Callable[[Diagnostic], bool]:
    """Whether the same was said of the same file, or of the same attribution, already."""
    seen: set[tuple[str, str, object]] = set()

    def explains(finding: Diagnostic) -> bool:
        if finding.rule == "malformed-attribution":
            name: object = finding.span.line
        elif finding.rule in _ONCE:
            name = finding.message
        else:
            return False
        identity = (finding.rule, finding.span.path, name)
        if identity in seen:
            return True
        seen.add(identity)
        return False

    return explains


class _Heads:
    """Notes and reference files of which less was read than they hold."""

    def __init__(self, library: Library, found: Iterable[Diagnostic]) -> None:
        self.headless = {note.path for note in library.notes if not note.spans}
        self.torn = {finding.span.path for finding in found if finding.rule in _STRUCTURE}
        listed = {source.span.path for source in library.sources}
        broken = {finding.span.path for finding in found if finding.rule == "malformed-front-matter"}
        folder = f"{ANNOTATIONS}/references/"
        self.works_unread = any(path.startswith(folder) and path not in listed for path in broken)

    def explains(self, finding: Diagnostic) -> bool:
        path, rule = finding.span.path, finding.rule
        if path in self.headless and rule in _NEEDS_HEAD:
            return True
        if path in self.torn and rule in _NEEDS_BODY:
            return True
        return self.works_unread and rule == "unresolved-reference" and not _GUESS.search(finding.help)


class _Lines:
    """Attributions and entries of which a part is wrong: what the rest lacks may be that part."""

    def __init__(self, found: Iterable[Diagnostic]) -> None:
        faulty = [finding for finding in found if finding.rule in ("malformed-attribution", "unknown-theme")]
        self.attributions = {(f.span.path, f.span.line) for f in faulty if f.rule == "malformed-attribution"}
        self.themes = {(f.span.path, f.span.line) for f in faulty if "{#" in f.help}
        self.unattributed = {(f.span.path, f.span.end_line) for f in found if f.rule == "unattributed-quote"}
        entries = [finding for finding in found if finding.rule == "invalid-reference"]
        self.entries = {(finding.span.path, finding.about) for finding in entries if finding.about}
        self.guessed = {(f.span.path, f.span.line) for f in entries if _GUESS.search(f.help)}
        self.keys = {finding.span.path for finding in entries if finding.message.startswith('the "id"')}
        values = [finding for finding in found if finding.rule == "invalid-front-matter-value"]
        self.keys |= {finding.span.path for finding in values if finding.message.startswith('"references"')}
        self.roles = any(finding.message.startswith('"roles"') for finding in values)

    def explains(self, finding: Diagnostic) -> bool:
        place = (finding.span.path, finding.span.line)
        match finding.rule:
            case "missing-quote-id" if place in self.themes:
                return True
            case rule if rule in _OF_ATTRIBUTIONS and place in self.attributions:
                return True
            case "malformed-attribution":
                return any((place[0], place[1] - above) in self.unattributed for above in (1, 2))
            case "incomplete-reference":
                return (finding.span.path, finding.about) in self.entries
            case "invalid-reference":
                return place in self.guessed and not _GUESS.search(finding.help)
            case "unresolved-reference" | "unused-reference":
                return finding.span.path in self.keys
            case "unknown-speaker":
                return self.roles and finding.span.path == f"{ANNOTATIONS}/library.yml"
        return False


class _Guesses:
    """Names that a misspelt one was probably meant to be: they are not missing, only misspelt."""

    def __init__(self, found: Iterable[Diagnostic]) -> None:
        self.meant: dict[str, set[tuple[str, str]]] = defaultdict(set)
        """By path, the rules and names of all guesses."""
        for finding in found:
            if guess := _GUESS.search(finding.help):
                self.meant[finding.span.path].add((finding.rule, guess[1]))
        self.themes = {name for guesses in self.meant.values() for rule, name in guesses if rule == "unknown-theme"}

    def explains(self, finding: Diagnostic) -> bool:
        meant = self.meant.get(finding.span.path, ())
        match finding.rule:
            case "unused-reference":
                return ("unresolved-reference", finding.about) in meant
            case "undeclared-theme":
                return ("unknown-theme", finding.about) in meant
            case "missing-front-matter-key":
                key = _MISSING.match(finding.message)
                return key is not None and ("unknown-front-matter-key", key[1]) in meant
            case "unused-theme" | "theme-without-quotes":
                return finding.about in self.themes
        return False


class _Others:
    """What one file lacks because another one could not be read as it was meant."""

    def __init__(self, library: Library, found: Iterable[Diagnostic]) -> None:
        faulty = {f.span.path for f in found if RULES[f.rule].severity is not Severity.INFORMATION}
        notes = [note for note in library.notes if note.path in faulty]
        self.themes = {id_ for note in notes for id_ in _named_themes(note)}
        lost = {f.span.path for f in found if f.rule in _UNREAD and f.span.path.endswith(".md")}
        self.anything = bool(lost) or any(not note.spans and not note.body.text.strip() for note in notes)
        torn = {f.span.path for f in found if f.rule in _STRUCTURE}
        self.stems = {path.rsplit("/", 1)[1].removesuffix(".md") for path in lost | torn}
        self.stems |= {note.id for note in notes if not note.spans}

    def explains(self, finding: Diagnostic) -> bool:
        if finding.rule in _OF_THEMES:
            return self.anything or finding.about in self.themes
        if finding.rule in _OF_ADDRESSES:
            return not self.stems.isdisjoint(_WORDS.findall(finding.message))
        return False


def _named_themes(note: Note) -> Iterator[str]:
    for mention in note.themes:
        yield mention.id
    yield from re.findall(r"(?<!\S)#([a-z0-9-]+)", note.body.text)
