"""Coverage: what a library rests on and what it lacks, as values, as text and as JSON.

Nothing here shows the words of a quotation, since nothing here could carry its notices: quotations are named by their
address, their speaker and their citation.
"""
