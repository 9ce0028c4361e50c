"""Whether a field that was just read may show what it held before the change that made us read it."""

from linksync.core.field_reading import FieldReading
from linksync.core.ordering import REPLICA_LAG
from linksync.errors import UpstreamUnavailable


def check_lag(reading: FieldReading, *, stated: tuple[str, ...] | None, changed_at: float, now: float) -> None:
    """Raises UpstreamUnavailable when the reading contradicts a change that is younger than a replica's lag.

    Somebody may have edited the field again, or the vendor may have shown an old copy: a little later it is known.
    """
    age = now - changed_at
    agrees = stated is None or reading.refs is None or frozenset(reading.refs) == frozenset(stated)
    if not agrees and 0 <= age < REPLICA_LAG:
        raise UpstreamUnavailable(
            "a field that was changed a moment ago does not show it yet; it is read again",
            retry_after=REPLICA_LAG - age,
        )
