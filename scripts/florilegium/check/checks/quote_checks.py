"""Checks of quotes: their ids, speakers and notices, and whether they are still what was verified."""

import re
from collections.abc import Iterator
from dataclasses import replace

from ...core.diagnostics import Diagnostic, Related, quoted
from ...core.model import IdMention, Note, Quote, Speaker
from ...core.rules import Group, Severity, declare_rule
from ...core.spans import Span
from ...library.listing import SETTINGS_PATH
from ...library.voices import named_people, read_voices
from ...markdown.speakers import SpeakerFault
from .context import Context, found

_EARLY = re.compile(r"(?<![^\s,])(?:[#!][a-z]|\{#)")
"""A theme, notice or id before the work: that is reported where it is read, and what follows from it is not."""
_SHOWN_THEMES = 8
_SHORT = 20
"""Characters below which words may well be quoted twice."""


declare_rule(
    "duplicate-quote-id",
    Group.QUOTES,
    "An id names one quote of a note.",
    "Two quotes cannot share one address.",
    "Give one of them another id.",
)


def check_duplicate_quote_id(context: Context) -> Iterator[Diagnostic]:
    for note in context.notes:
        seen: dict[str, Quote] = {}
        for quote in note.quotes:
            if quote.id and quote.id in seen:
                yield found(
                    "duplicate-quote-id",
                    quote.id_span,
                    f"the id {quoted(quote.id)} names two quotes of this note",
                    "give one of them another id",
                    about=quote.address,
                    related=[Related(message="the first one", span=seen[quote.id].id_span)],
                )
            seen.setdefault(quote.id, quote)


declare_rule(
    "duplicate-quote",
    Group.QUOTES,
    "The same words are quoted once in the library.",
    "Two copies of a quotation drift apart, and count twice.",
    "Keep one of them and refer to it from the other place.",
    severity=Severity.WARNING,
)


def check_duplicate_quote(context: Context) -> Iterator[Diagnostic]:
    seen: dict[str, Quote] = {}
    for quote in context.quotes:
        words = compared_words(quote)
        if not words:
            continue
        first = seen.setdefault(words, quote)
        if first is not quote:
            yield found(
                "duplicate-quote",
                quote.words_span,
                f"the same words are quoted in {first.span.path}, line {first.span.line}",
                "keep one of the two, and link to it from the other place",
                about=quote.address,
                related=[Related(message="the same words", span=first.words_span)],
            )


def compared_words(quote: Quote) -> str:
    """The words of a quote as they are compared with those of others; an empty string for a few words."""
    words = " ".join(quote.words.split()).casefold()
    return words if len(words) >= _SHORT else ""


declare_rule(
    "missing-quote-theme",
    Group.QUOTES,
    "Every quote is filed under a theme.",
    "Themes are how readers find quotations.",
    "Add `#theme` to the attribution.",
    severity=Severity.WARNING,
)


def check_missing_quote_theme(context: Context) -> Iterator[Diagnostic]:
    for note in context.notes:
        own = [mention.id for mention in note.themes if mention.id in context.links.themes]
        shown = ", ".join(f"#{id_}" for id_ in (own or sorted(context.links.themes))[:_SHOWN_THEMES])
        for quote in note.quotes:
            if quote.themes:
                continue
            message = "the quote is filed under no theme"
            remedy = f"add a theme after the work: {shown or '#theme, and write that theme'}"
            yield found("missing-quote-theme", quote.attribution_span, message, remedy, about=quote.address)


# --------------------------------------------------------------------------------------------------- speakers


declare_rule(
    "unknown-speaker",
    Group.QUOTES,
    "The speaker of a quote is one or more of the roles that `library.yml` declares, each with a name in quotation "
    "marks or a number if there is one; or an author or editor of the work, by name.",
    "To credit an interview line to the author who printed it is the worst mistake that a note can make. What "
    "stands beside the role is either shown to readers or refused: nothing of it is dropped.",
    'Name the role, for example `a participant`, `participant 7` or `a participant, "Dana"`; or declare it in '
    "`library.yml`. What else is known of the speaker belongs into the prose.",
)


