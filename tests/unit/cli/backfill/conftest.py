"""Vendors with years of fields, and the worker of a stack that is aimed at them."""

from collections.abc import Iterator

import pytest

from local.vendors import LinksApi, SimulatedVendors
from tests.unit.cli.account import Account
from tests.unit.cli.backfill.scene import EMPTY, HALF, LINKED, NAMING, WRONG
from tests.unit.cli.vendors import aimed_at
from tests.unit.cli.worker import Worker


@pytest.fixture
def vendors(request: pytest.FixtureRequest) -> Iterator[SimulatedVendors]:
    """Years of fields: tickets that name issues, some linked already, and issues that name tickets."""
    api: LinksApi = getattr(request, "param", "v2")
    with SimulatedVendors(links_api=api) as vendors:
        for _ in range(4):
            vendors.issue("PROJ")
        for ticket, keys in (
            (NAMING, "PROJ-1, proj-2"),
            (HALF, "PROJ-1 PROJ-2"),
            (LINKED, "PROJ-3"),
            (EMPTY, None),
            (WRONG, "PROJ-99 PROJ-4"),
        ):
            vendors.ticket(keys, ticket_id=ticket)
        vendors.link_by_hand(HALF, "PROJ-2")
        vendors.link_by_hand(LINKED, "PROJ-3")
        vendors.write_tickets("PROJ-4", f"{EMPTY} {LINKED} 99999")
        yield vendors


@pytest.fixture
def worker(vendors: SimulatedVendors, account: Account) -> Worker:
    aimed_at(account, vendors)
    account.put("ApiCredentialsArn", vendors.credentials())
    return Worker(account, vendors)
