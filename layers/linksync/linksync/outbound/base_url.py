"""Where a vendor's API may be: https anywhere, plain http on this machine alone."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from linksync.errors import Misconfigured

# What follows the scheme: a host name, or an address in brackets; a port; a path of plain segments.
_PLAIN = re.compile(
    r"https?://([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])(:[0-9]{1,5})?(/[\w.~-]+)*/?",
    re.IGNORECASE | re.ASCII,
)


def is_loopback(base_url: str) -> bool:
    """Whether it names this machine."""
    host = _split(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def checked_base_url(base_url: str, *, parameter: str) -> str:
    """The URL without a slash at its end.  Raises Misconfigured, naming the parameter, for an unsafe one or none."""
    parts = _split(base_url)
    if not (_PLAIN.fullmatch(base_url) and parts.hostname):
        raise Misconfigured(f"{parameter} must be a URL such as https://example.com: no user name, query or fragment")
    if parts.scheme == "http" and not is_loopback(base_url):
        raise Misconfigured(f"{parameter} must begin with https:// (plain http is accepted for loopback hosts alone)")
    return base_url.rstrip("/")


def _split(base_url: str) -> SplitResult:
    try:
        parts = urlsplit(base_url)
        _ = parts.port  # raises for a port that is none
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts
