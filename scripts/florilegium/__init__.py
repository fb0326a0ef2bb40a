"""Florilegium: a reading companion for annotated literature."""

__version__ = "0.1.0"
