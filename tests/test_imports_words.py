"""Foreign words in our notes: whatever is in them, they come out as they went in, and nothing else comes with them."""

import json
import re
import subprocess
import time
from dataclasses import replace

import pypandoc
import pytest
from florilegium.core.errors import CannotRun
from florilegium.core.sources import Name
from florilegium.core.spans import LineTable, Span
from florilegium.edit.imports.detection import guess_format, parse_export
from florilegium.edit.imports.foreign_text import clean_foreign, escape, paragraphs
from florilegium.edit.imports.highlights import Highlight, HighlightFormat, Work
from florilegium.edit.imports.import_state import (
    ImportState,
    QuoteEntry,
    WorkEntry,
    digest,
    parse_import_state,
    render_import_state,
)
from florilegium.edit.imports.imported_quotations import Merge, RequestedQuotation
from florilegium.edit.imports.kindle import parse_kindle
from florilegium.edit.imports.readwise import parse_readwise
from florilegium.edit.imports.zotero_notes import parse_zotero_note
from florilegium.library.notes import parse_note
from florilegium.markdown.bodies import parse_body
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

HEAD = "---\ntitle: A note\nsource: doe2009\nbasis: full-text\nthemes: [amnesia]\n---\nProse [@doe2009].\n"
PATH = "annotations/notes/a-note.md"
NASTY = """\
# a heading
## {#id}
- a list
+ another
* a third
1. numbers
12) more
a. letters
iv. Roman
(1) brackets
A) capital
> a quote
>> two
    indented
```
~~~
---
***
___
===
| a | b |
|---|---|
: definition
% title
— the author, in [@doe2009] #amnesia {#other}
-- the author, in [@doe2009] {#other}
– a dash
@doe2009 says [@doe2009, p. 3], see a@b.org and <a@b.org>
[link](javascript:alert(1)) ![image](http://x.org/a.png) [a]: http://x.org
[^1] and [^1]: a note, ^[inline]
<script>alert(1)</script> <b onclick=x>bold</b> <!-- a comment <?php ?> <![CDATA[x]]> </p> <details>
&lt;b&gt; &#x202e; &amp; &copy; AT&T & Co; &zwj;
*emphasis* **strong** _under_ __score__ ~~struck~~ x^2^ H~2~O ==mark== snake_case_name
`code` ``code`` $x$ $$y$$ \\(z\\) \\ \\\\ \\* back\\slash
https://example.org/a_b*c* http://x.org www.x.org ftp://x.org
#hashtag !notice {#id} {.class} {{ macro }} {% tag %} [[wiki]] :smile: [x] [ ] [sic] […] ...
TODO: this is a text
הזיכרון הוא בית שאיש לא נעל
遗忘是一扇门。 🚪 e\u0301 ﬁ
'single' "double" “curly” ‘quotes’ -- --- ...
\u00a0no-break\u202fspaces
"""


def wanted(words, *, comment="", id_="h1", themes=(), page=""):
    highlight = Highlight(id=id_, words=words, work=Work(), comment=comment, page=page, span=Span.of_file("x"))
    return RequestedQuotation(highlight=highlight, themes=themes, notices=(), entry=None)


def merged(*wants, text=HEAD):
    merge = Merge(note="a-note", key="doe2009", speaker="the author")
    after = merge.merge(text, wants)
    return merge, after, parse_note("a-note", LineTable(PATH, after))


_CHARACTERS = st.one_of(
    st.sampled_from(list("#>-+*_`~[](){}<>@!&\\|:$^%=.'\"1aI \n\t—–")),
    st.characters(codec="utf-8"),
)
_TEXTS = st.text(_CHARACTERS, max_size=80)


@given(words=_TEXTS, comment=_TEXTS)
@example(words="[a]: http://x.org", comment="[^1]: x")
@example(words="1.\n\n-", comment="> x")
@example(words="a\n\n===", comment="===")
@example(words="\\", comment="\\")
@settings(max_examples=150)
def test_any_words_come_out_as_they_went_in(words, comment):
    cleaned, remark = clean_foreign(words), clean_foreign(comment)
    if cleaned.refused or not cleaned.text or remark.refused:
        return
    merge, after, note = merged(wanted(cleaned.text, comment=remark.text, themes=("amnesia",)))
    assert merge.findings == []
    assert [quote.words for quote in note.note.quotes] == [cleaned.text]
    assert [m.id for m in note.note.quotes[0].themes] == ["amnesia"]
    assert note.diagnostics == ()
    assert len(note.note.body.citations) == 1
    assert note.note.body.hyperlinks == ()
    assert [heading.text for heading in note.note.body.headings] == ["Highlights"]
    assert after.startswith(HEAD.rstrip())


