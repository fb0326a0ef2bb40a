"""Themes and notes renamed, themes merged: every mention rewritten by span, and a redirect left at the old address.

Merged, nothing of the theme that goes is lost. Its name and aliases become aliases of the one that stays, which also
takes over its related themes and its notices: protection is never dropped on the way. Its text ends the other's text,
under a heading with its name, where a person can make one definition of the two.
"""
