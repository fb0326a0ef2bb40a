"""`library.yml`: what a library is called, who speaks in it, which notices and which severities it has."""

import re
from collections.abc import Iterator
from pathlib import Path

from babel import Locale

from ..core.diagnostics import Diagnostic, did_you_mean, quoted
from ..core.ids import is_id, propose_id
from ..core.model import IdMention, LibrarySettings, Notice, Role, RuleException
from ..core.rules import RULES, Group, Severity, declare_rule
from ..core.spans import LineTable, Span
from ..core.trees import DataNode, Mapping, Scalar
from ..core.yaml_trees import parse_yaml
from ..works.identifiers import check_url
from .frontmatter import Fields

SETTING_KEYS = (
    "title",
    "description",
    "language",
    "citation-style",
    "help",
    "url",
    "epub",
    "repository",
    "branch",
    "roles",
    "notices",
    "sensitive-sources",
    "rules",
    "exceptions",
    "prose-quotations",
    "redirects",
)
"""The keys of `library.yml`."""

INTERFACE_LANGUAGES = ("de", "en", "es", "fr", "he", "zh")
"""Languages in which the site has its own words; `tests/test_languages.py` compares them with the catalogues."""

_RULES = "florilegium explain lists the rules"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}")
_PAGE = re.compile(r"(?:notes|themes)/[a-z0-9]+(?:-[a-z0-9]+)*")


def parse_settings(table: LineTable) -> tuple[LibrarySettings, list[Diagnostic]]:
    """Read `library.yml`. What is wrong is reported, and has its default."""
    node, diagnostics = parse_yaml(table.text, table, 0)
    if not isinstance(node, Mapping):
        if not diagnostics:
            message, remedy = "library.yml holds no settings", 'write lines such as "title: My library"'
            span = table.span(0, 0)
            diagnostics = [Diagnostic(rule="malformed-front-matter", span=span, message=message, help=remedy)]
        return LibrarySettings(), diagnostics
    fields = Fields(node, diagnostics)
    default = LibrarySettings()
    settings = LibrarySettings(
        title=fields.text("title", required=True, max_length=300) or default.title,
        description=fields.text("description"),
        language=_language(fields) or default.language,
        citation_style=_style(fields) or default.citation_style,
        help=fields.text("help"),
        url=_address(fields, "url"),
        epub=fields.flag("epub", default=False),
        repository=_address(fields, "repository").rstrip("/"),
        branch=_branch(fields) or default.branch,
        roles=tuple(_roles(fields)),
        notices=tuple(_notices(fields)),
        sensitive_sources=_sensitive(fields),
        severities=_severities(fields),
        exceptions=tuple(_exceptions(fields)),
        prose_quotations=fields.flag("prose-quotations", default=True),
        redirects=_redirects(fields),
        spans={**fields.spans, **_key_spans(fields)},
    )
    fields.unknown(SETTING_KEYS)
    return settings, diagnostics


def _key_spans(fields: Fields) -> dict[str, Span]:
    """Where the keys of mappings stand, which the library names: `redirects/themes/old`."""
    return {
        f"{outer}/{key.text}": key.span
        for outer in ("sensitive-sources", "redirects")
        for key, _ in _entries(fields, outer)
    }


declare_rule(
    "untranslated-language",
    Group.FILES,
    "The site's own words exist in the language of the library.",
    "Buttons, headings and dates are translated into some languages. In a library of any other they are English "
    "beside its own words.",
    "Keep the language: the pages are right in all else. A catalogue for it is welcome: see “A language” in "
    "docs/develop.md.",
    severity=Severity.INFORMATION,
)


def _language(fields: Fields) -> str:
    language = fields.text("language")
    if language and not _LANGUAGE.fullmatch(language):
        message = f'"language" must be a language tag, not {quoted(language)}'
        fields.report("language", message, _language_remedy(language))
        return ""
    if language and language.partition("-")[0].lower() not in INTERFACE_LANGUAGES:
        known = ", ".join(INTERFACE_LANGUAGES)
        message = f"the site has no words of its own in {quoted(language)}: its buttons and headings are English"
        remedy = f"nothing need be done; the languages that it has are {known}"
        fields.report("language", message, remedy, rule="untranslated-language")
    return language