@pytest.mark.parametrize("line", NASTY.splitlines())
def test_nasty_lines_are_nothing_but_words(line):
    words = clean_foreign(line).text
    _, after, note = merged(wanted(words, comment=words))
    assert [quote.words for quote in note.note.quotes] == [words]
    assert (note.diagnostics, note.note.body.hyperlinks, len(note.note.body.citations)) == ((), (), 1)
    again, twice, _ = merged(wanted(words, comment=words), text=after)
    assert (twice, again.kept) == (after, 1), "a second import finds them"


_SHORT = st.sampled_from(["One.", "Two words.", "Three.\nParagraphs.", "*Four*", "> five"])
_REMARKS = st.sampled_from(["", "A comment.", "Another.\n\n- of two", "1. third"]).map(
    lambda text: clean_foreign(text).text
)
_PAGES = st.sampled_from(["", "3", "5-6", "xii"])
_SIDES = st.tuples(_SHORT, _REMARKS, _PAGES)


@given(base=_SIDES, ours=_SIDES, theirs=_SIDES)
def test_each_field_is_merged_three_ways(base, ours, theirs):
    def side(fields):
        return wanted(fields[0], comment=fields[1], page=fields[2])

    # Prose after a quote that never had a comment is no comment; what is new there is put before it.
    assume(base[1] or ours[1] in ("", theirs[1]))
    text = f"{merged(side(ours))[1]}\n## After\n\nMore prose.\n"
    address = f"a-note/{parse_note('a-note', LineTable(PATH, text)).note.quotes[0].id}"
    entry = QuoteEntry(address, digest(base[0]), side(base).locator, side(base).comment)
    merge, after, note = merged(replace(side(theirs), entry=entry), text=text)
    clashes = [n for n, (b, o, t) in enumerate(zip(base, ours, theirs, strict=True)) if b != o and b != t and o != t]
    clashes = [n for n in clashes if n != 1 or theirs[1]]
    if clashes:
        assert (after, merge.conflicts, merge.entries) == (text, 1, {})
        assert len(merge.findings) == len(clashes)
        return
    expected = [t if o == b else o for b, o, t in zip(base, ours, theirs, strict=True)]
    assert note.diagnostics == ()
    assert note.note.quotes[0].words == expected[0]
    again = merged(side(tuple(expected)))[1]
    assert after.partition("## After")[0].split() == re.sub(r"{#[^}]*}", f"{{#{address[7:]}}}", again).split()
    assert after.endswith("\n## After\n\nMore prose.\n")
    assert merge.entries.get("h1", entry)[1:] == (digest(theirs[0]), side(theirs).locator, side(theirs).comment)


def pandoc_text(node):
    """The plain text of Pandoc's inlines."""
    pieces = []
    for item in node:
        match item["t"]:
            case "Str":
                pieces.append(item["c"])
            case "Space" | "SoftBreak":
                pieces.append(" ")
            case kind:
                raise AssertionError(f"{kind}: {item}")
    return "".join(pieces)


def test_pandoc_reads_the_same_words():
    lines = [clean_foreign(line).text for line in NASTY.splitlines()]
    document = "\n\n<!-- -->\n\n".join(f"> {escape(line)}" for line in lines)
    command = [pypandoc.get_pandoc_path(), "-f", "markdown-smart", "-t", "json"]
    read = json.loads(subprocess.run(command, input=document, capture_output=True, text=True, check=True).stdout)
    blocks = [block for block in read["blocks"] if block["t"] != "RawBlock"]
    assert {block["t"] for block in blocks} == {"BlockQuote"}
    found = [[(inner["t"], pandoc_text(inner["c"])) for inner in block["c"]] for block in blocks]
    expected = [[("Para", " ".join(line.split()))] for line in lines]
    assert [[(kind, " ".join(text.split())) for kind, text in block] for block in found] == expected


