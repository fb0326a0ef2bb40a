"""Bibliography files: BibTeX against Pandoc's reading of it, broken entries, LaTeX, and the other formats."""

import json
import subprocess

import pypandoc
import pytest
from florilegium.core.rules import RULES
from florilegium.core.sources import Date, Name
from florilegium.core.spans import LineTable
from florilegium.works.bibtex.latex_reader import decode_address, decode_latex
from florilegium.works.csl.csl_items import to_csl
from florilegium.works.reference_files import parse_bibliography
from hypothesis import given, settings
from hypothesis import strategies as st

ENTRIES = r"""
@string{jn = "Journal of " # {Neuro}}
@comment{This is none.}
Text between entries is none either.

@article{vangogh2009,
  author = {Vincent van Gogh and {World Health Organization} and others},
  title = {The {DNA} of M{\"u}ller's caf{\'e} -- a story},
  journal = jn, year = 2009, month = may, number = 3, volume = 12, pages = {1--10},
  doi = {10.1000/a_b}, issn = {0378-5955}, abstract = {50\% of all},
}
@phdthesis{doe2010, author = {Doe, Jr., Jane}, title = {Thesis}, school = {MIT}, year = {2010}}
@mastersthesis{fontaine2010, author = {de la Fontaine, Jean}, title = {Thesis}, school = {MIT}, year = {2010}}
@techreport{doe2011, author = {Doe, Jane}, title = {Report}, institution = {MIT}, year = {2011}, number = {TR-1}}
@manual{gnu2010, title = {Manual}, organization = {GNU}, year = {2010}}
@unpublished{doe2012, author = "Doe, Jane", title = "Draft", note = "in hand", year = 2012}
@inproceedings{doe2013, author = {Doe, Jane}, title = {Paper}, booktitle = {Proceedings}, year = {2013},
  series = {LNCS}, number = 4, organization = {ACM}, publisher = {Springer}, address = {Berlin}}
@online{doe2020, author = {Doe, Jane}, title = {Page}, url = {https://example.org/a_b%20c}, urldate = {2021-10-02},
  date = {2020-05/2020-06}}
@book{roe2001, editor = {Doe, Jane and Roe, R.}, title = {Book}, publisher = {Press}, year = {2001}, edition = {2nd},
  isbn = {978-0-306-40615-7}, series = {Series}, number = {7}, volume = 2}
@incollection{poe1999, author = {Poe, E. A.}, title = {Chapter}, booktitle = {Whole}, booksubtitle = {Subtitle},
  editor = {{\'A}lvarez, {\v{C}}eslav}, pages = {5-6}, chapter = 3, year = 1999}
@inbook{poe2001, author = {Poe, E. A.}, title = {Chapter}, booktitle = {Book}, bookauthor = {Moe, M.}, date = {2001~}}
@software{a2020, title = {Program}, author = {A, B}, version = {1.2}, date = {2020}}
@dataset{a2003, title = {Data}, author = {A, B}, year = {2003}}
@article{beethoven2009, author = {Ludwig von Beethoven}, title = {News}, journaltitle = {Paper}, date = {2009-05-01},
  entrysubtype = {newspaper}, eprint = {2101.00001}, eprinttype = {arxiv}, keywords = {a, b}}
@misc{blog2010, author = {Plato}, title = {Post}, howpublished = {Blog}, year = {2010}, note = {hey}}
@collection{c2003, title = {Collection}, editor = {A, B}, year = {2003}}
"""


def read(text: str, path: str = "references/x.bib"):
    return parse_bibliography(path, text, LineTable(path, text))


def shown(problems) -> list[str]:
    return [f"{p.span.line}:{p.span.column} {p.rule}: {p.message}" for p in problems]


