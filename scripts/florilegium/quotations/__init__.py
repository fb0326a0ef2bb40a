"""Quotations and their originals: finding words in a text, the record of what was verified, permanent addresses."""
