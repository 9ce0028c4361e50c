"""Why a ticket's links are there, or not, in people's words: the worker's rules on values, with no I/O."""
