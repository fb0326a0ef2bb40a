"""The whole library as one book, to be read without a network: EPUB and PDF, by pandoc."""
