"""A secret as a JSON object, read seldom and never trusted for long.

A changed secret is in force after `REFRESHED_AFTER`.  While the store does not answer, an older copy stays good until
`GOOD_FOR`; nothing is proved with one older than that.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from linksync.errors import LinksyncError, Misconfigured
from linksync.metrics import Metric
from linksync.observability import describe, emit_line

REFRESHED_AFTER = 60.0  # seconds
EMPTY_REFRESHED_AFTER = 5.0  # a stack that is just being set up starts as `{}`
RETRIED_AFTER = 5.0  # while an older copy is good
ASKED_AGAIN_AFTER = 1.0  # while there is none: requests of strangers must not each cause a call to the store
GOOD_FOR = 300.0


class SecretsManager(Protocol):
    """What is used of the client.  It may raise AwsUnavailable."""

    @property
    def get_secret_value(self) -> Callable[..., Mapping[str, Any]]:
        """GetSecretValue."""


def report_unreadable(failure: LinksyncError) -> None:
    """Writes a line, and counts `SecretUnreadable`."""
    fields = {"error": describe(failure)}
    emit_line(logging.ERROR, "secret unreadable", fields=fields, counts={Metric.SECRET_UNREADABLE: 1})


class CachedSecret:
    """One secret of this stack.  `report` is called at each read that fails, whether or not an older copy is good.

    The clock is the wall's: a monotonic one stands still while Lambda has the function frozen or snapshotted, and a
    secret would outlive its rotation.
    """

    def __init__(
        self,
        client: SecretsManager,
        arn: str,
        *,
        clock: Callable[[], float] = time.time,
        report: Callable[[LinksyncError], None] = report_unreadable,
    ) -> None:
        self._client, self._arn, self._clock, self._report = client, arn, clock, report
        self._document: dict[str, Any] | None = None
        self._read_at = self._due_at = 0.0
        self._failure: LinksyncError | None = None
        self._failed_at = 0.0

    def get(self, *, fresh: bool = False) -> dict[str, Any]:
        """The document; `fresh` insists on reading it now.

        Raises AwsUnavailable when the store did not answer, Misconfigured when the secret is no JSON object.
        """
        now = self._clock()
        if not fresh and self._document is not None and self._read_at <= now < self._due_at:
            return self._document
        if not fresh and self._failure and self._failed_at <= now < self._failed_at + ASKED_AGAIN_AFTER:
            raise self._failure.with_traceback(None)
        try:
            self._keep(self._read(), now)
        except LinksyncError as failure:
            self._report(failure)
            if fresh or self._document is None or not self._read_at <= now < self._read_at + GOOD_FOR:
                self._failure, self._failed_at = failure, now
                raise
            self._due_at = min(now + RETRIED_AFTER, self._read_at + GOOD_FOR)
        return self._document or {}

    def _keep(self, document: dict[str, Any], now: float) -> None:
        self._document, self._read_at, self._failure = document, now, None
        self._due_at = now + (REFRESHED_AFTER if document else EMPTY_REFRESHED_AFTER)

    def _read(self) -> dict[str, Any]:
        response = self._client.get_secret_value(SecretId=self._arn)
        try:
            document = json.loads(response["SecretString"])
        except (KeyError, TypeError, ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):  # outside the except clause: its exception quotes the secret
            raise Misconfigured(f"the secret {self._arn} is not a JSON object: put one there")
        return document
