"""Changes: what a pull request changes in meaning, which is not what it changes in lines.

`read_sides` reads the library before and after, `compare` finds what is different, and `render_text`,
`render_markdown` and `render_json` say it.
"""