def check_unknown_speaker(context: Context) -> Iterator[Diagnostic]:
    roles = context.links.roles
    if not roles:
        yield from _no_roles(context)
        return
    known: set[tuple[str, str]] = set()
    for quote in context.quotes:
        identity = (quote.speaker.text if quote.speaker else "", quote.reference.key if quote.reference else "")
        if quote.speaker is None or identity in known:
            continue
        voices = read_voices(context.links, quote)
        if not isinstance(voices, SpeakerFault) or _EARLY.search(quote.speaker.text):
            known.add(identity)
            continue
        remedy = voices.remedy
        if not remedy:
            remedy = _role_remedy(context, quote, quote.speaker)
        yield found("unknown-speaker", quote.speaker.span, voices.message, remedy, about=quote.address)


def _role_remedy(context: Context, quote: Quote, speaker: Speaker) -> str:
    """How to write a speaker who starts with no role."""
    roles = context.links.roles
    bare = speaker._replace(text=re.sub(r"\*|(?<!\w)_|_(?!\w)", "", speaker.text))
    if bare.text != speaker.text and not isinstance(
        read_voices(context.links, replace(quote, speaker=bare)), SpeakerFault
    ):
        return f"write it without emphasis: {bare.text}"
    inner = speaker._replace(text=speaker.text.strip("()[]\"“”'‘’ "))
    if inner.text != speaker.text and not isinstance(
        read_voices(context.links, replace(quote, speaker=inner)), SpeakerFault
    ):
        return f"write it without brackets or quotation marks: {inner.text}"
    if re.fullmatch(r"[\"“„«']?[^\W\d_a-z][\w’-]*[\"”“»']?", speaker.text):
        name = speaker.text.strip("\"“”„«»'")
        return f'put a role before the name: {next(iter(roles))}, "{name}" (the roles are {", ".join(roles)})'
    source = context.links.sources.get(quote.reference.key) if quote.reference else None
    for person in named_people(source, roles) if source else ():
        if person.full.split()[-1].casefold() in speaker.text.casefold().split():
            return f"did you mean {quoted(person.full)}, as the work has it? Else start with a role: {', '.join(roles)}"
    first = speaker.text.split()
    first = first[1:] if first[0].lower() in ("a", "an", "the") and len(first) > 1 else first
    return context.guess(first[0], roles, f"start with a role of library.yml: {', '.join(roles)}")


declare_rule(
    "conflicting-speaker",
    Group.QUOTES,
    "A name of a speaker has one role in all quotations from a work.",
    "If Dana is a participant in one note and the interviewer in another, one of the two credits the wrong person.",
    "Compare with the work, and give the name one role.",
)


def check_conflicting_speaker(context: Context) -> Iterator[Diagnostic]:
    """A name or a code stands for one speaker of a work, who has one role."""
    seen: dict[tuple[str, str], tuple[str, Quote]] = {}
    for quote in context.quotes:
        voices = read_voices(context.links, quote) if quote.speaker and quote.reference else ()
        for voice in () if isinstance(voices, SpeakerFault) else voices:
            if not voice.name or voice.is_person or quote.speaker is None or quote.reference is None:
                continue
            role, first = seen.setdefault((quote.reference.key, voice.name.casefold()), (voice.role, quote))
            if role == voice.role:
                continue
            labels = [context.links.roles[id_].label.lower() for id_ in (voice.role, role)]
            yield found(
                "conflicting-speaker",
                quote.speaker.span,
                f"{quoted(voice.name)} is a speaker of the role {labels[0]} here, and {labels[1]} in {first.address}",
                "give the name one role in all quotations of the work",
                about=quote.address,
                related=[Related(message="the other role", span=first.speaker.span if first.speaker else first.span)],
            )


