"""Where Jira's REST API is: at the site and at the gateway, versions 2 and 3 side by side."""

GATEWAY = r"(?:/ex/jira/[^/]+)?"
API = GATEWAY + r"/rest/api/(2|3|latest)"


def is_v3(version: str) -> bool:
    """Whether rich text is a document there; in version 2, which `latest` means, it is wiki text."""
    return version == "3"
