"""Forms that people fill in without Git: the text of a filed issue becomes a note, or an edit of one."""
