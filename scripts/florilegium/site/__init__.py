"""The site of a linked library: its pages, its search, its data files."""