def test_entries_are_read_as_pandoc_reads_them():
    sources, problems = read(ENTRIES)
    assert problems == []
    ours = {source.key: to_csl(source) for source in sources}
    command = [pypandoc.get_pandoc_path(), "-f", "biblatex", "-t", "csljson"]
    run = subprocess.run(command, input=ENTRIES, capture_output=True, text=True, encoding="utf-8", check=True)
    theirs = {item["id"]: item for item in json.loads(run.stdout)}
    # Pandoc gives no type for @misc, and folds title case that is not protected.
    theirs["blog2010"]["type"] = "document"
    # Pandoc drops a particle unless `useprefix` is set; here it stays with the family name unless that is denied.
    for name in (name for item in theirs.values() for name in item.get("author", ()) if "dropping-particle" in name):
        name["non-dropping-particle"] = name.pop("dropping-particle")
    for item in (*ours.values(), *theirs.values()):
        item["title"] = item["title"].lower().replace("'", "’")
    assert ours == theirs


def test_spans_point_at_the_values():
    table = LineTable("references/x.bib", ENTRIES)
    sources, _ = parse_bibliography(table.path, ENTRIES, table)
    source = sources[0]
    assert table.slice(source.key_span) == "vangogh2009"
    assert table.slice(source.span).startswith("@article{vangogh2009")
    assert table.slice(source.span).endswith("},\n}")
    assert {name: table.slice(source.spans[name]) for name in ("volume", "DOI", "issued", "container-title")} == {
        "volume": "12",
        "DOI": "{10.1000/a_b}",
        "issued": "2009",
        "container-title": "jn",
    }
    assert source.spans["title"].line == 8


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends(end):
    text = "\ufeff" + ENTRIES.replace("\n", end)
    table = LineTable("references/x.bib", text)
    sources, problems = parse_bibliography(table.path, text, table)
    assert problems == []
    assert [to_csl(s) for s in sources] == [to_csl(s) for s in read(ENTRIES)[0]]
    assert table.slice(sources[3].key_span) == "doe2011"
    assert table.slice(sources[7].spans["accessed"]) == "{2021-10-02}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "@book{a, title = {A}, year = 2001\n@book{b, title = {B}}",
            "1:1 invalid-reference: this entry is never closed",
        ),
        (
            "@book{b, title = {B}}\n\n  @book{a, title = {A",
            "3:3 invalid-reference: this entry is never closed",
        ),
        (
            "@book{a, title {A}}\n@book{b, title = {B}}",
            "1:1 invalid-reference: a field of this entry is not of the form name = {value}",
        ),
        ("@book a, title = {A}}\n@book{b, title = {B}}", "1:1 invalid-reference: no { follows here"),
        (
            "@book{b, title = {B},\n title = {C}}",
            '2:10 invalid-reference: the field "title" stands twice in "b"',
        ),
        (
            "@book{b, title = {B}, crossref = {c}}",
            '1:34 invalid-reference: "b" refers to "{c}", which is not in this file',
        ),
        (
            "@book{b, title = {B}}\n@book{b, title = {C}}",
            '2:7 duplicate-citation-key: the key "b" is listed twice',
        ),
        (
            "@book{b, title = {B}, doi = {x}}",
            '1:29 invalid-doi: the DOI "x" does not have the form "10.1234/suffix"',
        ),
        (
            "@book{b, title = {B}, date = {soon}}",
            '1:30 doubtful-reference: "soon" is not a date that can be read; it is kept in words',
        ),
        ("@boook{b, title = {B}}", '1:1 invalid-reference: "boook" is not a type of CSL'),
    ],
)
def test_a_broken_entry_does_not_hide_the_others(text, message):
    sources, problems = read(text)
    assert [m.replace('"c"', '"{c}"') for m in shown(problems)] == [message]
    assert [(s.key, s.title) for s in sources] == [("b", "B")]
    assert all(p.help for p in problems if p.rule == "invalid-reference" and "refers" not in p.message)


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("@book{,\n  author = {Roe, Ann}, title = {T}, year = 2002}", "roe2002", "has no key"),
        ("@book{title = {The art of forgetting}, year = {1999}}", "forgetting1999", "has no key"),
        ("@book{müller2001, title = {T}}", "muller2001", "signs that no citation can hold"),
        ("@book{, author = {Roe, Ann}, year = 2002}\n@book{roe2002, title = {T}}", "roe2002a", "has no key"),
    ],
)
def test_a_key_is_made_and_said(text, key, said):
    sources, problems = read(text)
    assert sources[0].key == key
    (problem,) = (p for p in problems if p.rule == "doubtful-reference")
    assert said in problem.message
    assert key in problem.help


