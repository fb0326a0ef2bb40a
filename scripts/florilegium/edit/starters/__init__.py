"""A library of one's own: the files that it begins with, and the frame of its site, which a later version renews."""
