"""The rules that need the whole library, its coverage, and what a change to it means."""
