"""Which key an issue bears: what statements and readings tell of it, and when a look is owed."""

from dataclasses import replace
from math import inf, nextafter

from linksync.core.lanes import IssueRecord
from linksync.core.messages import IssueStatement, LifecycleEvent
from linksync.core.ordering import KEY_IN_DOUBT, KEY_IS_NEW, RETRY_HORIZON, Decision, Window
from linksync.core.projects import ALL_PROJECTS, ProjectList


def doubt_of_key(record: IssueRecord, statement: IssueStatement, projects: ProjectList) -> Decision | None:
    """Why the statement's key must be read, if it must."""
    window, moved = statement.window, statement.lifecycle is LifecycleEvent.MOVED
    if window.latest < record.key_at:
        return None
    if statement.issue_key == record.key:
        # Tickets are told since when the issue bears it: a vague time would lose against the old key's.
        vague = record.key_until - record.key_at > RETRY_HORIZON
        return KEY_IN_DOUBT if vague and moved and not statement.exact and record.key != record.told_key else None
    if projects:
        return KEY_IS_NEW
    doubtful = not statement.exact and (record.key or moved)
    return KEY_IN_DOUBT if doubtful or (record.key and window.earliest <= record.key_until) else None


def with_key(record: IssueRecord, key: str, window: Window) -> IssueRecord:
    """The record with the key that the issue bore within the window, unless a later one is known."""
    if key == record.key:
        return replace(
            record, key_at=max(record.key_at, window.earliest), key_until=max(record.key_until, window.latest)
        )
    newer = window.earliest > record.key_until or not record.key
    return replace(record, key=key, key_at=window.earliest, key_until=window.latest) if newer else record


def with_key_read(
    record: IssueRecord, statement: IssueStatement, key: str, window: Window, *, projects: ProjectList = ALL_PROJECTS
) -> IssueRecord:
    """The record after the issue was read, and bore this key, because of the statement.

    What was read may lag behind a change whose time the statement tells.  A key that both tell is the issue's, and so
    is one that nobody told before.
    """
    if key == statement.issue_key or key != record.key:
        # Later than the recorded key, by however little: lanes of tickets may know that one by its time.
        at_least = record.key_at if key == record.key else nextafter(record.key_at, inf)
        return replace(record, key=key, key_at=max(at_least, window.earliest), key_until=window.latest)
    if statement.exact and not projects:
        record = with_key(record, statement.issue_key, statement.window)
    return with_key(record, key, window)
