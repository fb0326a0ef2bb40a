"""New notes and themes: from a work and a few answers to a file that says what is still to be written."""