def _no_roles(context: Context) -> Iterator[Diagnostic]:
    """One finding, where there would be one for each quote."""
    if context.has_settings and any(quote.speaker for quote in context.quotes):
        message = "library.yml declares no roles, so nobody can say who speaks in a quote"
        remedy = "add roles: [{id: participant, label: Participant}]"
        yield found("unknown-speaker", Span.of_file(SETTINGS_PATH), message, remedy)


# ---------------------------------------------------------------------------------------------------- notices


declare_rule(
    "unknown-notice",
    Group.QUOTES,
    "Every content notice is declared in `library.yml`.",
    "A misspelt notice would warn nobody.",
    "Correct the name, or declare the notice.",
)


def check_unknown_notice(context: Context) -> Iterator[Diagnostic]:
    notices = context.links.notices
    for mention in _notice_mentions(context) if context.has_settings else ():
        if mention.id not in notices:
            remedy = "declare it under notices: in annotations/library.yml"
            if mention.id in context.links.themes:
                remedy = f"it is a theme: write #{mention.id}"
            remedy = context.guess(mention.id, notices, remedy)
            message = f"there is no notice {quoted(mention.id)}"
            yield found("unknown-notice", mention.span, message, remedy, about=mention.id)


def _notice_mentions(context: Context) -> Iterator[IdMention]:
    for note in context.notes:
        yield from note.notices
    for quote in context.quotes:
        yield from quote.notices
    for theme in context.links.themes.values():
        yield from theme.notices
    for mentions in context.links.library.settings.sensitive_sources.values():
        yield from mentions


declare_rule(
    "missing-notice",
    Group.QUOTES,
    "What belongs to a sensitive theme or source carries the notices that the library asks for.",
    "Some readers read about their own trauma, and rely on the notices.",
    "Add `!notice` to the attribution, or the id to `notices:`.",
)


def check_missing_notice(context: Context) -> Iterator[Diagnostic]:
    for note in context.notes:
        yield from _missing_on_note(context, note)
        for quote in note.quotes:
            yield from _missing_on_quote(context, quote)


def _missing_on_note(context: Context, note: Note) -> Iterator[Diagnostic]:
    if note.source is None:
        return
    own = {mention.id for mention in note.notices}
    for mention in context.links.library.settings.sensitive_sources.get(note.source.id, ()):
        if mention.id not in own and mention.id in context.links.notices:
            message = _lacks("note", mention.id, f"the source {quoted(note.source.id)}")
            remedy = f"add {mention.id} to notices: at the head of the note"
            yield found("missing-notice", note.source.span, message, remedy, about=mention.id)


def _missing_on_quote(context: Context, quote: Quote) -> Iterator[Diagnostic]:
    own = {mention.id for mention in quote.notices}
    for id_, asking in _wanted(context, quote).items():
        # A notice that nobody declared is reported as unknown where it stands.
        if id_ not in own and id_ in context.links.notices:
            message = _lacks("quote", id_, asking)
            yield found("missing-notice", quote.attribution_span, message, f"add !{id_} to it", about=id_)


def _wanted(context: Context, quote: Quote) -> dict[str, str]:
    """The notices that a quote must carry, each with what asks for it."""
    themes = context.links.themes
    wanted: dict[str, str] = {}
    for mention in quote.themes:
        for notice in themes[mention.id].notices if mention.id in themes else ():
            wanted.setdefault(notice.id, f"the theme {quoted(mention.id)}")
    if quote.reference:
        for notice in context.links.library.settings.sensitive_sources.get(quote.reference.key, ()):
            wanted.setdefault(notice.id, f"the source {quoted(quote.reference.key)}")
    return wanted


def _lacks(what: str, notice: str, asking: str) -> str:
    return f"the {what} lacks the notice {quoted(notice)}, for which {asking} asks"
