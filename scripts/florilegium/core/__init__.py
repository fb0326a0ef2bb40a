"""Words that every room uses: places in files, rules, findings, errors, edits, the nouns of a library."""
