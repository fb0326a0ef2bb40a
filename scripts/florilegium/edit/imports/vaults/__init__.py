"""Folders of notes that other programs keep (Obsidian, Zettlr, Logseq, Zotero), as notes of a library."""
