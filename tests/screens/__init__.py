"""The command line's screens, as people see them: `python -m tests.screens` writes them into docs/."""
