"""Citations and bibliography entries in a style of the Citation Style Language, as clean HTML fragments.

    style = read_style("apa")
    bibliography = render_bibliography(items, citations, style=style, language="en", cache=read_cache(folder))
    write_cache(folder, bibliography.cache)

Pandoc does the formatting, in a process of its own and as seldom as possible; see `formatting.py`.
"""
