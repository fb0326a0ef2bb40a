"""What `check --fix` fixes by itself: what can be put right without asking anybody, and never a quotation's words.

Fixed are: the dash of an attribution; a quote's missing id; themes that a quote names and its note does not list;
the order of an attribution's themes; DOIs in another form than their own; letters that are not in Unicode NFC.

A note's list of themes is never sorted: it says in which order the source treats them, which no program knows. What
is missing from it comes last, and the themes of an attribution, whose order says nothing, follow it.
"""
