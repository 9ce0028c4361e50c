"""Whether a field that is read may show what it held before a change: vendors may answer from a copy that lags."""

from linksync.core.field_reading import FieldReading
from linksync.core.lanes import FieldRecord
from linksync.core.ordering import CLOCK_SKEW, REPLICA_LAG
from linksync.errors import NotYetVisible

_AGAIN = "a field that was changed a moment ago may not show it yet; it is read a little later"


def wait_for_change(stated: tuple[str, ...] | None, *, changed_at: float, now: float) -> None:
    """Raises NotYetVisible when a change of which only the time is known is younger than a copy's lag.

    Reading the field now could show what it held before, and nothing would tell.
    """
    age = now - changed_at
    if stated is None and _is_young(age):
        raise NotYetVisible(_AGAIN, retry_after=REPLICA_LAG - age)


def check_lag(
    reading: FieldReading, recorded: FieldRecord, *, stated: tuple[str, ...] | None, changed_at: float, now: float
) -> None:
    """Raises NotYetVisible when the reading contradicts a change that is younger than a copy's lag.

    Somebody may have edited the field again, or an old copy was shown: a little later it is known.
    """
    changes = [] if stated is None else [(frozenset(stated), changed_at)]
    if recorded.window and recorded.window.earliest == recorded.window.latest:  # told with the time of the change
        changes.append((recorded.refs, recorded.window.latest))
    attempt_at = recorded.window.attempt_at if recorded.window else None
    if attempt_at is not None and reading.updated_at is not None and reading.updated_at < attempt_at:
        # What is shown is older than the attempt that told the recorded content, so it may be older than that content.
        changes.append((recorded.refs, attempt_at))
    for refs, at in changes:
        if reading.refs is not None and frozenset(reading.refs) != refs and _is_young(now - at):
            raise NotYetVisible(_AGAIN, retry_after=REPLICA_LAG - (now - at))


def _is_young(age: float) -> bool:
    """Whether a change may not be seen yet.  The vendor's clock, by which it was told, may be ahead of ours."""
    return -CLOCK_SKEW <= age < REPLICA_LAG
