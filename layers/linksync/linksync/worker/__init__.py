"""The link worker: one message at a time, alone in its lane."""