def test_entries_in_parentheses():
    (source,), problems = read("@book(b, title = {B (2)}, year = 2001)")
    assert problems == []
    assert (source.key, source.title, source.year) == ("b", "B (2)", 2001)


def test_crossref():
    (chapter, book), problems = read(
        "@inbook{c, crossref = {b}, title = {C}, author = {D, E}}\n@book{b, title = {B}, year = 2001, editor = {F, G}}"
    )
    assert problems == []
    assert chapter.variables == {"title": "C", "container-title": "B"}
    assert chapter.names == {
        "author": (Name(family="D", given="E"),),
        "editor": (Name(family="F", given="G"),),
    }
    assert chapter.year == book.year == 2001


def test_what_is_inherited_over_generations():
    sources, problems = read(
        "@inbook{c, crossref = {v}, title = {C}}\n@book{v, crossref = {m}, title = {V}, volume = 2, shorttitle = {v}}\n"
        "@mvbook{m, title = {M}, author = {D, E}, xdata = {p}}\n@xdata{p, publisher = {P}, location = {countryfr}}\n"
        "@book{a, crossref = {b}, title = {A}}\n@book{b, crossref = {a}, publisher = {P}}\n"
    )
    assert problems == []
    chapter, volume, whole, one, _ = sources
    assert chapter.variables == {
        "title": "C", "container-title": "M", "volume-title": "V", "volume": "2", "publisher": "P",
        "publisher-place": "France",
    }  # fmt: skip
    assert chapter.names["container-author"] == (Name(family="D", given="E"),)
    assert (volume.title, volume.variables["volume-title"]) == ("M", "V")
    assert whole.variables["publisher-place"] == "France"
    assert one.variables["publisher"] == "P"


@pytest.mark.parametrize(
    ("fields", "issued"),
    [
        ("year = 2009", Date(parts=((2009,),))),
        ("year = {2009}, month = {March}", Date(parts=((2009, 3),))),
        ("year = 2009, month = 3, day = 7", Date(parts=((2009, 3, 7),))),
        ('year = 2009, month = "10~" # jan', Date(parts=((2009, 1, 10),))),
        ("year = 2009, month = {spring}", Date(parts=((2009,),), season="1")),
        ("year = {in press}", Date(literal="in press")),
        ("year = {2009a}, month = jan", Date(literal="2009a")),
        ("date = {2009-05/2010-01}", Date(parts=((2009, 5), (2010, 1)))),
        ("date = {2009~}, year = 1999", Date(parts=((2009,),), circa=True)),
        ("date = {1999/..}", Date(parts=((1999,), (0,)))),
        ("date = {2004-04-05T14:34}", Date(parts=((2004, 4, 5),))),
        ("date = {2017-08-22TZ}", Date(parts=((2017, 8, 22),))),
        ("date = {20XX}", Date(parts=((2000,), (2099,)))),
        ("date = {1723?}", Date(parts=((1723,),), circa=True)),
        ("date = {-0379}", Date(parts=((-380,),))),
        ("date = {1993-00-00}", Date(parts=((1993,),))),
        ("date = {2001-21/2001-22}", Date(parts=((2001, 21), (2001, 22)))),
        ("year = {{\\noopsort{1973c}}1981}", Date(parts=((1981,),))),
        ("year = {1989--1994}", Date(parts=((1989,), (1994,)))),
        ("year = {c. 1650}", Date(parts=((1650,),), circa=True)),
        ("year = 2013, month = {März}", Date(parts=((2013, 3),))),
        ("year = 2013, month = {March--April}", Date(parts=((2013, 3), (2013, 4)))),
        ("year = 2013, month = {15 March}", Date(parts=((2013, 3, 15),))),
        ("year = 2013, month = mar # {~15}", Date(parts=((2013, 3, 15),))),
        ("year = 2013, month = {8}, day = {0}", Date(parts=((2013, 8),))),
    ],
)
def test_dates(fields, issued):
    (source,), problems = read(f"@book{{a, {fields}}}")
    assert problems == []
    assert source.dates == {"issued": issued}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Jane Doe", Name(given="Jane", family="Doe")),
        ("{World Health Organization}", Name(literal="World Health Organization")),
        ("{Simon and Schuster}", Name(literal="Simon and Schuster")),
        (r"{\'A}lvarez, Jos{\'e}", Name(given="José", family="Álvarez")),
        ("{Barnes and Noble}, {J. K.}", Name(given="J. K.", family="Barnes and Noble")),
        ("van der {Berg}, D.", Name(given="D.", family="Berg", non_dropping_particle="van der")),
        ("Doe, Jr, Jane", Name(given="Jane", family="Doe", suffix="Jr")),
        ("Plato", Name(family="Plato")),
        ("{A} {B}", Name(given="A", family="B")),
        ("others", Name(literal="others")),
        (r"\v{S}im\'{a}nek, Jan", Name(given="Jan", family="Šimánek")),
        (
            "family=Hoven, given=Jeroen, prefix=van den",
            Name(given="Jeroen", family="Hoven", non_dropping_particle="van den"),
        ),
        (
            "family=Goethe, given=J. W., prefix=von, useprefix=false",
            Name(given="J. W.", family="Goethe", dropping_particle="von"),
        ),
        ("Ortega y Gasset, José", Name(given="José", family="Ortega y Gasset")),
        ("José Ortega y Gasset", Name(given="José", family="Ortega y Gasset")),
        ("García de la Torre, M.", Name(given="M.", family="García de la Torre")),
        ("Santos e Silva, Maria", Name(given="Maria", family="Santos e Silva")),
        ("Ibn al-Haytham, Hasan", Name(given="Hasan", family="Ibn al-Haytham")),
        ("de la Fontaine, Jean", Name(given="Jean", family="Fontaine", non_dropping_particle="de la")),
        ("Humboldt, Alexander von", Name(given="Alexander", family="Humboldt", dropping_particle="von")),
        ("King, Martin Luther, Jr.", Name(given="Martin Luther", family="King", suffix="Jr.")),
    ],
)
def test_names(written, name):
    (source,), problems = read(f"@book{{a, author = {{{written}}}}}")
    assert problems == []
    assert source.names == {"author": (name,)}


