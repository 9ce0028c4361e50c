"""Existing fields, or somebody's own list, become links: through the queue, and no faster than a budget allows."""
