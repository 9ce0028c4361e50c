"""How Zendesk signs and retries what its webhooks send.

Follows https://developer.zendesk.com/documentation/webhooks/verifying/ and …/creating-and-monitoring-webhooks/.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

from local.http.deliveries import Attempt
from local.zendesk.ticket_json import ACCOUNT_ID

TIMEOUT = 12.0
WAIT_AFTER_CONFLICT = WAIT_AFTER_TIMEOUT = 5.0
LONGEST_RETRY_AFTER = 60
# Signs tests of webhooks that are not saved yet; public, from Zendesk's own page.
PUBLIC_TEST_SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="


def retry_rule(attempts: list[Attempt]) -> float | None:
    """409 up to 3 times; 429 and 503 only with a Retry-After under 60 s; timeouts up to 5 times; nothing else."""
    last, retries = attempts[-1], len(attempts) - 1
    if last.error == "timeout":
        return WAIT_AFTER_TIMEOUT if retries < 5 else None
    if last.status == 409:
        return WAIT_AFTER_CONFLICT if retries < 3 else None
    wait = last.headers.get("retry-after", "")
    if last.status in (429, 503) and wait.isdigit() and int(wait) < LONGEST_RETRY_AFTER:
        return float(wait) if retries < 5 else None
    return None


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of X-Zendesk-Webhook-Signature: base64 of HMAC-SHA256 over timestamp and body."""
    return base64.b64encode(hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256).digest()).decode()


def signed(webhook_id: str, invocation: str, secret: str, body: bytes) -> dict[str, str]:
    """The headers of one attempt, made now: the timestamp is the attempt's."""
    timestamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Zendesk Webhook",
        "x-zendesk-account-id": str(ACCOUNT_ID),
        "x-zendesk-webhook-id": webhook_id,
        "x-zendesk-webhook-invocation-id": invocation,
        "x-zendesk-webhook-signature": signature(secret, timestamp, body),
        "x-zendesk-webhook-signature-timestamp": timestamp,
    }