@pytest.mark.parametrize(
    ("written", "people", "meant"),
    [
        ("Doe, Jane; Roe, Richard", ["Jane Doe", "Richard Roe"], "Doe, Jane and Roe, Richard"),
        ("Doe, Jane, Roe, Richard", ["Jane Doe", "Richard Roe"], "Doe, Jane and Roe, Richard"),
        (
            "Jane Doe, Richard Roe, Ann Poe",
            ["Jane Doe", "Richard Roe", "Ann Poe"],
            "Jane Doe and Richard Roe and Ann Poe",
        ),
        ("Doe, Jane et al.", ["Jane Doe", "others"], "and others"),
        (r"Doe, Jane \& Roe, Richard", ["Jane Doe", "Richard Roe"], "Doe, Jane and Roe, Richard"),
        ("J. Doe and", ["J. Doe"], "and others"),
    ],
)
def test_a_list_parted_by_other_signs_is_read_as_it_is_meant_and_reported(written, people, meant):
    (source,), (problem,) = read(f"@book{{a, author = {{{written}}}}}")
    assert [name.full for name in source.names["author"]] == people
    assert (problem.rule, problem.about, meant in problem.help) == ("doubtful-reference", "a", True)


def test_a_particle_is_dropped_where_the_entry_says_so():
    (source,), _ = read("@book{a, author = {van der Berg, Jan}, options = {useprefix=false}}")
    assert source.names["author"][0].dropping_particle == "van der"


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"5\textpm 1 and $10^{-3}$, H\textsubscript{2}O", "5±1 and 10<sup>−3</sup>, H<sub>2</sub>O"),
        (r"$\frac{1}{2}$ \frac{a}{b} $\sqrt{s}$ $\mathbb{R}^n$ $\bar{1}$", "½ a/b √s ℝ<sup>n</sup> 1̄"),
        (r"{\em E. coli} and \emph{\textbf{n}}", "<i>E. coli</i> and <i><b>n</b></i>"),
        (r"\enquote{a \enquote{b} c} \foreignlanguage{german}{Die Welt}", "“a ‘b’ c” Die Welt"),
        (r"\href{https://x.org/~a\_b}{the text} \url{https://x.org/~a_b}", "the text https://x.org/~a_b"),
        (r"Franc{\accent23u}, 1$^\textrm{st}$, method\hyphen free", "Franců, 1<sup>st</sup>, method-free"),
    ],
)
def test_markup_of_titles_becomes_rich_text(latex, text):
    (source,), problems = read(f"@misc{{a, title = {{{latex}}}}}")
    assert source.variables["title"] == text
    assert problems == []


