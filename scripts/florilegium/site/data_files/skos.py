"""The themes as a vocabulary: a SKOS concept scheme in JSON-LD and in Turtle, the same triples in both.

Specifications: SKOS (https://www.w3.org/TR/skos-reference/), JSON-LD 1.1, RDF 1.1 Turtle. The IRI of a theme is its
permalink. The JSON-LD brings its own context, so that nobody has to fetch one. A theme that was renamed is still
there, as deprecated, and names the one that took its place.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ...core.model import Theme
from ..linked_site import Site
from ..prose_texts import one_line, prose_text, valid_text
from .data_file import DataFile
from .identity import theme_iri
from .pieces import encoded, json_text, listed

_PREFIXES = {
    "dct": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_TEXTS = {
    "title": "dct:title",
    "description": "dct:description",
    "prefLabel": "skos:prefLabel",
    "altLabel": "skos:altLabel",
    "note": "skos:note",
    "definition": "skos:definition",
}
"""Terms for texts in the language of the library, and their properties."""
_LINKS = {
    "hasTopConcept": "skos:hasTopConcept",
    "inScheme": "skos:inScheme",
    "topConceptOf": "skos:topConceptOf",
    "broader": "skos:broader",
    "narrower": "skos:narrower",
    "related": "skos:related",
    "isReplacedBy": "dct:isReplacedBy",
}
"""Terms for links to other things."""


class Concept(NamedTuple):
    """One subject of the vocabulary: the scheme, a theme, or the former name of one."""

    iri: str
    type: str
    """`ConceptScheme` or `Concept`."""
    identifier: str
    texts: tuple[tuple[str, str], ...]
    """Terms of `_TEXTS` with their values."""
    links: tuple[tuple[str, str], ...]
    """Terms of `_LINKS` with IRIs."""
    deprecated: bool = False


def theme_files(site: Site) -> Iterator[DataFile]:
    yield DataFile(
        name="themes.jsonld",
        path="data/themes.jsonld",
        title="The themes as a SKOS vocabulary, in JSON-LD",
        media_type="application/ld+json",
        render=lambda: encoded(_json_ld(site)),
    )
    yield DataFile(
        name="themes.ttl",
        path="data/themes.ttl",
        title="The themes as a SKOS vocabulary, in Turtle",
        media_type="text/turtle",
        render=lambda: encoded(_turtle(site)),
    )


# --------------------------------------------------------------------------------------------------- concepts


def concepts(site: Site) -> Iterator[Concept]:
    """The scheme, the themes in the order of their ids, and the former names of themes."""
    yield _scheme(site)
    related = _related(site)
    for _, theme in sorted(site.links.themes.items()):
        yield _concept(theme, related.get(theme.id, ()), site)
    for old, new in sorted(site.links.library.settings.redirects.items()):
        before, after = old.removeprefix("themes/"), new.removeprefix("themes/")
        if (old, new) == (f"themes/{before}", f"themes/{after}") and before not in site.links.themes:
            yield _former(before, after, site)


def definition_of(theme: Theme, site: Site) -> str:
    """The prose of a theme as plain text, its headings as paragraphs."""
    return valid_text(prose_text(theme, site, "\n\n"))


def _scheme_iri(site: Site) -> str:
    return site.permanent("themes/")


def _scheme(site: Site) -> Concept:
    settings = site.links.library.settings
    texts = (("title", one_line(settings.title)), ("description", one_line(settings.description)))
    tops = (theme.id for theme in site.links.themes.values() if not _broader(theme, site))
    links = tuple(("hasTopConcept", theme_iri(id_, site)) for id_ in sorted(tops))
    return Concept(_scheme_iri(site), "ConceptScheme", "", tuple(pair for pair in texts if pair[1]), links)


def _broader(theme: Theme, site: Site) -> list[str]:
    return _known((mention.id for mention in theme.broader), site)


def _concept(theme: Theme, related: Iterable[str], site: Site) -> Concept:
    notices = site.notice_choices([mention.id for mention in theme.notices])
    texts = [
        ("prefLabel", theme.label),
        # SKOS has no label that is both (S13).
        *(("altLabel", alias) for alias in dict.fromkeys(theme.aliases) if alias != theme.label),
        *(("note", f"Content notice: {label}") for _, label in notices),
        ("definition", definition_of(theme, site)),
    ]
    broader = _broader(theme, site)
    links = [
        ("inScheme", _scheme_iri(site)),
        *([] if broader else [("topConceptOf", _scheme_iri(site))]),
        *(("broader", theme_iri(id_, site)) for id_ in broader),
        *(("narrower", theme_iri(id_, site)) for id_ in _known(site.links.narrower.get(theme.id, ()), site)),
        *(("related", theme_iri(id_, site)) for id_ in related),
    ]
    valid = tuple((term, valid_text(text)) for term, text in texts if text)
    return Concept(theme_iri(theme.id, site), "Concept", theme.id, valid, tuple(links))


def _former(old: str, new: str, site: Site) -> Concept:
    links = (("isReplacedBy", theme_iri(new, site)),)
    return Concept(theme_iri(old, site), "Concept", old, (), links, deprecated=True)


def _known(ids: Iterable[str], site: Site) -> list[str]:
    return [id_ for id_ in dict.fromkeys(ids) if id_ in site.links.themes]


def _related(site: Site) -> Mapping[str, list[str]]:
    """What each theme is related to, both ways, but for themes above and below it: SKOS forbids these (S27)."""
    themes = site.links.themes
    above = {id_: _above(id_, site) for id_ in themes}
    found: dict[str, set[str]] = {id_: set() for id_ in themes}
    for theme in themes.values():
        for id_ in _known((mention.id for mention in theme.related), site):
            if id_ != theme.id and id_ not in above[theme.id] and theme.id not in above[id_]:
                found[theme.id].add(id_)
                found[id_].add(theme.id)
    return {id_: sorted(ids) for id_, ids in found.items()}


def _above(id_: str, site: Site) -> set[str]:
    """All themes that are broader, at any distance."""
    found: set[str] = set()
    waiting = [id_]
    while waiting:
        for mention in site.links.themes[waiting.pop()].broader:
            if mention.id in site.links.themes and mention.id not in found:
                found.add(mention.id)
                waiting.append(mention.id)
    return found


def _language(site: Site) -> str:
    """The library's language tag (BCP 47), or nothing where it is none."""
    language = site.links.library.settings.language
    return language if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", language) else ""


