"""Registries of works: a work by its identifier, what Crossref knows of notices about it, and libraries of Zotero."""
