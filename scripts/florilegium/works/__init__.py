"""Bibliographic works: identifiers, CSL, exchange formats with reader and writer, registries, citation styles."""
