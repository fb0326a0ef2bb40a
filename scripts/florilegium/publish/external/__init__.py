"""Addresses of other sites: whether they still answer, what became of them over time, and what to write instead.

This is one of the few rooms that use the network. Nothing here fails a contribution: servers fail, and notes stay.
"""
