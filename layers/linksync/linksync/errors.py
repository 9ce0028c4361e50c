"""The one tree of errors.  Who can mend one decides where it stands.

    LinksyncError
    ├── SenderError             the sender's: answered, never queued as work
    │   ├── NotAuthentic            401: signature or token missing, wrong or stale
    │   └── Unreadable              quarantined: authentic, but no statement can be read out of it
    ├── RetryLater              nobody's: tried again, the lane waits meanwhile
    │   ├── UpstreamUnavailable     network error, time-out, 5xx
    │   ├── UpstreamThrottled       429
    │   ├── NotYetVisible           a vendor may still show what a field held before a change
    │   ├── PutOff                  a vendor that keeps failing, or wants no calls for long: it was not even asked
    │   └── AwsUnavailable          queue, ledger or secret store did not answer
    ├── NoticeRefused           nobody's: a person could not be told of a slip; counted, and the work goes on
    ├── UnfinishedWork          nobody's: out of time with work left, continued at once
    └── OperatorError           an operator's: to the dead-letter queue, then `linksync redrive`
        ├── UpstreamForbidden       401 or 403: credentials or rights (after a short grace)
        ├── UpstreamRefused         400 and other 4xx: this request will never be accepted as it stands
        ├── AwsRefused              AWS will never take this as it stands: a record over DynamoDB's 400 KB
        └── Misconfigured           a parameter or a secret is missing or malformed

Every message says what to do next, and never holds a secret or a customer's text.
"""


class LinksyncError(Exception):
    """Root of everything that linksync raises on purpose."""


class SenderError(LinksyncError):
    """The request itself is at fault."""


class NotAuthentic(SenderError):
    """The sender could not prove who it is.  The message is shown to it, and is the same for every failed proof."""


class Unreadable(SenderError):
    """Authentic, but not to be understood.  `reason` is one word for logs, metrics and the response."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RetryLater(LinksyncError):
    """Worth another try.  `retry_after` is the vendor's own demand in seconds, or None when it made none."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UpstreamUnavailable(RetryLater):
    """Zendesk or Jira did not answer, or answered 5xx.

    `maybe_applied` is False when the call surely changed nothing: it was never sent, or its response tells so.
    """

    def __init__(self, message: str, *, retry_after: float | None = None, maybe_applied: bool = True) -> None:
        super().__init__(message, retry_after=retry_after)
        self.maybe_applied = maybe_applied


class UpstreamThrottled(RetryLater):
    """Zendesk or Jira answered 429: nothing was applied."""


class NotYetVisible(RetryLater):
    """A field was changed a moment ago, and its vendor may still show what it held before."""


class PutOff(RetryLater):
    """Zendesk or Jira has failed too often in a row, or demands a pause: no call was made.

    `throttled`: it answers, and its demands are few yet.
    """

    def __init__(self, message: str, *, retry_after: float | None = None, throttled: bool = False) -> None:
        super().__init__(message, retry_after=retry_after)
        self.throttled = throttled


class AwsUnavailable(RetryLater):
    """Our own queue, ledger or secret store did not answer."""


class NoticeRefused(LinksyncError):
    """A ticket or an issue takes no tag, note or comment: it is closed, gone, or not ours to write to."""


class UnfinishedWork(LinksyncError):
    """The function's time is nearly up and the lane has work left; what is done is recorded."""


class OperatorError(LinksyncError):
    """Somebody has to mend something.  `reason` is one word for logs, metrics and the dead letter."""

    reason = "operator"


class UpstreamForbidden(OperatorError):
    """401 or 403: the credentials, the role or the switch in Zendesk or Jira is wrong."""

    reason = "forbidden"


class UpstreamRefused(OperatorError):
    """400 or another final 4xx: the vendor will never accept this request as it stands.

    `not_found`: it was the API's own 404 for what the request names.
    """

    reason = "refused"

    def __init__(self, message: str, *, not_found: bool = False) -> None:
        super().__init__(message)
        self.not_found = not_found


class AwsRefused(OperatorError):
    """Our own queue, ledger or secret store will never take this as it stands."""

    reason = "our_side_refused"


LEDGER_REFUSAL = "the lane's records are too large; correct the fields, then `linksync redrive`"
"""What to do about a write that DynamoDB calls invalid."""


class Misconfigured(OperatorError):
    """A parameter or a secret of this stack is missing or malformed."""

    reason = "misconfigured"
