"""What pages say of how a quotation was checked, in the language of the library."""

from ..core.sources import Source
from ..quotations.matching.brackets import OMISSION
from ..quotations.matching.normal_form import normalise_words
from ..quotations.states import QuoteState, state_words
from .languages import Words


def shown_state(state: QuoteState, quoted_in: Source | None, words: Words) -> str:
    """The state of a quotation as its line says it, without a full stop."""
    said = words.gettext(state_words(state.against, quoted_in))
    return words.gettext("%(state)s; compared by two") % {"state": said} if state.people > 1 else said


def marks_words(state: QuoteState, quoted: str, words: Words) -> str:
    """What a reader should know of the words besides: `Part of a sentence; 2 omissions`."""
    marks = state.entries[0].marks if state.entries else ()
    omissions = len(OMISSION.findall(normalise_words(quoted))) if "[" in quoted else 0
    found = (
        *((words.gettext("part of a sentence"),) if "cut" in marks else ()),
        *((words.counted("%(num)s omission", "%(num)s omissions", omissions),) if omissions else ()),
        *((words.gettext("emphasis added"),) if "emphasis" in marks else ()),
        *((words.gettext("brackets in the original"),) if "brackets" in marks else ()),
    )
    said = "; ".join(found)
    return said[:1].upper() + said[1:]


def record_words(state: QuoteState, work: str, words: Words) -> str:
    """When, with what work and by whom words were compared; empty where they were not. `work` is as after "with"."""
    if not state.entries:
        return ""
    last = state.entries[0]
    editions = len({entry.original for entry in state.entries})
    people = sorted({entry.by for entry in state.entries if entry.by})
    _ = words.gettext
    compared = _("Compared on %(day)s with %(work)s") % {"day": words.day(last.date), "work": work or _("the work")}
    parts = [
        compared + (f", {_('page %(page)s') % {'page': last.page}}" if last.page else ""),
        *([_("one of %(number)s places in it") % {"number": words.number(last.places)}] if last.places > 1 else ()),
        *([_("found in %(number)s editions") % {"number": words.number(editions)}] if editions > 1 else ()),
        *([_("by %(people)s") % {"people": words.listed(people)}] if people else ()),
        *([_("corrected after a first comparison")] if "corrected" in last.marks else ()),
    ]
    return "; ".join(parts)