def _language_remedy(name: str) -> str:
    """The tag of a language that is named in words, in English or in itself."""
    wanted = name.strip().casefold()
    for tag in ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "ru", "uk", "el", "tr",
                "he", "ar", "fa", "ja", "ko", "zh"):  # fmt: skip
        locale = Locale.parse(tag)
        if wanted in (str(locale.english_name).casefold(), str(locale.display_name).casefold()):
            return f"write {tag}"
    return "write its tag, such as en, de or pt-BR"


def _address(fields: Fields, key: str) -> str:
    """An absolute web address that others can be put after: it ends in `/`, and has no query and no fragment."""
    text = fields.text(key)
    if not text:
        return ""
    checked = check_url(text)
    if not checked.value or "?" in text or "#" in text:
        bare = re.fullmatch(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/[\w./~-]*)?", text)
        remedy = f"write https://{text}" if bare else _ADDRESSES[key]
        fields.report(key, f'"{key}" must be an absolute web address, not {quoted(text)}', remedy)
        return ""
    return f"{checked.value.rstrip('/')}/"


_ADDRESSES = {
    "url": "write where the site is published: https://example.org/companion/",
    "repository": "write where its files are kept: https://github.com/someone/companion",
}


def _branch(fields: Fields) -> str:
    branch = fields.text("branch")
    if branch and not _BRANCH.fullmatch(branch):
        fields.report("branch", f'"branch" must name a branch, not {quoted(branch)}', "write main")
        return ""
    return branch


def _style(fields: Fields) -> str:
    """The name of a style that comes with the program, or the path of one of the library's own."""
    style = fields.text("citation-style")
    if not style or re.fullmatch(r"references/[A-Za-z0-9._-]+\.csl", style):
        return style
    known = sorted(path.stem for path in _STYLES.glob("*.csl"))
    if style in known:
        return style
    own = re.sub(r"[^A-Za-z0-9._-]+", "-", style.removesuffix(".csl").rpartition("/")[2])[:80].strip("-") or "my"
    otherwise = f"put its file into annotations/references/ and write references/{own}.csl; {_MORE_STYLES}"
    meant = _ALIASES.get(style.lower().replace(" ", "-"))
    remedy = f'did you mean "{meant}"?' if meant else did_you_mean(style, known, otherwise)
    fields.report("citation-style", f"there is no citation style {quoted(style)}", remedy)
    return ""


_STYLES = Path(__file__).parent.parent / "works" / "citing" / "styles"
_MORE_STYLES = "styles can be found at https://www.zotero.org/styles"
_ALIASES = {
    "apa-7": "apa",
    "apa7": "apa",
    "chicago": "chicago-author-date",
    "chicago-fullnote-bibliography": "chicago-notes-bibliography",
    "cite-them-right": "harvard-cite-them-right",
    "harvard": "harvard-cite-them-right",
    "mla": "modern-language-association",
    "mla-9": "modern-language-association",
    "nlm": "nlm-citation-sequence",
    "vancouver": "nlm-citation-sequence",
}
"""What the styles are called elsewhere."""


def _mappings(fields: Fields, key: str, example: str) -> Iterator[Mapping]:
    items = fields.items(key, of="mappings", example=example)
    names = [item.text.strip() for item in items if isinstance(item, Scalar) and item.text.strip()]
    if names:
        written = ", ".join(f"{{id: {propose_id(name, otherwise='id')}, label: {name.capitalize()}}}" for name in names)
        example = f"[{written}]"
    for item in [item for item in items if not isinstance(item, Mapping)][:1]:
        fields.expect(key, f"a list of mappings, such as {example}", item, f"write {key}: {example}")
    yield from (item for item in items if isinstance(item, Mapping))


def _roles(fields: Fields) -> Iterator[Role]:
    taken: dict[str, Span] = {}
    for item in _mappings(fields, "roles", "[{id: participant, label: Participant}]"):
        role = Fields(item, fields.diagnostics, where=" of a role")
        id_ = role.text("id", required=True)
        role.unknown(("id", "label"))
        if id_ and _is_new_id(role, id_, taken):
            yield Role(id=id_, label=role.text("label") or id_.capitalize(), span=item.span)


