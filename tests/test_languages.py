"""The words of the site in other languages: no string is missing from a catalogue, none is left over."""

import re
from datetime import date

import catalogues
import pytest
from florilegium.library.settings import INTERFACE_LANGUAGES
from florilegium.site.languages import language_words

LANGUAGES = catalogues.LANGUAGES
_PLACES = re.compile(r"%\(\w+\)s")


def keys(catalogue):
    return {(message.context, message.id) for message in catalogue if message.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_every_string_and_no_other(language, request):
    """`pytest --record tests/test_languages.py` adds what is new, without a translation, and removes what is gone."""
    merged = catalogues.merged(language)
    path = catalogues.CATALOGUES / f"{language}.po"
    if request.config.getoption("--record"):
        path.write_bytes(catalogues.written(merged))
    assert path.read_bytes() == catalogues.written(merged)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_is_translated_and_keeps_its_places(language):
    for message in catalogues.read_catalogue(language):
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        said = [message.string] if isinstance(message.string, str) else list(message.string)
        assert len(said) == (1 if isinstance(message.id, str) or language == "zh" else 2), message.id
        for text in said:
            assert text, f"{language}.po has no translation of {ids[0]!r}"
            assert sorted(_PLACES.findall(text)) == sorted(_PLACES.findall(ids[0])), (language, ids[0])


def test_a_string_is_found_where_it_stands():
    found = catalogues.strings()
    assert "Read the quotation" in found["pages"]
    assert ("%(num)s quotation", "%(num)s quotations") in found["pages"]
    assert ("Your sheet: %(num)s quotation", "Your sheet: %(num)s quotations") in found["scripts"]
    assert "Skip to the text" in found["frame"]
    assert "Verified against the blog post it is quoted in" in found["pages"]


def test_what_renderer_and_scripts_read_is_made_of_the_catalogues(request):
    made = {catalogues.WORDS_OF_SCRIPTS / f"{one}.js": catalogues.words_of_scripts(one) for one in LANGUAGES}
    made[catalogues.WORDS_OF_FRAME] = catalogues.words_of_frame()
    for path, text in made.items():
        if request.config.getoption("--record"):
            path.write_text(text, encoding="utf-8")
        assert path.read_text("utf-8") == text
    assert sorted(path.stem for path in catalogues.WORDS_OF_SCRIPTS.iterdir()) == LANGUAGES


def test_the_lists_of_languages_are_one():
    assert list(INTERFACE_LANGUAGES) == sorted(["en", *LANGUAGES])
    script = (catalogues.SCRIPTS / "frame/words.js").read_text("utf-8")
    assert re.findall(r'"(\w\w)"', script.partition("const LANGUAGES = ")[2].partition(";")[0]) == LANGUAGES


@pytest.mark.parametrize(
    ("language", "one", "many", "day", "listed"),
    [
        ("en", "1 quotation", "1,200 quotations", "3 March 2026", "a, b and c"),
        ("de", "1 Zitat", "1.200 Zitate", "3. März 2026", "a, b und c"),
        ("fr", "1 citation", "1\u202f200 citations", "3 mars 2026", "a, b et c"),
        ("es", "1 cita", "1.200 citas", "3 de marzo de 2026", "a, b y c"),
        ("he", "ציטוט 1", "1,200 ציטוטים", "3 במרץ 2026", "a, b וc"),
        ("zh", "1 条引文", "1,200 条引文", "2026年3月3日", "a、b和c"),
        # No catalogue: English words; the dates and numbers are the language's own.
        ("sv", "1 quotation", "1\xa0200 quotations", "3 mars 2026", "a, b och c"),
        ("de-AT", "1 Zitat", "1.200 Zitate", "3. März 2026", "a, b und c"),
    ],
)
def test_numbers_dates_and_lists(language, one, many, day, listed):
    words = language_words(language)
    forms = ("%(num)s quotation", "%(num)s quotations")
    assert (words.counted(*forms, 1), words.counted(*forms, 1200)) == (one, many)
    assert words.day(date(2026, 3, 3)) == day
    assert words.listed(["a", "b", "c"]) == listed


def test_nought_is_many_but_in_french():
    forms = ("%(num)s quotation", "%(num)s quotations")
    assert [language_words(one).counted(*forms, 0) for one in ("en", "de", "fr")] == [
        "0 quotations",
        "0 Zitate",
        "0 citation",
    ]


def test_a_form_in_its_context():
    german = language_words("de")
    assert german.gettext("a blog post") == "ein Blogbeitrag"
    assert german.gettext("a blog post", "quoted in") == "einem Blogbeitrag"
    assert language_words("fr").gettext("a blog post", "quoted in") == "un billet de blog"


def test_sorting_by_language():
    def ordered(language, *texts):
        return sorted(texts, key=language_words(language).sort_key)

    assert ordered("de", "Zorn", "Ärger", "„Angst“", "Älter") == ["Älter", "„Angst“", "Ärger", "Zorn"]
    assert ordered("es", "nz", "ñandú", "oro") == ["nz", "ñandú", "oro"]
    assert ordered("zh", "中文", "北京", "阿") == ["阿", "北京", "中文"]
    assert ordered("he", "בית", "אב", "גן") == ["אב", "בית", "גן"]
