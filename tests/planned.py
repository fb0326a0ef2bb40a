"""A small library, planned but not built: what its pages and data files are made from."""

from collections.abc import Mapping
from pathlib import Path

from florilegium.check.checking import Options, check_library, has_errors
from florilegium.site.data_files import data_files
from florilegium.site.pages.planned_pages import PagePlan
from florilegium.site.planning import plan_site
from folders import write_files

LIBRARY = {
    "library.yml": """\
title: A library for tests
description: Two works and what they say.
language: en
citation-style: apa
url: https://example.org/companion/
help: Talk to somebody you trust.
notices:
  - {id: drug-use, label: Drug use, description: Of drugs.}
  - {id: trauma, label: Trauma}
roles:
  - {id: participant, label: Participant}
  - {id: author, label: Author}
redirects:
  themes/oblivion: themes/amnesia
""",
    "themes/amnesia.md": """\
---
label: Amnesia
aliases: [forgetting, "loss of \\"memory\\""]
broader: change
---
What is *forgotten* [@doe2009]. See [numbing](numbing.md).

## A heading

- one
- two
""",
    "themes/numbing.md": """\
---
label: Numbing
broader: [change, alarm]
related: [amnesia, change]
---
What is not felt.
""",
    "themes/change.md": "---\nlabel: Change\n---\nAll that changes.\n",
    "themes/alarm.md": "---\nlabel: Alarm\nnotices: [trauma]\n---\nBeing on guard.\n",
    "notes/forgetting.md": """\
---
title: On forgetting
source: doe2009
basis: secondary
via: roe2010
themes: [amnesia, numbing]
contributors: [Ann Other]
date: 2024-03-01
updated: 2024-04-02
references:
  - id: doe2009
    type: chapter
    author: [{family: Doe, given: Jane}]
    editor: [{family: Poe, given: Edgar}]
    title: The art of forgetting
    container-title: A book of arts
    publisher: Somewhere Press
    page: 3-9
    issued: {date-parts: [[2009]]}
---
A first sentence 😀 [see @doe2009, p. 3]. See [what was kept](remembering.md#q-kept), [here](#q-gone) and
[numbing](../themes/numbing.md).[^a]

<!-- nothing that is shown -->

## Signs * and [brackets]

1. One thing.

   > Gone is the xylophone 😀, and *with* it everything.
   >
   > The second paragraph.
   >
   > — a participant "Dana", in [@doe2009, p. 4], quoted in [@roe2010] #amnesia !drug-use !trauma {#gone}

2. Another.

> An open word *of* hers.
>
> — the author, in [@doe2009, p. 5] #amnesia #numbing {#open-word}

| Left | Right |
| --- | --- |
| a \\| b | `c` |

[^a]: The footnote.
""",
    "notes/remembering.md": """\
---
title: On remembering
source: roe2010
basis: abstract
themes: [amnesia, numbing]
notices: [drug-use]
date: 2024-02-01
references:
  - id: roe2010
    type: article-journal
    author: [{family: Roe, given: Richard}]
    title: Remembering well
    container-title: Journal of Memory
    volume: 1
    page: 1-9
    issued: {date-parts: [[2010]]}
    status: retracted
    custom: {status-date: "2020-05-01"}
---
Roe remembers [@roe2010].

> I kept every word of it.
>
> — the author, in [@roe2010, p. 5] #amnesia #numbing {#kept}
""",
    "notes/hidden.md": """\
---
title: A secret draft
source: roe2010
basis: abstract
themes: [amnesia]
status: draft
---
Unfinished.

> Nobody may read this yet.
>
> — the author, in [@roe2010, p. 6] #amnesia {#secret}
""",
}


def planned(root: Path, files: Mapping[str, str] = LIBRARY) -> PagePlan:
    """Write a library below `root`, check it, and plan its site."""
    write_files(root / "annotations", files)
    options = Options(root=root, executor=None)
    checked = check_library(options)
    assert not has_errors(checked.diagnostics), checked.diagnostics
    return plan_site(checked, options)


def contents(plan: PagePlan, *paths: str) -> dict[str, bytes]:
    """The bytes of the data files at these paths, or of all that can be made."""
    files = [file for file in data_files(plan.site) if not file.needs and (not paths or file.path in paths)]
    assert not paths or {file.path for file in files} == set(paths)
    return {file.path: b"".join(file.render()) for file in files}
