"""Whatever writes to a library: new notes, imports, fixes, renamings, forms, the start of a library."""