def test_prose_stays_readable():
    plain = "She said “no, never”: it's 3 < 4 & 5 > 2, see p. 12 (or so) – #1; 50% of {all}… R&D?"
    assert escape(plain).replace("\\", "") == plain
    assert escape(plain).count("\\") == 1


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\u00adb\u200bc\ufeff", "abc"),
        ("a\r\nb\rc\nd", "a b c d"),
        ("a\n\nb\r\n \r\nc", "a\nb\nc"),
        ("a\u2029b\u2028c", "a\nb c"),
        ("a\x0bb\x0cc\x1fd\x85e", "a b c d e"),
        ("  a \t b ", "a b"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_cleaning(text, cleaned):
    assert clean_foreign(text)[0::2] == (cleaned, "")


@pytest.mark.parametrize("text", ["a\u202eb", "a\ufffdb", "a\x00b", "a\U000e0041", "\u2066a", "a\ud800"])
def test_what_hides_or_reorders_text_is_refused(text):
    assert clean_foreign(text).refused


def test_a_highlight_that_is_refused_is_reported_and_the_others_are_read():
    rows = "Highlight,Book Title\nGood,B\nBad \u202etxet,B\nGood too,B\n"
    export = parse_readwise(LineTable("r.csv", rows))
    assert [h.words for h in export.highlights] == ["Good", "Good too"]
    assert [(r.span.line, "U+202E" in r.message) for r in export.findings] == [(3, True)]


def test_ids_of_quotes_are_unique():
    wants = [wanted("The same words here", id_=str(n)) for n in range(3)]
    first = merged(*wants[:1])[1]
    _, _, note = merged(wanted("The same words here again and again", id_="9"), text=first)
    assert len({quote.id for quote in note.note.quotes}) == 2
    long = "a-very-long-word-" * 4
    _, _, note = merged(*(wanted(f"{long} {n}", id_=str(n)) for n in range(3)))
    assert len({quote.id for quote in note.note.quotes}) == 3


@pytest.mark.parametrize(
    "open_", ["```\ncode that is never closed\n", "<!-- a comment\n", "> - > deep\n\n<details>\n\n"]
)
def test_a_note_in_which_something_is_open_is_left_alone(open_):
    merge, after, _ = merged(wanted("Words."), text=HEAD + open_)
    if after == HEAD + open_:
        assert merge.added == 0
        assert "cannot be put into" in merge.findings[0].message
    else:
        assert parse_note("a-note", LineTable(PATH, after)).note.quotes[-1].words == "Words."


@pytest.mark.parametrize("page", ["] #other {#x}", "1}", "a b c", "p" * 50, "12\n> x", "@doe2009", "<b>"])
def test_a_hostile_page_is_left_out(page):
    _, _, note = merged(wanted("Words.", page=page))
    assert note.note.quotes[0].reference.locator is None
    assert note.diagnostics == ()


# ---------------------------------------------------------------------------------------------------------- readers


def clippings(*entries, end="\n"):
    return parse_kindle(LineTable("k.txt", end.join([*("\n".join(e) + "\n==========" for e in entries), ""])))


@pytest.mark.parametrize(
    ("meta", "page", "place"),
    [
        ("- Your Highlight on page 99 | Added on Thursday, 4 June 2020 12:18:46", "99", ""),
        ("- Your Highlight at location 99-100 | Added on Friday", "", "location 99-100"),
        ("- Highlight Loc. 1212-14 | Added on Saturday, October 20, 2012", "", "location 1212-1214"),
        ("- Ihre Markierung auf Seite 7 | bei Position 96-96 | Hinzugefügt am Freitag, 8. Mai 2020", "7", ""),
        ("- Ihre Markierung Position 145-147 | Hinzugefügt am Montag", "", "location 145-147"),
        ("- Votre surlignement Emplacement 307-307 | Ajouté le lundi 17 décembre 2012", "", "location 307"),
        ("- Votre surlignement à lʼemplacement 20-26 | Ajouté le Sunday", "", "location 20-26"),
        ("- La subrayado en la posición 558-560 | Añadido el viernes", "", "location 558-560"),
        ("- La tua evidenziazione a pagina 12 | posizione 89-92 | Aggiunto in data martedì", "12", ""),
        ("- Seu destaque ou posição 30-31 | Adicionado: sábado", "", "location 30-31"),
        ("- 您在位置 #1103-1103的标注 | 添加于 2016年1月26日星期二 下午8:05:45", "", "location 1103"),
        ("- 您在第 126-126 页的标注 | 添加于 2022年3月28日星期一", "126", ""),
        ("- 5ページ|位置No. 50-51のハイライト |作成日: 2020年1月1日水曜日", "5", ""),
        ("- Ваш выделенный отрывок на странице 12 | место 180–182 | Добавлено: четверг", "12", ""),
    ],
)
def test_the_languages_of_a_kindle(meta, page, place):
    export = clippings(("A Book (Jane Doe)", meta, "", "Words."))
    assert export.findings == ()
    (highlight,) = export.highlights
    assert (highlight.page, highlight.place) == (page, place)
    assert (highlight.work.title, highlight.work.people) == ("A Book", (Name(family="Doe", given="Jane"),))


@pytest.mark.parametrize(
    "meta",
    [
        "- Your Bookmark on page 12 | Added on Monday",
        "- Ihr Lesezeichen auf Seite 3 | Position 40 | Hinzugefügt am Montag",
        "- Votre signet Emplacement 5527 | Ajouté le",
        "- 您在位置 #1680 的书签 | 添加于 2016年",
    ],
)
def test_bookmarks_are_no_highlights(meta):
    assert clippings(("A Book", meta, "", "")).highlights == ()


def test_a_lost_rule_between_two_clippings_is_reported_and_both_are_read():
    one = "A Book (D)\n- Your Highlight on page 1 | Added on 2020\n\nOne.\n"
    export = parse_kindle(
        LineTable("k.txt", f"{one}{one.replace('One', 'Two').replace('page 1', 'page 2')}==========\n")
    )
    assert [h.words for h in export.highlights] == ["One.", "Two."]
    assert [r.span.line for r in export.findings] == [5]


def test_titles_with_brackets_and_names_of_several_authors():
    export = clippings(
        ("A Book (German Edition) (Kommer, Gerd;Roe, R.)", "- Your Highlight on page 1 | Added", "", "W.")
    )
    assert (export.highlights[0].work.title, export.highlights[0].work.author) == ("A Book (German Edition)", "Kommer")


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_exception(text):
    for parse in (parse_kindle, parse_readwise, parse_zotero_note):
        parse(LineTable("x", text))


def test_a_link_that_is_no_address_stops_nothing():
    html = '<p><span class="highlight">“Words.”</span> <span class="citation">(<a href="zotero://[x">Doe, 2009, p. 5</a>)</span></p>'
    (highlight,) = parse_zotero_note(LineTable("n.html", html)).highlights
    assert (highlight.words, highlight.page) == ("Words.", "5")


_PIECES = st.sampled_from(
    """<p>|</p>|<span class="highlight">|</span>|“Words.”|<a href="|zotero://[|//[|?annotation=x">|</a>|<![|^x]>|([|](|)|
    Doe, 2009, p. 5|\n\n|&#x;|%ff|\x00|==========\n|"|,""".split("|")
)


@given(st.lists(_PIECES, max_size=12).map("".join))
def test_any_pieces_of_an_export_are_read_without_an_exception(text):
    for parse in (parse_kindle, parse_readwise, parse_zotero_note):
        parse(LineTable("x", text))


def test_a_zotero_note_with_the_data_of_annotations_is_read_by_them():
    data = "%7B%22annotationKey%22%3A%225Z3ECDNH%22%2C%22color%22%3A%22%23ffd400%22%2C%22pageLabel%22%3A%2219%22%7D"
    html = f'<p><span class="highlight" data-annotation="{data}">“Words”</span> <span class="citation">(<span class="citation-item">Doe 等, 2019, p. 19</span>)</span> 巴</p>'
    (highlight,) = parse_zotero_note(LineTable("n.html", html)).highlights
    assert (highlight.id, highlight.page, highlight.words, highlight.comment) == ("5Z3ECDNH", "19", "Words", "巴")
    assert highlight.work.year == "2019"


MARKED = {
    "key": "WK35324J",
    "itemType": "annotation",
    "parentItem": "K254PIHU",
    "annotationType": "highlight",
    "annotationText": "Why are some microorganisms boring?",
    "annotationComment": "",
    "annotationColor": "#80ff80",
    "annotationPageLabel": "101",
    "annotationPosition": {"pageIndex": 0, "rects": [[42.52, 694.323, 562.481, 720.014]]},
    "tags": [],
}
WORK = {
    "itemType": "journalArticle",
    "title": "A title",
    "creators": [{"lastName": "Doe", "firstName": "J."}],
    "citationKey": "doe2009",
    "DOI": "10.1000/x",
}


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"jsonrpc": "2.0", "result": [{"open": "zotero://x", "path": "a.pdf", "annotations": [MARKED]}]}, ""),
        ({"items": [{**WORK, "attachments": [{"itemType": "attachment", "annotations": [MARKED]}]}]}, "doe2009"),
        ([{"key": "A", "data": {**WORK, "key": "A"}},
          {"data": {"itemType": "attachment", "key": "K254PIHU", "parentItem": "A"}}, {"data": MARKED}], "doe2009"),
        (MARKED, ""),
    ],
)  # fmt: skip
def test_the_forms_in_which_zotero_gives_annotations(data, key):
    text = json.dumps(data)
    assert guess_format(text.encode()) is HighlightFormat.ZOTERO
    export = parse_export(HighlightFormat.ZOTERO, "z.json", text.encode())
    assert export.findings == ()
    (highlight,) = export.highlights
    assert (highlight.id, highlight.words, highlight.page) == ("WK35324J", MARKED["annotationText"], "101")
    assert highlight.work.key == key


