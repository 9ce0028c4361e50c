"""The metrics of linksync: CloudWatch namespace `linksync`, dimension `service`, and `source` where it applies.

CloudWatch is paid for each combination of a metric and its dimensions.  So `source` is a dimension where somebody goes
by it (which sender is turned away, which vendor is slow), and elsewhere a member of the log line alone.
"""

from enum import StrEnum


class Metric(StrEnum):
    """Every metric by its CloudWatch name.  All are counts but those whose name holds a unit of time."""

    DELIVERIES_ACCEPTED = "DeliveriesAccepted"
    DELIVERIES_IGNORED = "DeliveriesIgnored"
    DELIVERIES_QUARANTINED = "DeliveriesQuarantined"
    DELIVERIES_REJECTED = "DeliveriesRejected"
    LINKS_CREATED = "LinksCreated"
    LINKS_ALREADY_PRESENT = "LinksAlreadyPresent"
    LINKS_DELETED = "LinksDeleted"
    LINKS_ALREADY_ABSENT = "LinksAlreadyAbsent"
    NOTHING_TO_DO = "NothingToDo"
    KEYS_NOT_FOUND = "KeysNotFound"
    TICKETS_NOT_FOUND = "TicketsNotFound"  # beside KeysNotFound: a ticket number that an issue names
    NOTICES_GIVEN = "NoticesGiven"  # tags, notes and comments that tell of what was not found
    NOTICES_REFUSED = "NoticesRefused"  # or it is not known what became of them
    LINKS_REFUSED = "LinksRefused"
    REREADS = "Rereads"
    UPSTREAM_THROTTLED = "UpstreamThrottled"
    UPSTREAM_FAILED = "UpstreamFailed"
    PUT_OFF = "PutOff"  # a vendor that keeps failing, or wants no calls for long, was not even asked
    BREAKER_OPENED = "BreakerOpened"
    UPSTREAM_FORBIDDEN = "UpstreamForbidden"
    SECONDS_BEHIND = "SecondsBehind"  # from the sender's time to the link's change
    SECONDS_WAITING = "SecondsWaiting"  # since a message that is retried was first received
    UPSTREAM_MILLISECONDS = "UpstreamMilliseconds"  # of one call; its `source` is `zendesk` or `jira`
    SECRET_UNREADABLE = "SecretUnreadable"  # noqa: S105  a name; one a failed read
    RECONCILER_READ = "ReconcilerRead"  # rows of tickets and issues
    RECONCILER_QUEUED = "ReconcilerQueued"  # lanes that were told to look
    RECONCILER_FINISHED = "ReconcilerFinished"  # runs that read all that there was
    RECONCILER_LAG = "ReconcilerLagSeconds"  # how far the checkpoint is behind now
    REPAIRED_AGAIN = "RepairedAgain"  # the same subject differed in the same way twice in a row


BY_SOURCE = frozenset(
    {
        Metric.DELIVERIES_ACCEPTED,
        Metric.DELIVERIES_IGNORED,
        Metric.DELIVERIES_QUARANTINED,
        Metric.DELIVERIES_REJECTED,
        Metric.UPSTREAM_MILLISECONDS,
    }
)
"""The metrics that have the dimension `source` beside `service`."""
