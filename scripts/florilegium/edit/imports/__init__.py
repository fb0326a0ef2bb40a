"""Bringing works and highlights along from other programs: their exports are read, and become references and quotes."""