@pytest.mark.parametrize("text", ["[1, 2", "[" * 100, '{"annotationText": {}}', '[[[{"annotationText": null}]]]', "{}"])
def test_broken_json_is_reported_or_holds_nothing(text):
    for format in (HighlightFormat.ZOTERO, HighlightFormat.HYPOTHESIS, HighlightFormat.CSL):
        export = parse_export(format, "z.json", text.encode())
        assert export.highlights == ()


@pytest.mark.parametrize(
    "format",
    [
        HighlightFormat.ZOTERO,
        HighlightFormat.KINDLE,
        HighlightFormat.READWISE,
        HighlightFormat.RIS,
        HighlightFormat.HYPOTHESIS,
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "<p>" + "<a " * 20_000,
        "<p>" + "<!" * 20_000,
        "“" * 20_000 + "” (" * 20_000,
        "a\n- " + "1" * 40_000 + "\n\nx\n==========\n",
        "a (" + "()" * 20_000 + "\n- page 1\n\nw\n==========\n",
        "Highlight,Book Title\n" + '"a\n' * 3_000,
        "TY  - JOUR\n" * 3_000,
        "TY  - JOUR\nAU  - " + "van " * 20_000 + ",\n",
        "[" * 40_000,
    ],
)
def test_a_file_made_to_take_long_does_not(format, text):
    start = time.process_time()
    parse_export(format, "x", text.encode())
    assert time.process_time() - start < 5