def test_an_unknown_command_is_reported_at_its_place_and_keeps_its_argument():
    table = LineTable("references/x.bib", "@misc{a, title = {The \\textgreek{alfa} of\n \\foo}}")
    (source,), problems = parse_bibliography(table.path, table.text, table)
    assert source.title == "The alfa of"
    assert [table.slice(p.span) for p in problems] == ["\\textgreek", "\\foo"]
    assert {p.rule for p in problems} == {"doubtful-reference"}


@pytest.mark.parametrize(
    ("field", "variables"),
    [
        (r"howpublished = {\url{https://example.org/a_b}}", {"URL": "https://example.org/a_b"}),
        (r"url = {https://example.org/a\_b\%20c~d}", {"URL": "https://example.org/a_b%20c~d"}),
        (r"doi = {10.1000/a\_b}", {"DOI": "10.1000/a_b"}),
        ("eprint = {23219016}, eprinttype = {pubmed}", {"PMID": "23219016"}),
        ("eprint = {x}, eprinttype = {jstor}", {}),
        ("langid = {german}", {"language": "de"}),
        ("type = {phdthesis}", {"genre": "PhD thesis"}),
        ("title = {A}, subtitle = {B}, titleaddon = {C}", {"title": "A: B. C"}),
        ("file = {x.pdf}, mendeley-tags = {y}", {}),
        ("title = {}", {}),
    ],
)
def test_fields(field, variables):
    (source,), problems = read(f"@misc{{a, {field}}}")
    assert problems == []
    assert source.variables == variables


# ----------------------------------------------------------------------------------------------------- LaTeX


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"M{\"u}ller M\"{u}ller M\"uller M{\"{u}}ller", "Müller Müller Müller Müller"),
        (r"\v{C}apek \v Capek {\v{C}}apek \c{c} \c c", "Čapek Čapek Čapek ç ç"),
        (r"na{\"\i}ve \'{\i} \~n \=o \.z \H{o} \k a \r{a} \u g \d{h}", "naïve í ñ ō ż ő ą å ğ ḥ"),
        (r"\ss{}en \ae on \O re {\L}\'od\'z \'{\^e}", "ßen æon Øre Łódź ế"),
        (r"a --- b -- c-d ``q'' `s' ,,z", "a — b – c-d “q” ‘s’ „z"),
        (r"50\% \& \# \_ \{x\} \$5 a~b a\,b a\ b a\-b a\\b", "50% & # _ {x} $5 a b a b a b ab a b"),
        (r"\emph{x \textbf{y}} \unknown{z} {\it w}", "x y z w"),
        (r"$\alpha$-, $H_2O$, x_y, \textalpha", "α-, H₂O, x_y, α"),
        ("costs $5", "costs $5"),
        ("  two \n lines ", "two lines"),
        (r"{The} {DNA}", "The DNA"),
        ("plain", "plain"),
        ("50% of", "50% of"),
        (r"\'", ""),
        ("\\", "\\"),
        (r"\`{}a", "a"),
        (r"Fran\c{c}ois \c{}", "François"),
    ],
)
def test_latex(latex, text):
    assert decode_latex(latex) == text


def test_addresses_keep_their_signs():
    assert decode_address(r"\url{https://example.org/~a\_b%20--c}") == "https://example.org/~a_b%20--c"
    assert decode_address("10.1002/(SICI)1097<1::AID-A>3.0.CO;2-#") == "10.1002/(SICI)1097<1::AID-A>3.0.CO;2-#"


@given(st.text(max_size=40) | st.text(alphabet="\\{}$~`'^\"-, abuvcHti\n_%&é", max_size=40))
def test_any_latex_has_a_text(text):
    assert "\n" not in decode_latex(text)
    assert len(decode_latex(text)) <= 6 * len(text)
    decode_address(text)


