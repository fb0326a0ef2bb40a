"""BibTeX and BibLaTeX files: reader and writers side by side, with one table of entry types and fields."""