# ---------------------------------------------------------------------------------------------------- JSON-LD


def _json_ld(site: Site) -> Iterator[str]:
    yield f'{{"@context":{json_text(_context(site))},\n"@graph":'
    yield from listed(map(_node, concepts(site)))
    yield "}\n"


def _context(site: Site) -> dict[str, Any]:
    language = _language(site)
    texts = {term: {"@id": id_} | ({"@language": language} if language else {}) for term, id_ in _TEXTS.items()}
    links = {term: {"@id": id_, "@type": "@id"} for term, id_ in _LINKS.items()}
    own = {"ConceptScheme": "skos:ConceptScheme", "Concept": "skos:Concept", "identifier": "dct:identifier"}
    return {**_PREFIXES, **own, **texts, **links, "deprecated": {"@id": "owl:deprecated", "@type": "xsd:boolean"}}


def _node(concept: Concept) -> dict[str, Any]:
    node: dict[str, Any] = {"@id": concept.iri, "@type": concept.type}
    if concept.identifier:
        node["identifier"] = concept.identifier
    if concept.deprecated:
        node["deprecated"] = "true"
    for term, value in (*concept.texts, *concept.links):
        node.setdefault(term, []).append(value)
    return {term: value[0] if isinstance(value, list) and len(value) == 1 else value for term, value in node.items()}


# ----------------------------------------------------------------------------------------------------- Turtle


def _turtle(site: Site) -> Iterator[str]:
    yield "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in _PREFIXES.items())
    tag = f"@{language}" if (language := _language(site)) else ""
    for concept in concepts(site):
        yield "\n" + " ;\n    ".join(_statements(concept, tag)) + " .\n"


def _statements(concept: Concept, tag: str) -> Iterator[str]:
    yield f"{_iri(concept.iri)} a skos:{concept.type}"
    if concept.identifier:
        yield f"dct:identifier {_literal(concept.identifier)}"
    if concept.deprecated:
        yield 'owl:deprecated "true"^^xsd:boolean'
    for term, text in concept.texts:
        yield f"{_TEXTS[term]} {_literal(text)}{tag}"
    for term, iri in concept.links:
        yield f"{_LINKS[term]} {_iri(iri)}"


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _literal(text: str) -> str:
    return '"' + re.sub(r'[\\"\n\r\t]', lambda sign: _ESCAPES[sign[0]], text) + '"'


def _iri(iri: str) -> str:
    return "<" + re.sub(r'[\x00-\x20<>"{}|^`\\]', lambda sign: f"%{ord(sign[0]):02X}", iri) + ">"