# ------------------------------------------------------------------------------------------------- hostility


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "{" * 300_000, "@" * 300_000, "@a{" * 50_000, "@a{x," * 50_000, "@book{b, title = " + "{" * 200_000, "@a{b, c = d" * 20_000,
        "@a{b," + "c={d}," * 50_000 + "}", "@a{b, title={" + "\\'" * 100_000 + "}}", "@a{b, author={" + "x and " * 30_000 + "}}",
        "@a{b, author={" + "{" * 50_000 + "}" * 50_000 + "}}", '@a{b, title="' + "#" * 100_000 + '"}', "@a{b, title=" + "c # " * 50_000 + "d}",
        "@string{s = {xxxxxxxx}}" + "@string{s = s # s}" * 50 + "@a{b, title = s # s}", " " * 300_000 + "@a{b}", "\n@a" * 100_000,
        "".join(f"@string{{s{i + 1} = s{i} # s{i}}}\n" for i in range(40)) + "@string{s0 = {xx}}\n@a{b, title = s40}",
        "@string{s0 = {xx}}\n" + "".join(f"@string{{s{i + 1} = s{i} # s{i}}}\n" for i in range(40)) + "@a{b, title = s40}",
    ],
)  # fmt: skip
def test_hostile_files_are_survived(text):
    sources, _ = read(text)
    assert sum(len(v) for s in sources for v in s.variables.values()) <= 3_000_000


pieces = "@book{|a|,|title| = |{|}|\"|#|\n|\r\n|\r|@string|(|)|2009|author|A and B|\\'|crossref|é😀|@|month|year|date|url|doi"
bib_text = st.lists(st.sampled_from(pieces.split("|")), max_size=40).map("".join)


@settings(deadline=None)
@given(bib_text | st.text(max_size=40), st.sampled_from([".bib", ".json", ".yaml"]))
def test_any_file_is_read_or_explained(text, suffix):
    table = LineTable(f"references/x{suffix}", text)
    sources, problems = parse_bibliography(table.path, text, table)
    spans = [p.span for p in problems] + [span for s in sources for span in (s.span, s.key_span, *s.spans.values())]
    for span in spans:
        assert 0 <= table.offset(span.start) <= table.offset(span.end) <= len(text)
        assert table.position(table.offset(span.start)) == span.start
    assert all(p.rule in RULES for p in problems)
    assert len({s.key for s in sources}) == len(sources)


# --------------------------------------------------------------------------------------------- other formats


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("references/x.yaml", "- id: doe2009\n  type: book\n  title: A book\n"),
        ("references/x.yml", "---\nreferences:\n  - {id: doe2009, type: book, title: A book}\n"),
        ("references/X.JSON", '[{"id": "doe2009", "type": "book", "title": "A book"}]'),
        ("references/x.json", '{"references": [{"id": "doe2009", "type": "book", "title": "A book"}]}'),
        ("references/x.bib", "@book{doe2009, title = {A book}}"),
    ],
)
def test_every_format(path, text):
    (source,), problems = read(text, path)
    assert problems == []
    assert (source.key, source.type, source.title, source.span.path) == ("doe2009", "book", "A book", path)


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("x.yaml", "a: b\n", "1:1 invalid-reference: a bibliography must be a list of works, not a mapping"),
        (
            "x.yaml",
            "references: b\n",
            "1:13 invalid-reference: a bibliography must be a list of works, not a text",
        ),
        ("x.json", "3", "1:1 invalid-reference: a bibliography must be a list of works, not a number"),
        ("x.json", "[3]", "1:2 invalid-reference: a reference must be a mapping, not a number"),
        ("x.json", "[", "1:2 malformed-front-matter: this is not JSON: a value is missing here"),
        (
            "x.yaml",
            "- {id: a, type: book}\n- {id: a, type: book}\n",
            '2:8 duplicate-citation-key: the key "a" is listed twice',
        ),
    ],
)
def test_faulty_files(path, text, message):
    assert shown(read(text, path)[1]) == [message]


@pytest.mark.parametrize("text", ["", "[]\n", "references: []\n", "references:\n", "# nothing yet\n"])
def test_empty_files(text):
    assert read(text, "x.yaml") == ((), [])
