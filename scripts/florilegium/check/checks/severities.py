"""What counts of all that was found: the severities and the exceptions of `library.yml`."""

from collections.abc import Iterable
from dataclasses import replace
from fnmatch import fnmatchcase

from ...core.diagnostics import Diagnostic
from ...core.model import RuleException, Status
from ...core.rules import RULES, Group, Severity
from ...library.links import Links
from ...library.listing import ANNOTATIONS


def apply_severities(links: Links, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Give each finding the severity that `library.yml` sets, drop what it excepts, and sort the rest.

    Findings in a draft are information: what is not published stops nothing.
    """
    settings = links.library.settings
    drafts = {note.path for note in links.library.notes if note.status is Status.DRAFT}
    kept = []
    for diagnostic in diagnostics:
        severity = settings.severities.get(diagnostic.rule) or _usual(links, diagnostic)
        if diagnostic.span.path in drafts and severity is not Severity.OFF:
            severity = Severity.INFORMATION
        if severity is Severity.OFF or any(_excepted(diagnostic, e) for e in settings.exceptions):
            continue
        kept.append(replace(diagnostic, severity=severity) if severity is not diagnostic.severity else diagnostic)
    return tuple(sorted(dict.fromkeys(kept), key=lambda diagnostic: diagnostic.order))


def _usual(links: Links, diagnostic: Diagnostic) -> Severity:
    """The severity of the rule; a warning for what is wrong with an entry of a reference file that nobody cites, and
    with a citation style that is not the library's.

    Such files come whole from other programs, and what is not shown anywhere must not stop what is.
    """
    rule = RULES[diagnostic.rule]
    if diagnostic.span.path == f"{ANNOTATIONS}/{links.library.settings.citation_style}":
        return rule.severity
    listed = rule.group is Group.REFERENCES and diagnostic.span.path.startswith(f"{ANNOTATIONS}/references/")
    if listed and rule.severity is Severity.ERROR and diagnostic.about not in links.cited_by:
        return Severity.WARNING
    return rule.severity


def _excepted(diagnostic: Diagnostic, exception: RuleException) -> bool:
    if exception.rule != diagnostic.rule:
        return False
    path = diagnostic.span.path.removeprefix(f"{ANNOTATIONS}/")
    if exception.paths and not any(fnmatchcase(path, pattern) for pattern in exception.paths):
        return False
    return not exception.keys or diagnostic.about in exception.keys
