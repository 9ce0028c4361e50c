"""A limit of a vendor's that lasts: a run ends before its lease does, and the next one goes on."""

import pytest

from linksync.reconciler.limits import LEASE
from local.vendors import TICKET_FIELD
from tests.simulation.installation import Installation


def test_a_limit_that_lasts_ends_the_run_before_its_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs would be at work at once if it waited on: another one may take a lease that is over."""
    monkeypatch.setattr("linksync.reconciler.ticket_stream.LARGEST_PAGE", 1)
    installation = Installation(0)
    tickets, exports = installation.zendesk.account.tickets, installation.zendesk.account.limits.incremental_exports
    installation.reconcile()
    numbers = [tickets.create({TICKET_FIELD: "PROJ-1"}) for _ in range(3)]
    installation.senders.network.clear()
    installation.clock.now += 600
    exports.minute, exports.per_minute = 2 * LEASE, 1
    installation.clock.now += exports.minute - installation.clock.now % exports.minute
    begun = installation.clock.now
    assert installation.reconcile() == "tickets stopped"
    assert installation.clock.now - begun < LEASE
    told = set(installation.sqs.events.lanes)
    exports.minute, exports.per_minute = 60.0, 10
    installation.clock.now += 3_600
    assert installation.reconcile() == "finished"
    assert told | set(installation.sqs.events.lanes) == {f"ticket#{number}" for number in numbers}
