"""The rules of linksync as functions of values.  Nothing in here does I/O, reads a clock or draws a random number."""
