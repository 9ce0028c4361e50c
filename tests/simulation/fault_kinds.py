"""Every way in which the simulated world goes wrong, by name.  `make soak` prints how often each happened."""

from enum import StrEnum


class Fault(StrEnum):
    """What goes wrong.  Names of calls to Zendesk and Jira, of runs, of our own AWS, of people and of senders."""

    # A vendor's answer.
    THROTTLED = "429 without Retry-After"
    THROTTLED_FOR = "429 with Retry-After"
    UNAVAILABLE = "503 without Retry-After"
    UNAVAILABLE_FOR = "503 with Retry-After"
    SERVER_ERROR = "500, nothing written"
    SERVER_ERROR_AFTER_WRITE = "500 after the write"
    GATEWAY_PAGE = "502 page of a gateway, nothing written"
    GATEWAY_PAGE_AFTER_WRITE = "504 page of a gateway after the write"
    PROXY_PAGE_404 = "404 page of a proxy"
    LOGIN_PAGE = "200 with somebody's page"
    DATABASE_CONFLICT = "409 DatabaseConflict"
    # The way to a vendor.
    NO_CONNECTION = "no connection"
    RESET = "cut before the request was read"
    RESET_AFTER_WRITE = "cut after the write"
    TLS_FAILURE_AFTER_WRITE = "TLS failure after the write"
    BROKEN_BODY = "answer broken off in its body"
    SLOW = "slow answer"
    HANG = "no answer until the time-out, nothing written"
    HANG_AFTER_WRITE = "no answer until the time-out, after the write"
    # The run.
    KILLED = "run killed by memory"
    TIMED_OUT = "run killed by its time-out"
    # Our own AWS.
    AWS_SILENT = "AWS did not answer, nothing done"
    AWS_SILENT_AFTER_WRITE = "AWS did not answer, but did it"
    UNPROCESSED_ITEMS = "part of a write unprocessed"
    INDEX_LAG = "index behind its table"
    SENT_IN_PART = "part of a batch not queued"
    NOT_ACKNOWLEDGED = "message done, and not deleted"
    RECEIVE_LIMIT = "moved by SQS at its receive limit"
    # For a while.
    OUTAGE = "a side down"
    OUTAGE_WITH_DEMAND = "a side down, with Retry-After"
    CREDENTIALS_REVOKED = "credentials revoked"
    LINKS_SWITCHED_OFF = "Manage links off"
    # What is read.
    LAGGING_REPLICA = "an older copy read"
    HIDDEN_ISSUE = "an issue that may not be read"
    # What people do.
    UNLINKED_BY_HAND = "our link removed by hand"
    LINKED_BY_HAND = "linked by hand"
    LINKED_MEANWHILE = "linked by hand while a run was under way"
    WRONG_KEY = "a key that Jira does not know"
    WRONG_TICKET = "a ticket number that Zendesk does not know"
    GONE_TICKET = "a ticket deleted for good"
    BINNED_TICKET = "a ticket in the bin"
    REFUSED_LINK = "a create refused for good"
    LEFT_PROJECTS = "moved out of ProjectKeys"
    JOINED_PROJECTS = "moved into ProjectKeys"
    # What senders do.
    DUPLICATED = "delivered twice"
    REORDERED = "delivered out of turn"
    DROPPED = "dropped by its sender"
    UNREADABLE_BODY = "field not readable in the body"
    MOVE_BY_AUTOMATION = "a move told by automation"
    BROKEN_JSON = "text that breaks the body's JSON"
