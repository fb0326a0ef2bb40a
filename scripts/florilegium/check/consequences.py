"""One slip, one finding: what only follows from another finding is held back until that one is fixed."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from ..core.diagnostics import Diagnostic, guessed_name
from ..core.model import Library, Note
from ..core.rules import RULES, Severity
from ..library.listing import ANNOTATIONS, SETTINGS_PATH

_NEEDS_HEAD = frozenset(
    """foreign-markup missing-blank-line missing-locator missing-notice missing-quote-id undeclared-theme
    unknown-speaker unresolved-reference unused-reference conflicting-speaker""".split()
)
"""What cannot be judged of a note whose front matter could not be read."""
_NEEDS_BODY = frozenset(("unused-reference",))
"""What cannot be judged of a note part of whose text could not be read."""
_WHOLE_HEAD = frozenset(("undeclared-theme", "missing-front-matter-key"))
"""What cannot be judged of a note with a front matter that is not YAML as a whole."""
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
_WORDS = re.compile(r"[^\s\"/#]+?(?=\"|/|#|\.md)")


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
        self.broken = broken
        self.misnamed_settings = any(finding.help == "rename it to library.yml" for finding in found)
        keys = {f.span.path for f in found if f.rule == "invalid-reference" and '"id"' in f.message}
        lost = {f.span.path for f in found if f.rule in _UNREAD and f.span.path.count("/") < 3}
        lists = {f.span.path for f in found if f.rule == "invalid-front-matter-value" and f.about == "references"}
        self.lost_works = broken | keys | lost | lists
        """Files whose works others may cite, and of which some could not be read."""

    def explains(self, finding: Diagnostic) -> bool:
        path, rule = finding.span.path, finding.rule
        if path in self.headless and rule in _NEEDS_HEAD:
            return True
        if path in self.torn and rule in _NEEDS_BODY:
            return True
        if path in self.broken and rule in _WHOLE_HEAD:
            return True
        if self.misnamed_settings and finding.message == "library.yml is missing":
            return True
        if rule == "unresolved-reference" and (self.lost_works - {path}):
            guess = guessed_name(finding)
            return not guess or guess.startswith("@")
        return self.works_unread and rule == "unresolved-reference" and not guessed_name(finding)


class _Lines:
    """Attributions and entries of which a part is wrong: what the rest lacks may be that part."""

    def __init__(self, found: Iterable[Diagnostic]) -> None:
        faulty = [finding for finding in found if finding.rule in ("malformed-attribution", "unknown-theme")]
        self.attributions = {(f.span.path, f.span.line) for f in faulty if f.rule == "malformed-attribution"}
        self.themes = {(f.span.path, f.span.line) for f in faulty if "{#" in f.help}
        self.unattributed = {(f.span.path, f.span.end_line) for f in found if f.rule == "unattributed-quote"}
        entries = [finding for finding in found if finding.rule == "invalid-reference"]
        self.entries = {(finding.span.path, finding.about) for finding in entries if finding.about}
        self.guessed = {(f.span.path, f.span.line) for f in entries if guessed_name(f)}
        self.keys = {finding.span.path for finding in entries if finding.message.startswith('the "id"')}
        values = [finding for finding in found if finding.rule == "invalid-front-matter-value"]
        self.keys |= {finding.span.path for finding in values if finding.about == "references"}
        self.roles = any(finding.about == "roles" for finding in values)
        self.role_ids = any(f.rule == "invalid-id" and f.span.path == SETTINGS_PATH for f in found)
        self.roles |= any(guessed_name(f) == "roles" for f in found if f.span.path == SETTINGS_PATH)
        self.notices = any(finding.about == "notices" for finding in values)
        self.misnamed = [f.span.path for f in found if f.rule == "invalid-id" and f.span.path.endswith(".md")]
        self.tags = {(f.span.path, f.span.line): f.about for f in faulty if f.rule == "malformed-attribution"}
        self.html = {(f.span.path, f.span.line) for f in found if f.rule == "forbidden-html"}
        self.listed = {f.span.path: f.help for f in found if f.rule == "unknown-theme" and "write [" in f.help}

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
                return place in self.guessed and not guessed_name(finding)
            case "unresolved-reference" | "unused-reference":
                return finding.span.path in self.keys
            case "unknown-speaker":
                return self.role_ids or (self.roles and finding.span.path == SETTINGS_PATH)
            case "unknown-notice":
                return self.notices
            case "unknown-theme":
                words = self.tags.get(place, "").split()
                return bool(words) and words[0].startswith(f"{finding.about}-")
            case "undeclared-theme":
                return finding.about in re.findall(r"[a-z0-9-]+", self.listed.get(place[0], ""))
            case "markdown-in-html":
                return place in self.html
            case "duplicate-quote":
                return any(path in finding.message or path == place[0] for path in self.misnamed)
        return False


class _Guesses:
    """Names that a misspelt one was probably meant to be: they are not missing, only misspelt."""

    def __init__(self, found: Iterable[Diagnostic]) -> None:
        self.meant: dict[str, set[tuple[str, str]]] = defaultdict(set)
        """By path, the rules and names of all guesses."""
        for finding in found:
            if guess := guessed_name(finding):
                self.meant[finding.span.path].add((finding.rule, guess))
        self.themes = {name for guesses in self.meant.values() for rule, name in guesses if rule == "unknown-theme"}

    def explains(self, finding: Diagnostic) -> bool:
        meant = self.meant.get(finding.span.path, ())
        match finding.rule:
            case "unused-reference":
                return ("unresolved-reference", finding.about) in meant
            case "undeclared-theme":
                return ("unknown-theme", finding.about) in meant
            case "missing-front-matter-key":
                return ("unknown-front-matter-key", finding.about) in meant
            case "unused-theme" | "theme-without-quotes":
                return finding.about in self.themes
        return False


class _Others:
    """What one file lacks because another one could not be read as it was meant."""

    def __init__(self, library: Library, found: Iterable[Diagnostic]) -> None:
        faulty = {f.span.path for f in found if RULES[f.rule].severity is not Severity.INFORMATION}
        notes = [note for note in library.notes if note.path in faulty]
        self.themes = {id_ for note in notes for id_ in _named_themes(note)}
        folders = tuple(f"{ANNOTATIONS}/{name}" for name in ("notes/", "themes/"))
        lost = {f.span.path for f in found if f.rule in _UNREAD and f.span.path.endswith((".md", ".MD"))}
        lost |= {f.span.path for f in found if f.rule in _UNREAD and f.span.path.startswith(folders)}
        self.anything = bool(lost) or any(not note.spans and not note.body.text.strip() for note in notes)
        torn = {f.span.path for f in found if f.rule in _STRUCTURE}
        self.stems = {path.rsplit("/", 1)[1].removesuffix(".md") for path in lost | torn}
        self.stems |= {note.id for note in notes if not note.spans}

    def explains(self, finding: Diagnostic) -> bool:
        if finding.rule == "unknown-theme":
            return finding.about in self.stems
        if finding.rule in _OF_THEMES:
            return self.anything or finding.about in self.themes
        if finding.rule in _OF_ADDRESSES:
            return not self.stems.isdisjoint(_WORDS.findall(finding.message))
        return False


def _named_themes(note: Note) -> Iterator[str]:
    for mention in note.themes:
        yield mention.id
    yield from re.findall(r"(?<!\S)#([a-z0-9-]+)", note.body.text)
