"""Which part of a captured request is wrong.  The check is a function of values.

Zendesk signs timestamp and body (https://developer.zendesk.com/documentation/webhooks/verifying/), Jira the body alone
(https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks).
"""

import binascii
import hmac
import json
import re
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from linksync.inbound.parsed_body import instant
from linksync.inbound.webhook_secret import ZENDESK_TEST_SECRET
from linksync_cli.failures import WrongUsage

_HEX = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
_NEARBY_SECONDS = 660
_LARGEST_SEARCHED = 64 * 1024  # bytes: trying every second of the time around is for bodies of the usual size
_ZENDESK_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """Whether the request proves itself, and what is wrong or, when nothing is, what else to know."""

    valid: bool
    why: str


def read(path: Path) -> bytes:
    """A file, or standard input for `-`.  Raises WrongUsage."""
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as problem:
        raise WrongUsage(
            "no_file", f"{path} cannot be read ({problem.strerror}).", "Name a file that is there."
        ) from None


def check_signature(*, body: bytes, secret: bytes, signature: str, timestamp: str) -> SignatureCheck:
    """What is wrong with a request of Zendesk or, when the signature begins with a method, of Jira."""
    secret = secret.strip()
    if not secret:
        return SignatureCheck(False, "The secret's file is empty.")
    method, equals, digest = signature.partition("=")
    if equals and _HEX.fullmatch(digest):
        if method.lower() != "sha256":
            return SignatureCheck(False, f"The signature's method is {method}, not sha256.")
        return _check(body, secret, "", bytes.fromhex(digest), sender="Jira")
    try:
        given = b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        given = b""
    if len(given) != 32:
        return SignatureCheck(
            False, "This is no signature: Zendesk's is 44 characters of base64, Jira's is sha256= and 64 of hex."
        )
    return _of_zendesk(body, secret, timestamp, given)


def _of_zendesk(body: bytes, secret: bytes, timestamp: str, given: bytes) -> SignatureCheck:
    if not timestamp:
        return SignatureCheck(False, "Zendesk signs a timestamp too: give the header's value with --timestamp.")
    if instant(timestamp) is None:
        return SignatureCheck(
            False, "The timestamp is not of the form 2026-01-31T09:30:00Z: copy the header's value as it is."
        )
    if _is(ZENDESK_TEST_SECRET.encode(), timestamp, body, given):
        return SignatureCheck(
            False,
            "It is signed with the public secret of Zendesk's test button, which proves nobody: save the webhook.",
        )
    return _check(body, secret, timestamp, given, sender="Zendesk")


def _check(body: bytes, secret: bytes, timestamp: str, given: bytes, *, sender: str) -> SignatureCheck:
    if _is(secret, timestamp, body, given):
        aged = " linksync takes it within 5 minutes of its timestamp." if timestamp else ""
        return SignatureCheck(True, f"Secret, body and signature belong together.{aged}")
    for what, other in _other_bodies(body):
        if _is(secret, timestamp, other, given):
            return SignatureCheck(False, f"The body is wrong: the signature belongs to this body {what}.")
    for what, key in _other_secrets(secret):
        if _is(key, timestamp, body, given):
            return SignatureCheck(False, f"The secret is wrong: the signature was made with {what}.")
    if timestamp and (right := _other_time(body, secret, timestamp, given)):
        return SignatureCheck(False, f"The timestamp is wrong: {right}.")
    return SignatureCheck(
        False,
        f"The secret is another's, or the body is not what was signed: compare the secret with {sender}'s, and capture "
        "the body's bytes before anything parses them.",
    )


def _is(secret: bytes, timestamp: str, body: bytes, given: bytes) -> bool:
    return hmac.compare_digest(hmac.digest(secret, timestamp.encode() + body, "sha256"), given)


def _other_bodies(body: bytes) -> Iterator[tuple[str, bytes]]:
    yield "without the newline at its end", body.rstrip(b"\r\n")
    yield "with a newline at its end", body + b"\n"
    yield "with line ends of one character", body.replace(b"\r\n", b"\n")
    yield "with line ends of two characters", body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    yield "without the byte order mark", body.removeprefix(b"\xef\xbb\xbf")
    yield "when it is empty", b""
    with suppress(binascii.Error, ValueError):
        yield "decoded from base64", b64decode(body, validate=True)
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return
    for ascii_only in (True, False):
        for separators in ((",", ":"), (", ", ": ")):
            text = json.dumps(document, ensure_ascii=ascii_only, separators=separators)
            yield "before its JSON was formatted anew", text.encode("utf-8", "surrogatepass")
    if isinstance(document, dict) and isinstance(document.get("body"), str):
        yield "taken out of API Gateway's event", document["body"].encode("utf-8", "surrogatepass")


def _other_secrets(secret: bytes) -> Iterator[tuple[str, bytes]]:
    yield "the secret and a newline at its end", secret + b"\n"
    yield "the secret without the quotes around it", secret.strip(b"\"'")
    yield "the secret in base64", b64encode(secret)
    with suppress(binascii.Error, ValueError):
        yield "the secret decoded from base64, which it must not be", b64decode(secret, validate=True)


def _other_time(body: bytes, secret: bytes, timestamp: str, given: bytes) -> str:
    if _is(secret, "", body, given):
        return "whoever signed this left it out"
    if len(body) > _LARGEST_SEARCHED:
        return ""
    signed_at = datetime.fromisoformat(timestamp)
    for seconds in range(-_NEARBY_SECONDS, _NEARBY_SECONDS + 1):
        tried = (signed_at + timedelta(seconds=seconds)).strftime(_ZENDESK_TIME)
        if _is(secret, tried, body, given):
            return f"the signature belongs to {tried}"
    return ""
