"""A secret as a JSON object, read seldom and never trusted for long.

A changed secret is in force after `REFRESHED_AFTER`.  While the store does not answer, an older copy stays good until
`GOOD_FOR`; nothing is proved with one older than that.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from linksync.errors import LinksyncError, Misconfigured

REFRESHED_AFTER = 60.0  # seconds
EMPTY_REFRESHED_AFTER = 5.0  # a stack that is just being set up starts as `{}`
RETRIED_AFTER = 5.0  # while an older copy is good
ASKED_AGAIN_AFTER = 1.0  # while there is none: strangers must not drive calls to the store by knocking
GOOD_FOR = 300.0


class SecretsManager(Protocol):
    """What is used of the client.  It may raise AwsUnavailable."""

    @property
    def get_secret_value(self) -> Callable[..., Mapping[str, Any]]:
        """GetSecretValue."""


class CachedSecret:
    """One secret of this stack.

    The clock is the wall's: a monotonic one stands still while Lambda has the function frozen or snapshotted, and a
    secret would outlive its rotation.
    """

    def __init__(self, client: SecretsManager, arn: str, *, clock: Callable[[], float] = time.time) -> None:
        self._client, self._arn, self._clock = client, arn, clock
        self._document: dict[str, Any] | None = None
        self._read_at = self._due_at = 0.0
        self._trouble: LinksyncError | None = None
        self._failed_at = 0.0

    def get(self, *, fresh: bool = False) -> dict[str, Any]:
        """The document; `fresh` insists on reading it now.

        Raises AwsUnavailable when the store did not answer, Misconfigured when the secret is no JSON object.
        """
        now = self._clock()
        if not fresh and self._document is not None and self._read_at <= now < self._due_at:
            return self._document
        if not fresh and self._trouble and self._failed_at <= now < self._failed_at + ASKED_AGAIN_AFTER:
            raise self._trouble.with_traceback(None)
        try:
            self._keep(self._read(), now)
        except LinksyncError as trouble:
            if fresh or self._document is None or not self._read_at <= now < self._read_at + GOOD_FOR:
                self._trouble, self._failed_at = trouble, now
                raise
            self._due_at = min(now + RETRIED_AFTER, self._read_at + GOOD_FOR)
        return self._document or {}

    def _keep(self, document: dict[str, Any], now: float) -> None:
        self._document, self._read_at, self._trouble = document, now, None
        self._due_at = now + (REFRESHED_AFTER if document else EMPTY_REFRESHED_AFTER)

    def _read(self) -> dict[str, Any]:
        answer = self._client.get_secret_value(SecretId=self._arn)
        try:
            document = json.loads(answer["SecretString"])
        except (KeyError, TypeError, ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):  # outside the except clause: its exception quotes the secret
            raise Misconfigured(f"the secret {self._arn} is not a JSON object: put one there")
        return document
