"""Exports: works in the formats that other programs read. Pure functions, from a `Source` to text.

BibTeX, BibLaTeX, RIS and CSL-JSON are for reference managers; COinS and `citation_*` metadata are
found by the button of one in a browser, and the terms of schema.org by search engines.
"""