def _notices(fields: Fields) -> Iterator[Notice]:
    taken: dict[str, Span] = {}
    for item in _mappings(fields, "notices", "[{id: drug-use, label: Drug use}]"):
        notice = Fields(item, fields.diagnostics, where=" of a notice")
        id_ = notice.text("id", required=True)
        notice.unknown(("id", "label", "description", "closed"))
        closed = notice.flag("closed", default=True)
        label = notice.text("label") or id_.replace("-", " ").capitalize()
        if id_ and _is_new_id(notice, id_, taken):
            yield Notice(id=id_, label=label, description=notice.text("description"), span=item.span, closed=closed)


def _is_new_id(fields: Fields, id_: str, taken: dict[str, Span]) -> bool:
    """Whether an id has the form of one and is not taken; what is wrong is reported."""
    if not is_id(id_):
        message = f"{quoted(id_)} is not a valid id: lower-case letters a-z, digits and single hyphens, at most 64"
        fields.report("id", message, f"write {propose_id(id_)}", rule="invalid-id")
        return False
    if id_ in taken:
        message = f"the id {quoted(id_)}{fields.where} comes twice"
        fields.doubled(fields.span("id"), message, "give one of the two another id", taken[id_])
        return False
    taken[id_] = fields.span("id")
    return True


def _entries(fields: Fields, key: str, example: str = "") -> Iterator[tuple[Scalar, DataNode]]:
    """The entries of a mapping; without an example a value of another kind is passed over."""
    node = fields.get(key)
    if isinstance(node, Mapping):
        yield from node.entries
    elif node is not None and example:
        fields.expect(key, f"a mapping, such as {example}", node, f"write {key}: {example}")


def _sensitive(fields: Fields) -> dict[str, tuple[IdMention, ...]]:
    entries = _entries(fields, "sensitive-sources", "{doe2009: [trauma]}")
    found = {}
    for key, value in entries:
        inner = Fields(Mapping(((key, value),), key.span), fields.diagnostics)
        found[key.text] = inner.mentions(key.text, or_one=True, example="[trauma]")
    return found


def _severities(fields: Fields) -> dict[str, Severity]:
    severities = {}
    for key, value in _entries(fields, "rules", "{missing-locator: error}"):
        if key.text not in RULES:
            message = f"there is no rule {quoted(key.text)}"
            fields.report("rules", message, did_you_mean(key.text, RULES, _RULES), span=key.span)
            continue
        severity = Fields(Mapping(((key, value),), key.span), fields.diagnostics).choice(key.text, Severity)
        if severity is not None:
            severities[key.text] = severity
    return severities


def _exceptions(fields: Fields) -> Iterator[RuleException]:
    example = '[{rule: missing-locator, paths: ["notes/old-*.md"], reason: No pages known.}]'
    for item in _mappings(fields, "exceptions", example):
        inner = Fields(item, fields.diagnostics, where=" of an exception")
        rule = inner.text("rule", required=True)
        if rule and rule not in RULES:
            inner.report("rule", f"there is no rule {quoted(rule)}", did_you_mean(rule, RULES, _RULES))
        inner.unknown(("rule", "paths", "keys", "reason"))
        yield RuleException(
            rule=rule,
            paths=inner.text_list("paths"),
            keys=inner.text_list("keys"),
            reason=inner.text("reason", required=True),
            span=item.span,
        )


def _redirects(fields: Fields) -> dict[str, str]:
    found = {}
    for key, value in _entries(fields, "redirects", "{themes/old: themes/new}"):
        for node in (key, value):
            if not isinstance(node, Scalar) or not _PAGE.fullmatch(node.text):
                shown = quoted(node.text) if isinstance(node, Scalar) else "this"
                message = f'"redirects" must lead from page to page, and {shown} is not one'
                fields.report("redirects", message, "write themes/old: themes/new", span=node.span)
                break
        else:
            assert isinstance(value, Scalar)
            found[key.text] = value.text
    return found
