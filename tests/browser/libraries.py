"""Small libraries in German and Hebrew: every kind of page, one quotation that is closed, one not checked."""

_GERMAN = {
    "library.yml": """\
title: Lesen über das Erinnern
description: Was über das Erinnern geschrieben wurde, und was Menschen selbst davon sagen.
language: de
citation-style: apa
url: https://example.org/lesen/
help: Wenn Sie etwas davon nicht loslässt, sprechen Sie mit jemandem, dem Sie vertrauen.
roles:
  - {id: participant, label: Teilnehmerin}
  - {id: author, label: Verfasserin}
notices:
  - {id: grief, label: Trauer, description: Spricht von Verlust.}
  - {id: war, label: Krieg, description: Spricht vom Krieg., closed: false}
""",
    "themes/gedaechtnis.md": """\
---
label: Gedächtnis
aliases: [Erinnerungsvermögen]
---
Was Menschen behalten, und was sie wiederfinden [@jordan1911]. Vom Vergessen handelt ein eigenes Thema.
""",
    "themes/vergessen.md": """\
---
label: Vergessen
broader: gedaechtnis
---
Was verloren geht, ohne dass jemand es bemerkt [@jordan1911, S. 12].
""",
    "notes/erinnern.md": """\
---
title: Wie ein Wiedererinnerungsvermögen entsteht
source: jordan1911
basis: full-text
themes: [gedaechtnis, vergessen]
contributors: [Mia Beispiel]
date: 2026-03-03
references:
  - id: jordan1911
    type: book
    author: [{family: Jordan, given: Ada}]
    title: Über das Wiederfinden verlorener Tage
    publisher: Beispielverlag
    issued: 1911
    URL: https://example.org/jordan.pdf
  - id: roth1998
    type: article-journal
    author: [{family: Roth, given: Ben}, {family: Šimić, given: Ana}]
    title: 'Ein "zweiter" Blick auf das Vergessen'
    container-title: Zeitschrift für Beispiele
    volume: 3
    page: 1-9
    issued: 1998
---
Jordan fragt, warum ein Geruch einen ganzen Sommer zurückbringt [@jordan1911, S. 3; @roth1998]. Roth und Šimić sind
anderer Meinung [@roth1998].

## Der Geruch

> Ich roch das Heu, und der Sommer stand in der Tür.
>
> — die Teilnehmerin, in [@jordan1911, S. 4] #gedaechtnis !war {#heu}

> Danach habe ich ihren Namen nie wieder ausgesprochen.
>
> — die Teilnehmerin, in [@jordan1911, S. 5] #vergessen !grief {#name}

```text
florilegium check
```
""",
    "notes/blick.md": """\
---
title: Ein zweiter Blick
source: roth1998
basis: abstract
themes: [vergessen]
date: 2026-02-01
---
Nur die Zusammenfassung wurde gelesen. Mehr in der [Notiz über Jordan](erinnern.md).

> Vergessen ist keine Lücke, sondern eine Arbeit.
>
> — die Verfasserin, in [@roth1998, S. 2] #vergessen {#arbeit}
""",
}

_HEBREW = {
    "library.yml": """\
title: קריאה על זיכרון
description: מה נכתב על זיכרון, ומה אנשים אומרים עליו בעצמם.
language: he
citation-style: apa
url: https://example.org/kria/
help: אם משהו מזה אינו מרפה, דברו עם מי שאתם סומכים עליו.
roles:
  - {id: participant, label: משתתפת}
  - {id: author, label: המחברת}
notices:
  - {id: grief, label: אבל, description: עוסק באובדן.}
  - {id: war, label: מלחמה, description: עוסק במלחמה., closed: false}
""",
    "themes/zikaron.md": """\
---
label: זיכרון
aliases: [היזכרות]
---
מה שאנשים שומרים, ומה שהם מוצאים שוב [@yarden1911]. השכחה היא נושא בפני עצמו.
""",
    "themes/shikheha.md": """\
---
label: שכחה
broader: zikaron
---
מה שאובד בלי שאיש ישים לב [@yarden1911, p. 12].
""",
    "notes/zikaron.md": """\
---
title: כיצד חוזר יום שנשכח
source: yarden1911
basis: full-text
themes: [zikaron, shikheha]
contributors: [מיה דוגמה]
date: 2026-03-03
references:
  - id: yarden1911
    type: book
    author: [{family: ירדן, given: עדה}]
    title: על מציאתם של ימים אבודים
    publisher: הוצאת דוגמה
    issued: 1911
    language: he
  - id: roth1998
    type: article-journal
    author: [{family: Roth, given: Ben}]
    title: A second look at forgetting
    container-title: Journal of Examples
    volume: 3
    page: 1-9
    issued: 1998
    language: en
---
Roth טוען שהשכחה היא עבודה [@roth1998], ואילו ירדן שואלת מדוע ריח אחד מחזיר קיץ שלם [@yarden1911, p. 3].

This paragraph is in English, and runs from left to right (all of it).

## הריח

> הרחתי את החציר, והקיץ עמד בדלת.
>
> — participant, in [@yarden1911, p. 4] #zikaron !war {#hatzir}

> Afterwards I never said her name again.
>
> — participant, in [@roth1998, p. 5] #shikheha !grief {#name}
""",
    "notes/mabat.md": """\
---
title: מבט שני
source: roth1998
basis: abstract
themes: [shikheha]
date: 2026-02-01
---
רק התקציר נקרא. עוד על כך ב[רשימה על ירדן](zikaron.md).

> Forgetting is no gap, it is work.
>
> — author, in [@roth1998, p. 2] #shikheha {#work}
""",
}

LIBRARIES = {"de": _GERMAN, "he": _HEBREW}
