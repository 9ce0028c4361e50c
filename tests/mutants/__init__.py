"""Bugs planted one at a time, to see which of them the fast tests notice: `python -m tests.mutants`."""
