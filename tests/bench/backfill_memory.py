"""How much memory `linksync backfill` takes, as a process of its own that reads and plans many rows.

`python -m tests.bench.backfill_memory ROWS` prints the KiB that it took at most.  AWS is moto's, the vendors are the
simulated ones, whose limits keep nobody waiting.
"""

import logging
import os
import sys
import tempfile
from pathlib import Path

from moto import mock_aws
from moto.server import ThreadedMotoServer

from local.vendors import SimulatedVendors
from tests.unit.cli.account import Account
from tests.unit.cli.command_process import REGION, environment, peak_memory
from tests.unit.cli.vendors import aimed_at

UNLIMITED = 10_000_000
_ISSUES = 1_000


def peak(rows: int) -> int:
    """In KiB."""
    os.environ["AWS_DEFAULT_REGION"] = REGION
    logging.getLogger("werkzeug").disabled = True
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        with SimulatedVendors() as vendors, mock_aws(), tempfile.TemporaryDirectory(prefix="linksync-") as home:
            account = Account()
            aimed_at(account, vendors)
            account.put("ApiCredentialsArn", vendors.credentials())
            _fill(vendors, rows)
            with environment(account, f"http://{host}:{port}", Path(home)) as found:
                arguments = ("backfill", "--from", "zendesk", "--budget", str(UNLIMITED), "--dry-run")
                most, document = peak_memory(found, *arguments)
        assert document["to_link"] == rows, document
    finally:
        server.stop()
    return most


def _fill(vendors: SimulatedVendors, rows: int) -> None:
    """So many tickets that name an issue each, none of them linked."""
    for limit in vendors.zendesk.limits.all():
        limit.per_minute = UNLIMITED
    keys = [vendors.issue("PROJ").key for _ in range(_ISSUES)]
    for number in range(rows):
        vendors.ticket(keys[number % _ISSUES])


if __name__ == "__main__":
    print(peak(int(sys.argv[1])))
