"""`python -m florilegium.cli` is the program `florilegium`."""

from . import main

main()
