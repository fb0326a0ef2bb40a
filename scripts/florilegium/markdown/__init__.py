"""The Markdown of notes: what is written, where it stands, and which citations and quotes are in it."""
