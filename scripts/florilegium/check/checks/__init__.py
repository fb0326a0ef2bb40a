"""The checks of a joined library: one function a rule, and the ordered tuple of them.

What is wrong with the form of one file is found where that file is read; here is what only the whole library
shows. A check yields findings; whether they count is settled by `apply_severities`.
"""

from collections.abc import Callable, Iterable, Iterator

from ...core.diagnostics import Diagnostic
from .context import Context
from .hyperlink_checks import (
    check_broken_internal_link,
    check_broken_redirect,
    check_forbidden_image,
    check_unsafe_link,
    check_vanished_permalink,
)
from .quote_checks import (
    check_conflicting_speaker,
    check_duplicate_quote,
    check_duplicate_quote_id,
    check_missing_notice,
    check_missing_quote_theme,
    check_quote_changed_since_verified,
    check_stale_lock_entry,
    check_unknown_notice,
    check_unknown_speaker,
)
from .reference_checks import (
    check_conflicting_reference,
    check_duplicate_citation_key,
    check_duplicate_source,
    check_invalid_locator,
    check_missing_locator,
    check_retracted_work,
    check_sources,
    check_unresolved_reference,
    check_unused_reference,
)
from .severities import apply_severities
from .theme_checks import (
    check_theme_cycle,
    check_theme_without_quotes,
    check_undeclared_theme,
    check_unknown_theme,
    check_unused_theme,
)

__all__ = ["CHECKS", "Context", "apply_severities", "run_checks"]

CHECKS: tuple[Callable[[Context], Iterable[Diagnostic]], ...] = (
    check_unresolved_reference,
    check_duplicate_citation_key,
    check_conflicting_reference,
    check_duplicate_source,
    check_unused_reference,
    check_sources,
    check_retracted_work,
    check_missing_locator,
    check_invalid_locator,
    check_unknown_theme,
    check_undeclared_theme,
    check_theme_without_quotes,
    check_unused_theme,
    check_theme_cycle,
    check_duplicate_quote_id,
    check_duplicate_quote,
    check_missing_quote_theme,
    check_unknown_speaker,
    check_conflicting_speaker,
    check_unknown_notice,
    check_missing_notice,
    check_quote_changed_since_verified,
    check_stale_lock_entry,
    check_unsafe_link,
    check_forbidden_image,
    check_broken_internal_link,
    check_broken_redirect,
    check_vanished_permalink,
)
"""All checks, in the order of the documentation of their rules."""


def run_checks(context: Context) -> Iterator[Diagnostic]:
    """The findings of all checks, in no particular order, with every rule at its own severity."""
    for check in CHECKS:
        yield from check(context)
