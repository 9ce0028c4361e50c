"""What a run of the reconciler may take: of the vendors' plans, of its own time, of the event queue."""

SHARE = 0.2
"""Of the requests that a plan allows in a minute.  The rest is the worker's, and everybody else's."""

MARGIN = 90.0
"""Seconds that a page may take with all its calls: none is begun with less left."""

MOST_WAITING = 1_000
"""Messages waiting for the worker above which nothing is added to them."""

LEASE = 300.0
"""Seconds for which the lease is held: longer than any step with its waits, short enough after a crash."""

LONGEST_WAIT = 90.0
"""Seconds that a call waits for its turn: after a longer wait another run might hold the lease, so this one ends."""
