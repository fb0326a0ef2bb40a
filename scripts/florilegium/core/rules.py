"""Every rule that a library is checked against: its name, its severity, why it exists and what to do."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["REFERENCES", "RULES", "Rule", "Severity"]


class Severity(StrEnum):
    """How much a finding matters; the words are the Language Server Protocol's, and `off`."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    OFF = "off"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that can be wrong with a library."""

    name: str
    group: str
    severity: Severity
    """The severity unless `library.yml` sets another one."""
    summary: str
    """What the rule demands, in one sentence."""
    reason: str
    """Why, for the reader of its documentation; Markdown."""
    remedy: str
    """What to do about a finding; Markdown."""


ERROR, WARNING, INFORMATION = Severity.ERROR, Severity.WARNING, Severity.INFORMATION

FILES = "Files and text"
FRONT_MATTER = "Front matter"
REFERENCES = "References and sources"
THEMES = "Themes"
QUOTES = "Quotes"
VERIFICATION = "Verification"
PROSE = "Prose and links"
WORLD = "Links to other sites"
LIMITS = "Limits"

# fmt: off
_TABLE = (
    # name, group, severity, summary, reason, remedy
    ("unexpected-file", FILES, ERROR,
     "Only notes, themes, reference files, `library.yml` and the files `*.lock` that commands write live under `annotations/`.",
     "A file that nothing reads is a file that nobody reviews; and whatever lies there could be published by accident.",
     "Move the file elsewhere, or rename it so that it is a note (`notes/<id>.md`) or a theme (`themes/<id>.md`)."),
    ("symbolic-link", FILES, ERROR,
     "Everything under `annotations/` is a regular file or a folder.",
     "A link can point at any file of the machine that builds the site, and would publish it. Devices, sockets and pipes are refused too.",
     "Replace the link by the file itself."),
    ("unreadable-file", FILES, ERROR,
     "Every file under `annotations/` can be read.",
     "A note that cannot be read would vanish from the site without a word.",
     "Give the file read permission, or remove it."),
    ("not-utf-8", FILES, ERROR,
     "Every text is UTF-8.",
     "Text in another encoding shows as rubbish, and a replaced letter in a quotation is a misquotation.",
     "Save the file as UTF-8; the message names the first byte that does not fit."),
    ("invisible-character", FILES, ERROR,
     "No text holds control characters, directional overrides or other characters that a reviewer cannot see.",
     "What a reviewer sees in a change must be what is published. Joiners that a script needs for its spelling are allowed where they belong.",
     "Delete the character; an editor shows it when you retype the words around it."),
    ("invalid-id", FILES, ERROR,
     "An id is made of lower-case ASCII letters, digits and single hyphens, 64 characters at most.",
     "Ids become addresses of pages, which readers cite, so they are permanent and must be plain.",
     "Rename the file or the quote, for example to `forget-the-pain`."),
    ("clashing-ids", FILES, ERROR,
     "No two notes and no two themes have ids that differ only in case.",
     "Some file systems cannot keep the two pages apart.",
     "Rename one of them."),
    ("unfinished-text", FILES, ERROR,
     "No note and no theme holds `TODO:`; a draft may.",
     "`florilegium new` marks in this way what its writer has still to say. On the site it would be read as part of the note.",
     "Do what it says, and remove it; or write `status: draft` at the head of the note until you can. Where `TODO:` belongs to the words of a quotation, record an exception with the reason in `library.yml`."),
    ("too-large", LIMITS, ERROR,
     "A note is at most 1 MiB, its front matter at most 512 kB.",
     "One huge file could stop the checks for everybody.",
     "Split the note, or move long material elsewhere."),
    ("too-many-references", LIMITS, ERROR,
     "A note lists at most 1,000 references.",
     "A list of that length is a bibliography, and belongs into `annotations/references/`.",
     "Move the references into a file under `annotations/references/`."),
    ("too-many-names", LIMITS, ERROR,
     "A reference names at most 6,000 authors.",
     "The longest real author list has 5,154 names; a longer one is a mistake.",
     "Shorten the list, or name the collaboration as `literal`."),
    ("too-long", LIMITS, ERROR,
     "A title is at most 300 characters long.",
     "Titles stand in navigation, feeds and search results.",
     "Shorten the title; the rest can open the note."),
    ("too-deep", LIMITS, ERROR,
     "Lists, block quotes and YAML values are nested at most 16 deep.",
     "Nesting of that depth is a mistake, or an attack on the programs that read it.",
     "Flatten the structure."),
    ("too-slow", LIMITS, ERROR,
     "A note is read and rendered within 10 seconds.",
     "Some texts are made so that programs never finish with them; the others must still be reported.",
     "Simplify the note; look for very long runs of brackets, asterisks or backticks."),

    ("malformed-front-matter", FRONT_MATTER, ERROR,
     "A note and a theme open with YAML between two lines `---`.",
     "Anchors, aliases, tags, merge keys and duplicate keys are refused too: they mean different things to different programs.",
     "Correct the YAML at the place that the message names; quote a value that holds `: ` or ` #`."),
    ("unknown-front-matter-key", FRONT_MATTER, ERROR,
     "Only the keys of the note format are allowed.",
     "A misspelt key would be ignored without a word, and a note must not be able to set the options of the site.",
     "Correct the spelling, or remove the key."),
    ("missing-front-matter-key", FRONT_MATTER, ERROR,
     "A note has a `title`, a `source` where it lists more than one work, and `via` where the basis is `secondary`; a theme has a `label`.",
     "A reader must be able to see what is summarised and what the note-taker had in hand.",
     "Add the key."),
    ("cut-short-value", FRONT_MATTER, WARNING,
     "No value of a front matter ends before ` #`.",
     "YAML takes a `#` after a blank for the beginning of a comment, so `title: Song #9` is the title `Song`, and `themes: #sleep` lists nothing.",
     "Put the value in quotes, or remove the `#`; two blanks before it say that a comment is meant."),
    ("invalid-front-matter-value", FRONT_MATTER, ERROR,
     "Every value has the kind that its key asks for.",
     "A number where a list belongs is a mistake that later turns into a wrong page.",
     "Give the value the form that the message shows."),

    ("unresolved-reference", REFERENCES, ERROR,
     "Every citation key stands for a work that is listed somewhere.",
     "A citation that leads nowhere cannot be followed.",
     "Correct the key, or add the work under `references:` or in `annotations/references/`."),
    ("duplicate-citation-key", REFERENCES, ERROR,
     "A file lists each citation key once.",
     "With two entries it is chance which of them is cited.",
     "Remove one of the two, or give it a key of its own."),
    ("conflicting-reference", REFERENCES, ERROR,
     "A citation key stands for the same work, described alike, wherever it is listed.",
     "Two notes that mean different works by one key would share one entry in the bibliography, and one of them would be wrong.",
     "Make the two entries alike, or give one work another key."),
    ("duplicate-source", REFERENCES, WARNING,
     "A work has one citation key.",
     "A work under two keys is counted twice, and what is quoted from it is scattered.",
     "Use one key in all notes."),
    ("unused-reference", REFERENCES, WARNING,
     "Every work that a note lists is cited in it.",
     "An entry that nobody cites is often the trace of a citation that was lost.",
     "Cite the work, or remove the entry."),
    ("invalid-reference", REFERENCES, ERROR,
     "A reference is a CSL item: with an id, a known type, names and dates in their CSL form.",
     "The bibliography, the exports and every reference manager rely on that form.",
     "Correct the field that the message names."),
    ("doubtful-reference", REFERENCES, WARNING,
     "A reference from another program says what it means in the words of its format.",
     "Bibliographies come with names parted by other signs than the format's, with commands and dates that no program knows, with entries without a key. What is likely meant is read, and said, so that nothing is lost in silence.",
     "Compare it with the work, and write it as the message proposes."),
    ("incomplete-reference", REFERENCES, WARNING,
     "A reference holds what its type needs: a title, an author or editor, a date, the journal or the book.",
     "A reader must be able to find the work.",
     "Add the field; where it is really not known, record an exception with the reason in `library.yml`."),
    ("invalid-doi", REFERENCES, ERROR,
     "A DOI has a prefix `10.` and a suffix, without an address before it.",
     "A wrong DOI leads to another work, or nowhere.",
     "Copy the DOI anew, for example `10.1016/j.tins.2012.11.002`."),
    ("invalid-isbn", REFERENCES, ERROR,
     "An ISBN has 10 or 13 digits and a right check digit.",
     "One mistyped digit names another book.",
     "Compare the number with the book."),
    ("invalid-issn", REFERENCES, ERROR,
     "An ISSN has eight digits and a right check digit.",
     "One mistyped digit names another journal.",
     "Compare the number with the journal."),
    ("invalid-orcid", REFERENCES, ERROR,
     "An ORCID iD has sixteen digits and a right check digit.",
     "One mistyped digit names another person.",
     "Copy the iD anew from the person's page."),
    ("invalid-url", REFERENCES, ERROR,
     "The URL of a work is an absolute `http` or `https` address.",
     "Other schemes do not open in a browser, or do more than open a page.",
     "Give the address of the work's page."),
    ("implausible-date", REFERENCES, WARNING,
     "A date exists in the calendar and does not lie in the future.",
     "It is nearly always a slip of the keyboard.",
     "Compare the date with the work."),
    ("invalid-status", REFERENCES, ERROR,
     "The status of a work that was retracted or corrected is `retracted`, `corrected` or `concern`, with a date and a notice that can be read.",
     "A misspelt status would be shown nowhere, and readers would trust a work that nobody should.",
     "Write `status: retracted`, and in `custom:` a `status-date: 2020-05-01` and a `status-notice:` with the DOI or the address of the notice."),
    ("retracted-work", REFERENCES, WARNING,
     "No note summarises a retracted work, and no quotation comes from one.",
     "What the work found does not count any more, and who reads the note must know. Pages and exports say it beside each of its quotations.",
     "Say in the note why it is kept, and record an exception with the reason in `library.yml`; or remove what rests on the work."),
    ("uncanonical-doi", REFERENCES, WARNING,
     "A DOI is written without `https://doi.org/` or `doi:`.",
     "Styles and exports add the address themselves.",
     "Keep only the part from `10.` on."),
    ("missing-locator", REFERENCES, WARNING,
     "A quote from a paged work says on which page it stands.",
     "Without a page nobody can check the words. Where a quote was read in another work, the place in that work counts.",
     "Add the page: `[@key, p. 12]`."),
    ("invalid-locator", REFERENCES, WARNING,
     "A locator is a label with a value, its range runs upwards, and it lies within the pages of the work.",
     "A page that the work does not have is a mistyped page.",
     "Compare the page with the work."),

    ("unknown-theme", THEMES, ERROR,
     "Every theme that is named has a file under `annotations/themes/`.",
     "A quote under a misspelt theme would not be found.",
     "Correct the name, or write the theme."),
    ("undeclared-theme", THEMES, ERROR,
     "A quote is filed only under themes that its note lists.",
     "The list says in which order the source treats its themes, so it must be whole.",
     "Add the theme to the note's `themes:`."),
    ("theme-without-quotes", THEMES, INFORMATION,
     "Every theme has at least one quote.",
     "A theme is worth most where a reader can see the words that it rests on.",
     "Look for a quotation, or leave it: some themes have none yet."),
    ("unused-theme", THEMES, WARNING,
     "Every theme is listed by a note.",
     "A theme that nothing leads to is an empty page.",
     "List it in a note, or remove the file."),
    ("theme-cycle", THEMES, ERROR,
     "No theme is, by way of `broader`, broader than itself.",
     "The themes are shown as a tree.",
     "Remove one `broader` of those that the message names."),

    ("unattributed-quote", QUOTES, ERROR,
     "Every block quote ends with an attribution.",
     "In a companion to a literature, words without a source are a defect.",
     "Add a last paragraph `— SPEAKER, [@key, p. 1] #theme {#id}`, or write the passage as prose."),
    ("malformed-attribution", QUOTES, ERROR,
     "An attribution reads `— SPEAKER, [@key, LOCATOR], quoted in [@key2] #theme !notice {#quote-id}`.",
     "What cannot be read cannot be checked, linked or credited.",
     "Follow the form; the message names the part that could not be read."),
    ("missing-quote-id", QUOTES, INFORMATION,
     "A quote has an id, `{#…}` at the end of its attribution.",
     "The id is the quote's permanent address. Without one the program proposes an id and uses it; an id that is written in the note stays when the words are corrected.",
     "Run `florilegium check --fix`, which writes the proposed id; or choose a better one before the quote is published."),
    ("duplicate-quote-id", QUOTES, ERROR,
     "An id names one quote of a note.",
     "Two quotes cannot share one address.",
     "Give one of them another id."),
    ("duplicate-quote", QUOTES, WARNING,
     "The same words are quoted once in the library.",
     "Two copies of a quotation drift apart, and count twice.",
     "Keep one of them and refer to it from the other place."),
    ("missing-quote-theme", QUOTES, WARNING,
     "Every quote is filed under a theme.",
     "Themes are how readers find quotations.",
     "Add `#theme` to the attribution."),
    ("unknown-speaker", QUOTES, ERROR,
     "The speaker of a quote is one or more of the roles that `library.yml` declares, each with a name in quotation marks or a number if there is one; or an author or editor of the work, by name.",
     "To credit an interview line to the author who printed it is the worst mistake that a note can make. What stands beside the role is either shown to readers or refused: nothing of it is dropped.",
     "Name the role, for example `a participant`, `participant 7` or `a participant, \"Dana\"`; or declare it in `library.yml`. What else is known of the speaker belongs into the prose."),
    ("conflicting-speaker", QUOTES, ERROR,
     "A name of a speaker has one role in all quotations from a work.",
     "If Dana is a participant in one note and the interviewer in another, one of the two credits the wrong person.",
     "Compare with the work, and give the name one role."),
    ("unknown-notice", QUOTES, ERROR,
     "Every content notice is declared in `library.yml`.",
     "A misspelt notice would warn nobody.",
     "Correct the name, or declare the notice."),
    ("missing-notice", QUOTES, ERROR,
     "What belongs to a sensitive theme or source carries the notices that the library asks for.",
     "Some readers read about their own trauma, and rely on the notices.",
     "Add `!notice` to the attribution, or the id to `notices:`."),

    ("quote-changed-since-verified", VERIFICATION, ERROR,
     "The words of a verified quote are the words that were verified.",
     "A quotation that changed after it was checked is not checked.",
     "Restore the words, or run `florilegium verify` with the original at hand."),
    ("quote-not-in-source", VERIFICATION, ERROR,
     "A quotation that is compared with its original is found there, word for word.",
     "A quotation is exact or it is wrong.",
     "Compare with the passage that the message shows; mark changes of yours in square brackets."),
    ("stale-lock-entry", VERIFICATION, ERROR,
     "Every entry of `quotes.lock` belongs to a quote of the library and to a work that it names.",
     "An entry without its quote is the trace of a quotation that was removed or renamed.",
     "Run `florilegium verify --prune`, which removes such entries."),
    ("malformed-lock", VERIFICATION, ERROR,
     "The files `*.lock` are written by the program, never by hand.",
     "What `quotes.lock` says is shown to every reader as verified, and `permalinks.lock` is a promise to those who cite.",
     "Restore the file from the history, or run again the command that its first line names."),

    ("forbidden-html", PROSE, ERROR,
     "Raw HTML in prose is limited to a short list of harmless elements.",
     "A note comes from anybody; what is not on the list could hide text, load something or run in the reader's browser.",
     "Use Markdown; or write `&lt;` to show the tag as text."),
    ("unsafe-link", PROSE, ERROR,
     "A hyperlink leads to an `http`, `https` or `mailto` address, or to a place within the library.",
     "Other schemes can run script; an address without a scheme, such as `//host`, hides where it leads.",
     "Write the whole address, `https://` included."),
    ("forbidden-image", PROSE, ERROR,
     "A note shows no images.",
     "An image from another host tells that host who reads; an image of this library would need a licence and a description that the format has no place for yet.",
     "Link to the page that shows the image."),
    ("broken-internal-link", PROSE, ERROR,
     "A hyperlink within the library leads to a note, a theme, a quote or a heading that exists.",
     "A link that leads nowhere is a promise that is not kept.",
     "Correct the path: `other-note.md`, `other-note.md#q-quote-id`, `../themes/theme.md`, `#heading`."),
    ("vanished-permalink", PROSE, ERROR,
     "Every address that was published is still there, or leads on to another.",
     "Readers cite the addresses of notes, quotations and themes. `permalinks.lock` lists those that were published.",
     "Restore the page; or lead on from it under `redirects:` in `library.yml`. Where it must go, record an exception with the reason."),
    ("broken-site-link", PROSE, ERROR,
     "Every hyperlink and every file that a page of the built site names is there.",
     "What no note wrote can break too: a template, a style sheet, a feed, a page of the frame. `florilegium links` looks at all of them.",
     "Build the site again; if the finding stays, mend the template, or the page under `docs/`, that the message names."),
    ("unclosed-fence", PROSE, WARNING,
     "A fenced code block is closed.",
     "Everything after an open fence is code, and none of its citations and quotes is read.",
     "Close the block with the fence that opened it."),

    ("dead-link", WORLD, WARNING,
     "An address on another site answers.",
     "An address is called dead when it failed on three days in a row, over two weeks or more. Only `florilegium links --external` looks.",
     "Look for the page elsewhere, or link to the archived copy that the message proposes."),
    ("unstable-link", WORLD, INFORMATION,
     "An address on another site answered when it was asked last.",
     "A page that fails once is not dead: its server may be under repair. `.links.lock` counts how often it failed.",
     "Wait for the next look, or see for yourself."),
    ("moved-link", WORLD, WARNING,
     "No address leads on for good to another one.",
     "A server forgets its redirects one day.",
     "Run `florilegium links --external --fix`, which shows the new addresses and writes them."),
    ("private-link", WORLD, WARNING,
     "An address on another site is one that everybody can reach.",
     "A reader cannot follow an address within somebody's own network, and a program that looks there may do harm. It was not asked.",
     "Link to a public address."),
)
# fmt: on

RULES: dict[str, Rule] = {
    name: Rule(name=name, group=group, severity=severity, summary=summary, reason=reason, remedy=remedy)
    for name, group, severity, summary, reason, remedy in _TABLE
}
"""All rules by name, in the order of their documentation."""
