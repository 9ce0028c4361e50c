"""Fields that the vendor's own app writes: as a source of references they would make links claim themselves.

https://support.zendesk.com/hc/en-us/articles/10042720591898 names the two in Jira; they are found by their exact names.
"""

ECHO_NAMES = frozenset({"zendesk ticket ids", "zendesk ticket count"})


def is_echo(name: str) -> bool:
    """Whether Zendesk's app for Jira writes a field of this name."""
    return name.strip().casefold() in ECHO_NAMES
