"""The hyperlinks of a built site: every one is followed, and a broken one is reported where a note wrote it."""
