"""Proofs of who sent the bytes.  Pure: the clock and the secrets are given.

Each proof looks at the raw body, tries every active secret without stopping at a match, and compares in constant time.
Whatever is wrong, a route has one message: it helps an honest administrator and is of no use to a stranger.

Zendesk: https://developer.zendesk.com/documentation/webhooks/verifying/
Jira: https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks
"""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence

from linksync.errors import NotAuthentic
from linksync.inbound.parsed_body import instant

FRESH_FOR = 300.0  # seconds, into the past and into the future
_HEX_DIGEST = re.compile(r"[0-9a-fA-F]{64}")

ZENDESK_REFUSAL = (
    "X-Zendesk-Webhook-Signature and X-Zendesk-Webhook-Signature-Timestamp do not prove that Zendesk sent this "
    "within the last 5 minutes. Check that the signing secret of this webhook is in the list "
    '"zendesk" of the WebhookSecret, and that the clock of the sender is right.'
)
JIRA_REFUSAL = (
    "X-Hub-Signature does not prove that Jira sent this. Check that the webhook in Jira has a secret of 16 characters "
    'or more, and that the same secret is in the list "jira" of the WebhookSecret.'
)
AUTOMATION_REFUSAL = (
    "Authorization does not prove that your Jira automation sent this. Check that the rule sends the header "
    '"Authorization: Bearer <token>", that the token has 16 characters or more, and that it is in the list '
    '"jira_automation" of the WebhookSecret.'
)


def zendesk(*, timestamp: str, signature: str, body: bytes, secrets: Sequence[bytes], now: float) -> float:
    """Proves a delivery of Zendesk and returns the time of its attempt.  Raises NotAuthentic."""
    attempted_at = instant(timestamp)
    if not signature or attempted_at is None or abs(now - attempted_at) > FRESH_FOR:
        raise NotAuthentic(ZENDESK_REFUSAL)
    signed = timestamp.encode() + body
    expected = (b64encode(hmac.digest(secret, signed, "sha256")) for secret in secrets)
    if not _any_equal(signature.encode("utf-8", "surrogatepass"), expected):
        raise NotAuthentic(ZENDESK_REFUSAL)
    return attempted_at


def jira(*, signature: str, body: bytes, secrets: Sequence[bytes]) -> None:
    """Proves a delivery of a Jira admin webhook.  Raises NotAuthentic."""
    method, _, digest = signature.partition("=")
    if method.lower() != "sha256" or not _HEX_DIGEST.fullmatch(digest):
        raise NotAuthentic(JIRA_REFUSAL)
    if not _any_equal(bytes.fromhex(digest), (hmac.digest(secret, body, "sha256") for secret in secrets)):
        raise NotAuthentic(JIRA_REFUSAL)


def bearer(*, authorization: str, secrets: Sequence[bytes]) -> None:
    """Proves a request of a Jira automation rule.  Raises NotAuthentic."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthentic(AUTOMATION_REFUSAL)
    # Digests have equal lengths, so that the comparison gives away nothing about that of the secret.
    given = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
    if not _any_equal(given, (hashlib.sha256(secret).digest() for secret in secrets)):
        raise NotAuthentic(AUTOMATION_REFUSAL)


def _any_equal(given: bytes, expected: Iterable[bytes]) -> bool:
    found = False
    for candidate in expected:
        found |= hmac.compare_digest(given, candidate)
    return found
