"""Files become notes, themes, references and settings; and what refers to what."""
