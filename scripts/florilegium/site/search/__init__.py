"""The search: an index of quotations, notes, themes and works, made of plain files that a browser reads by itself."""
