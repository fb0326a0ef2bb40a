"""Words for places in a work: those of English, as Pandoc reads them, and those of other languages.

The labels are CSL's (specification, appendix II). A word that English has means what it means there.
"""

import re

LOCATOR_LABELS: dict[str, tuple[str, ...]] = {
    "page": ("p.", "pp.", "page", "pages"),
    "chapter": ("ch.", "chs.", "chap.", "chaps.", "chapter", "chapters"),
    "volume": ("vol.", "vols.", "volume", "volumes"),
    "section": ("sec.", "secs.", "§", "§§", "section", "sections"),
    "paragraph": ("para.", "paras.", "¶", "¶¶", "paragraph", "paragraphs"),
    "figure": ("fig.", "figs.", "figure", "figures"),
    "line": ("l.", "ll.", "line", "lines"),
    "note": ("n.", "nn.", "note", "notes"),
    "number": ("no.", "nos.", "number", "numbers"),
    "folio": ("fol.", "fols.", "folio", "folios"),
    "column": ("col.", "cols.", "column", "columns"),
    "part": ("pt.", "pts.", "part", "parts"),
    "book": ("bk.", "bks.", "book", "books"),
    "verse": ("v.", "vv.", "verse", "verses"),
    "sub-verbo": ("s.v.", "s.vv.", "s. v.", "s. vv.", "sub verbo", "sub verbis", "sub voce"),
    "opus": ("op.", "opp.", "opus", "opera"),
    "issue": ("iss.", "issue", "issues"),
    "table": ("tbl.", "tbls.", "table", "tables"),
    "act": ("act", "acts"),
    "scene": ("sc.", "scs.", "scene", "scenes"),
    "appendix": ("app.", "apps.", "appendix", "appendices"),
    "supplement": ("suppl.", "suppls.", "supplement", "supplements"),
    "equation": ("eq.", "eqs.", "equation", "equations"),
    "rule": ("r.", "rr.", "rule", "rules"),
    "canon": ("can.", "cann.", "canon", "canons"),
    "article-locator": ("art.", "arts.", "article", "articles"),
    "title-locator": ("tit.", "tits.", "title", "titles"),
    "timestamp": ("timestamp", "timestamps"),
}
"""CSL's locator labels, with the English words and signs that stand for each; the first is written."""

FOREIGN_LABELS: dict[str, str] = {
    "page": "S. Seite Seiten pág. págs. página páginas pag. pagg. pagina pagine pagina's blz. sid. sidan side sider "
    "str. strona strony strana стр. с. עמ' עמ׳ עמוד עמודים 页 頁 ページ",
    "chapter": "Kap. Kapitel chapitre chapitres cap. caps. capítulo capítulos capitolo capitoli hfdst. hoofdstuk "
    "rozdz. rozdział гл. глава פרק פרקים 章",
    "volume": "Bd. Bde. Band Bände tome tomo tomos deel tom т. том כרך כרכים 卷 巻",
    "section": "Abschn. Abschnitt sect. sección secc. sezione sez. seção secção avsn. avsnitt разд. раздел סעיף 节 節",
    "paragraph": "Abs. Absatz paragr. paragraphe párr. párrs. párrafo parágrafo paragrafo alinea абз. פסקה 段",
    "figure": "Abb. Abbildung Abbildungen figura figuras figuur рис. рисунок איור 图 圖 図",
    "line": "Z. Zeile Zeilen ligne lignes línea líneas riga righe linha linhas rad rader строка שורה שורות 行",
    "note": "Anm. Fn. Fußnote Fussnote nota notas noot прим. примечание הערה 注 註",
    "number": "Nr. núm. núms. n° nº n.º № מס' מס׳ 号 號",
    "folio": "Bl. Blatt fᵒ fᵒˢ л. דף דפים",
    "column": "Sp. Spalte Spalten colonne colonnes columna columnas colonna coluna kolom стб. טור 栏 欄",
    "part": "Teil Teile partie parties parte partes del часть ч. חלק 部",
    "book": "Buch livre liv. libro lib. livro boek kniha книга кн. ספר",
    "verse": "Vers Verse vers verso versos стих פסוק",
    "issue": "Heft numéro выпуск вып. גיליון 期",
    "table": "Tab. Tabelle Tabellen tableau tabla tabella tabela tabel табл. таблица טבלה 表",
    "act": "Akt acte acto atto ato действие מערכה",
    "scene": "Szene scène escena scena cena сцена סצנה",
    "appendix": "Anh. Anhang annexe apéndice appendice anexo bijlage приложение נספח 附录 附錄",
    "supplement": "Beilage supplément suplemento supplemento приложение",
    "equation": "Gl. Gleichung équation ecuación equazione equação формула 公式",
    "article-locator": "Artikel artículo articolo artigo ст. статья 条 條",
    "title-locator": "Titel titre título titolo",
}
"""Words of other languages. Of single letters, German's `S.` and `Z.` count with their capitals alone."""

LABEL_WORDS = {word: label for label, words in LOCATOR_LABELS.items() for word in words}
_FOREIGN = {word: label for label, words in FOREIGN_LABELS.items() for word in words.split()}
_CASED = frozenset(("S.", "Z.", "т.", "с.", "ч.", "л."))
LABEL_WORDS |= {w.lower(): label for w, label in reversed(_FOREIGN.items()) if w not in _CASED and w not in LABEL_WORDS}
LABEL_WORDS |= {word: _FOREIGN[word] for word in _CASED}


def label_pattern() -> str:
    """A pattern for one of all these words, the longest first."""

    def listed(words: list[str]) -> str:
        return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))

    folded = listed([word for word in LABEL_WORDS if word not in _CASED])
    return rf"(?i:{folded})|{listed(sorted(_CASED))}"
