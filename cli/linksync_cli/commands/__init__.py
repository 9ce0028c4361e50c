"""One file a command: its options, what it calls, and how its result is told."""
