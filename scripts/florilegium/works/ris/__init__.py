"""RIS files: reader and writer side by side, with one table of types and tags."""