# ----------------------------------------------------------------------------------------------------------- state

_IDS = st.text(min_size=1, max_size=30)
_DIGESTS = st.sampled_from(["0" * 64, "ab" * 32])


@given(
    st.dictionaries(st.tuples(st.just("zotero"), _IDS), st.builds(
        QuoteEntry, st.just("a/b"), _DIGESTS, st.text(max_size=10), st.sampled_from(["", "1" * 64]))),
    st.dictionaries(st.tuples(st.just("ris"), _IDS), st.builds(WorkEntry, _IDS, _DIGESTS)),
)  # fmt: skip
def test_the_state_file_comes_back(quotes, works):
    quotes = {
        key: entry._replace(locator="" if entry.locator == "-" else entry.locator) for key, entry in quotes.items()
    }
    text = render_import_state(ImportState(quotes, works))
    assert parse_import_state(text) == ImportState(quotes, works)
    assert text.isascii()


def test_a_merge_conflict_in_the_state_file_is_refused():
    with pytest.raises(CannotRun, match="line 2"):
        parse_import_state("# imports.lock\n<<<<<<< ours\n")


def test_paragraphs_of_nothing():
    assert paragraphs("") == []
    assert parse_body(LineTable("", ""), 0).body.quotes == ()
    assert replace(wanted("x")).comment == ""


def test_tags_that_never_end_take_no_time():
    start = time.process_time()
    parse_zotero_note(LineTable("x", f"<p>“Words.” (Doe, 2009, p. 3) <spa{'9' * 60_000}" + "<a b" * 20_000))
    assert time.process_time() - start < 3
