"""A backfill that is killed with SIGKILL goes on where it was: no link is made twice, and none is left out.

The command is a process of its own, against moto's AWS over HTTP and the simulated vendors; the real worker works on
what it queues meanwhile.
"""

import json
import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from local.vendors import SimulatedVendors
from tests.unit.cli import command_process
from tests.unit.cli.account import Account
from tests.unit.cli.vendors import aimed_at
from tests.unit.cli.worker import Worker

TICKETS, KEYS = 260, 3
MOST_MEMORY = 300 * 1024  # KiB


@pytest.fixture
def vendors() -> Iterator[SimulatedVendors]:
    """Tickets that name issues each, none of them linked."""
    with SimulatedVendors() as vendors:
        keys = [vendors.issue("PROJ").key for _ in range(50)]
        for number in range(TICKETS):
            vendors.ticket(" ".join(keys[(number + place) % len(keys)] for place in range(KEYS)))
        yield vendors


@pytest.fixture
def account(vendors: SimulatedVendors, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """The deployed stack; moto serves all of it but CloudFormation."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", command_process.REGION)
    with mock_aws():
        account = Account()
        aimed_at(account, vendors)
        account.put("ApiCredentialsArn", vendors.credentials())
        yield account


@pytest.fixture
def working(account: Account, vendors: SimulatedVendors) -> Iterator[None]:
    """The worker works all the time."""
    worker, over = Worker(account, vendors), threading.Event()

    def work() -> None:
        while not over.is_set():
            worker.work()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()


@pytest.fixture
def environment(moto_url: str, account: Account, tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """For the command as a process of its own."""
    with command_process.environment(account, moto_url, tmp_path) as environment:
        yield environment


def started(environment: Mapping[str, str]) -> "subprocess.Popen[str]":
    arguments = ("backfill", "--from", "zendesk", "--budget", "100000", "--json")
    return subprocess.Popen(  # noqa: S603  our own command
        command_process.command(*arguments),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def place(environment: Mapping[str, str]) -> dict[str, Any]:
    """What the command's file of its place holds; empty where there is none."""
    file = Path(environment["SAMCONFIG"]).with_name("linksync-backfill.linksync.zendesk.json")
    return dict(json.loads(file.read_text())) if file.exists() else {}


@pytest.mark.usefixtures("working")
def test_it_goes_on_where_it_was_and_makes_nothing_twice(
    vendors: SimulatedVendors, environment: Mapping[str, str]
) -> None:
    first = started(environment)
    while place(environment).get("read", 0) < 100:
        assert first.poll() is None, first.communicate()
        time.sleep(0.02)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    stopped = place(environment)
    assert 100 <= stopped["read"] < TICKETS

    # Its last minute counts as used up, which nobody wants to sit through here.
    file = Path(environment["SAMCONFIG"]).with_name("linksync-backfill.linksync.zendesk.json")
    os.utime(file, (0, time.time() - 3_600))
    second = started(environment)
    out, err = second.communicate(timeout=120)
    document = json.loads(out)
    assert (second.returncode, document["read"], document["finished"]) == (0, TICKETS, True), err
    assert f"Going on after {stopped['read']} rows" in err
    assert place(environment) == {}

    deadline = time.monotonic() + 60
    while len(vendors.links()) < TICKETS * KEYS and time.monotonic() < deadline:
        time.sleep(0.1)
    bodies = [json.loads(call.request_body)["link"] for call in vendors.zendesk.calls.matching("POST", "/links$")]
    creates = Counter((link["ticket_id"], link["issue_id"]) for link in bodies)
    assert (len(creates), max(creates.values())) == (TICKETS * KEYS, 1)


def test_many_rows_take_little_memory(vendors: SimulatedVendors, environment: Mapping[str, str]) -> None:
    vendors.zendesk.limits.search_export.enforced = False
    for number in range(5_000):
        vendors.ticket(f"PROJ-{number % 50 + 1}")
    arguments = ("backfill", "--from", "zendesk", "--budget", "100000", "--dry-run")
    peak, document = command_process.peak_memory(environment, *arguments)
    assert document["read"] == 5_000 + TICKETS
    assert peak < MOST_MEMORY, "KiB"
    print(f"{5_000 + TICKETS:,} rows: {peak / 1024:.0f} MiB at most")
