"""Addresses that a mail scanner wrapped in its own, as people copy them out of mails.

Those that only escape it (Microsoft's Safe Links, Barracuda, Google) need nothing but percent-decoding.
Proofpoint's ways: https://help.proofpoint.com/Threat_Insight_Dashboard/API_Documentation/URL_Decoder_API
"""

import re
from base64 import urlsafe_b64decode
from binascii import Error
from collections.abc import Iterator
from urllib.parse import unquote

TAIL = r"(?:(?<=__);(?P<tail>[\w*+/=-]{0,512})!![\w!*+/=-]{0,512}\$?)?"
"""What follows the address in `https://urldefense.com/v3/__ADDRESS__;TAIL!!…$`, for the pattern of a URL."""

_V3 = re.compile(r"/v3/__(.*?)_{0,2}", re.DOTALL)
_V2 = re.compile(r"/v2/url\?u=([^&]*)", re.IGNORECASE)
_V2_CHARACTERS = str.maketrans({"-": "%", "_": "/"})
# `*` replaced one character, `**X` as many as X tells.
_REPLACED = re.compile(r"\*(?:\*([A-Za-z0-9_-]))?")
_RUNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def wrapped(host: str, path: str, tail: str) -> str | None:
    """The address in the path of Proofpoint's URL; None for any other.  `tail`: what `TAIL` found."""
    if host.startswith("urldefense."):
        if match := _V3.fullmatch(path):
            return _filled_in(match[1], _characters(tail))
        if match := _V2.match(path):
            return unquote(match[1].translate(_V2_CHARACTERS))
    return None


def _characters(tail: str) -> Iterator[str]:
    try:
        return iter(urlsafe_b64decode(tail + "=" * (-len(tail) % 4)).decode(errors="replace"))
    except (Error, ValueError):
        return iter(())


def _filled_in(address: str, characters: Iterator[str]) -> str:
    def original(match: re.Match[str]) -> str:
        count = _RUNS.index(match[1]) + 2 if match[1] else 1
        return "".join(next(characters, "*") for _ in range(count))

    return _REPLACED.sub(original, address)
