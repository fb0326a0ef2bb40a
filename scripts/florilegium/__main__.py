"""`python -m florilegium` is the program `florilegium`."""

from .cli import main

main()
