"""The library as one HTML document, from which pandoc makes the book: notes, themes, works, closed quotations.

Quotations are numbered. One that a notice closes is not where the note has it: there stands its notice, with a link to
its words, which have pages of their own at the end.
"""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

from ...core.model import Note, Quote, Theme
from ...works.citing.numbering import LISTED, SIGN, number_works, signed
from ..addresses import ROOT
from ..linked_site import language_of
from ..pages.cards import PageSite
from ..pages.marked_html import filled, marked
from ..pages.punctuation import smarten
from ..rendered_bodies import Html
from ..verification_words import shown_state

_ID = re.compile(r'\bid="([^"]*)"')
_HERE = re.compile(r'\bhref="#([^"]*)"')
_LINK = re.compile(rf'<a\b[^>]*?\bhref="(?:{ROOT})?([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_PLACE = re.compile(r"(note|theme|work)s/([^/]+)/(?:#(q-)?(.*))?\Z")


def book_html(site: PageSite) -> str:
    """The body of the document. Every hyperlink within it leads to a place that is in it."""
    return number_works(_linked("\n".join(_Book(site).chapters()), site))


class _Book:
    def __init__(self, site: PageSite) -> None:
        self.site = site
        self.words = site.words
        self.notes = sorted(site.links.notes.values(), key=lambda note: (site.words.sort_key(note.title), note.id))
        quotes = [quote for note in self.notes for quote in note.quotes]
        self.numbers = {quote.address: number for number, quote in enumerate(quotes, 1)}
        self.closed = [quote for quote in quotes if site.closes(quote)]

    def chapters(self) -> Iterator[str]:
        settings, _ = self.site.links.library.settings, self.site._
        yield Markup('<h1 id="about">{}</h1>').format(_("About the library"))
        if settings.description:
            yield Markup("<p>{}</p>").format(settings.description)
        yield Markup("<p>{} {}</p>").format(
            _("Every quotation says against what its words were checked:"),
            _("the work itself, the work that quotes it, or nothing yet. Every note says what was read for it."),
        )
        if self.closed:
            yield Markup("<p>{}</p>").format(
                _("Quotations that are hard to read stand at the end; in their place is said what they speak of.")
            )
        if settings.help:
            yield Markup("<p>{}</p>").format(settings.help)
        for note in self.notes:
            yield self._note(note)
        if self.site.links.themes:
            yield Markup('<h1 id="themes">{}</h1>').format(_("Themes"))
            yield from (self._theme(theme) for theme in self.site.themes_by_label)
        yield Markup('<h1 id="works">{}</h1>').format(_("Works"))
        yield from (self._work(key) for key in self.site.work_keys)
        yield LISTED if self.site.bibliography.numeric else ""
        if self.closed:
            yield Markup('<h1 id="closed">{}</h1>').format(_("Closed quotations"))
            if settings.help:
                yield Markup("<p>{}</p>").format(settings.help)
            yield from (self._closed(quote) for quote in self.closed)

    # -- notes and themes

    def _note(self, note: Note) -> str:
        site, _ = self.site, self.site._
        source = site.links.sources.get(note.source.id) if note.source else None
        parts = [Markup('<h1 id="note-{}">{}</h1>').format(note.id, note.title)]
        if source:
            parts.append(Markup('<p class="on">{} {}</p>').format(_("On"), site.entry(source.key)))
        if note.via and source:
            read = _("Read for this note: %(read)s, not %(the)s itself.") % {
                "read": site.kind(note.via.id)[1],
                "the": site.kind(source.key)[2],
            }
        elif note.basis:
            abstract = note.basis == "abstract"
            read = _("Read for this note: the abstract.") if abstract else _("Read for this note: the full text.")
        else:
            read = _("The note does not say what was read for it.")
        day = note.updated or note.date
        by = f"{_('By')} {', '.join(note.contributors)}." if note.contributors else ""
        parts.append(Markup('<p class="about">{} {} {}</p>').format(read, by, self.words.day(day) if day else ""))
        if note.themes:
            parts.append(
                Markup('<p class="about">{}: {}</p>').format(_("Themes"), self._themes(m.id for m in note.themes))
            )
        speaks = site.speaks(mention.id for mention in note.notices)
        if speaks:
            parts.append(Markup('<p class="speaks">{}</p>').format(_("Speaks of %(notices)s") % {"notices": speaks}))
        return "\n".join(parts) + self._prose(note, f"n-{note.id}--")

    def _theme(self, theme: Theme) -> str:
        site, _ = self.site, self.site._
        parts = [Markup('<h2 id="theme-{}">{}</h2>').format(theme.id, theme.label)]
        broader = [m.id for m in theme.broader if m.id in site.links.themes]
        if broader:
            parts.append(Markup('<p class="about">{}: {}</p>').format(_("Broader"), self._themes(broader)))
        narrower = site.links.narrower.get(theme.id, ())
        if narrower:
            parts.append(Markup('<p class="about">{}: {}</p>').format(_("Narrower themes"), self._themes(narrower)))
        parts.append(Markup(self._prose(theme, f"t-{theme.id}--")))
        quotes = site.links.quotes_by_theme.get(theme.id, ())
        if quotes:
            items = Markup("").join(
                Markup('<li><a href="#{}">{}</a> {}</li>').format(
                    self._anchor(quote), self._number(quote), self._by(quote)
                )
                for quote in quotes
            )
            parts.append(Markup("<ul>{}</ul>").format(items))
        return "\n".join(parts)

    def _themes(self, ids: Iterator[str] | tuple[str, ...] | list[str]) -> Markup:
        link = Markup('<a href="#theme-{}">{}</a>')
        return Markup(", ").join(link.format(id_, self.site.theme_label(id_)) for id_ in ids)

    def _prose(self, document: Note | Theme, prefix: str) -> str:
        """A document's prose, in which ids are its own; quotations stand where it has them."""
        body, made = self.site.rendered(document), []
        for section in body.sections:
            if section.level:
                level = min(6, max(2, section.level) + isinstance(document, Theme))
                made.append(f'<h{level} id="{section.id}">{self._filled(section.heading, document)}</h{level}>')
            made.append(self._filled(section.html, document))
        made.append(self._filled(body.footnotes, document))
        html = _ID.sub(rf'id="{prefix}\1"', "\n".join(made))
        html = _HERE.sub(rf'href="#{prefix}\1"', html)
        # Pandoc leaves out endnotes that it has not made itself, and keeps no id of an item of a list, which each is.
        html = html.replace(' role="doc-endnotes"', "")
        html = re.sub(r'<li id="([^"]*)"><p>', r'<li><p><span id="\1"></span>', html)
        # Quotations have ids that hold in the whole book.
        return re.sub(r"\ufdd2(\d+)\ufdd3", lambda m: self._quotation(document.body.quotes[int(m[1])]), html)

    def _filled(self, html: Html, document: Note | Theme) -> str:
        prose = smarten(marked(html), self.words.locale.language)
        citations = document.body.citations
        return filled(
            prose,
            citation=lambda index: self.site.citation(citations[index]),
            quote=lambda index: f"\ufdd2{index}\ufdd3",
        )

    # -- quotations

    def _number(self, quote: Quote) -> str:
        return self.site._("Quotation %(number)s") % {"number": self.numbers[quote.address]}

    def _anchor(self, quote: Quote) -> str:
        return f"q-{quote.note}--{quote.id}"

    def _by(self, quote: Quote) -> Markup:
        site = self.site
        by = escape(site.who(quote))
        if quote.reference:
            by += Markup(", {} {}").format(site._("in"), Markup(site.reference(quote.reference)))
        if quote.quoted_in:
            by += Markup(", {} {}").format(site._("quoted in"), Markup(site.reference(quote.quoted_in)))
        return by

    def _quotation(self, quote: Quote) -> str:
        site = self.site
        state = shown_state(site.state(quote), site.source_of(quote.quoted_in), self.words)
        line = Markup('<p class="by">{}: {} · {}</p>').format(self._number(quote), self._by(quote), state)
        if not site.closes(quote):
            speaks = site.speaks(site.links.notices_of(quote))
            said = site._("Speaks of %(notices)s") % {"notices": speaks} if speaks else ""
            before = Markup('<p class="speaks">{}</p>').format(said) if said else ""
            return self._figure(quote, f"{before}{self._words(quote)}{line}")
        closing = site._("Closed: speaks of %(notices)s") % {"notices": site.speaks(site.links.notices_of(quote))}
        gist = Markup(" {}").format(quote.gist) if quote.gist else ""
        way = Markup('<a href="#closed-{}--{}">{}</a>').format(quote.note, quote.id, site._("Read the quotation"))
        return self._figure(
            quote, Markup('<p class="speaks"><strong>{}.</strong>{} {}</p>{}').format(closing, gist, way, line)
        )

    def _figure(self, quote: Quote, html: str) -> str:
        return f'<div class="quotation" id="{self._anchor(quote)}">{html}</div>'

    def _words(self, quote: Quote) -> Markup:
        note = self.site.links.notes[quote.note]
        place = next(number for number, other in enumerate(note.quotes) if other is quote)
        words = self._filled(self.site.rendered(note).quotes[place], note)
        language = language_of(self.site.source_of(quote.reference))
        lang = f' lang="{escape(language)}"' if language else ""
        return Markup(f'<div class="words" dir="auto"{lang}><blockquote>{words}</blockquote></div>')

    def _closed(self, quote: Quote) -> str:
        """A closed quotation under its notice, on a page of its own where the reader's program has pages."""
        site = self.site
        speaks = site._("Speaks of %(notices)s") % {"notices": site.speaks(site.links.notices_of(quote))}
        back = Markup('<a href="#{}">{}</a>').format(self._anchor(quote), site._("Back to the note"))
        return Markup(
            '<h2 id="closed-{}--{}" class="apart">{}</h2><p class="speaks"><strong>{}.</strong> {}</p>'
            '{}<p class="by">{}</p>'
        ).format(quote.note, quote.id, self._number(quote), speaks, back, self._words(quote), self._by(quote))

    # -- works

    def _work(self, key: str) -> str:
        site, _ = self.site, self.site._
        found = site.links.cited_by.get(key)
        read = "" if site.consulted(key) else _("not read itself")
        notes = Markup(", ").join(
            Markup('<a href="#note-{}">{}</a>').format(note.id, note.title)
            for note in (found.summarised if found else ())
        )
        noted = Markup("{}: {}").format(_("Noted by"), notes) if notes else Markup("")
        said = Markup(" · ").join(part for part in (escape(read), noted) if part)
        about = Markup('<p class="by">{}</p>').format(said) if said else ""
        entry = site.entry(key) or escape(f"@{key}")
        numeric = site.bibliography.numeric
        number = Markup("{}. ").format(Markup(signed(SIGN, key))) if numeric else ""
        return Markup('{}<div class="work" id="work-{}"><p>{}{}</p>{}</div>').format(
            Markup(LISTED if numeric else ""), site.addresses.work_slug(key), number, entry, about
        )


def _linked(html: str, site: PageSite) -> str:
    """The document with hyperlinks to pages of the site leading to the same within it, or to the published site."""
    places = set(_ID.findall(html))

    def link(match: re.Match[str]) -> str:
        address, text = match[1], match[2]
        if re.match(r"(?:https?|mailto):", address):
            return match[0]
        place = address[1:] if address.startswith("#") else _place(address)
        here = _ID.search(match[0].partition(">")[0])
        id_ = f' id="{here[1]}"' if here else ""
        if place in places:
            return f'<a{id_} href="#{place}">{text}</a>'
        published = site.canonical(address) if not address.startswith("#") else ""
        if published:
            return f'<a{id_} href="{published}">{text}</a>'
        return f"<span{id_}>{text}</span>" if id_ else text

    return _LINK.sub(link, html).replace(ROOT, "")


def _place(address: str) -> str:
    found = _PLACE.match(address)
    if not found:
        return ""
    kind, id_, quote, rest = found.groups()
    return f"q-{id_}--{rest}" if quote else f"{kind}-{id_}"
