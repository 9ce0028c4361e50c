"""The command line as a process of its own, against moto's AWS over HTTP; moto answers all but CloudFormation."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.unit.cli.account import Account

ROOT = Path(__file__).parents[3]
REGION = "us-east-1"
_PEAK = (
    "import resource, subprocess, sys\n"
    "subprocess.run(sys.argv[1:], check=True, stdout=sys.stderr)\n"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
)


@contextmanager
def environment(account: Account, moto_url: str, home: Path) -> Iterator[Mapping[str, str]]:
    """For a process that finds this account's stack, and has its settings in `home`."""
    with _cloudformation(account) as url:
        yield {
            "PATH": "",
            "PYTHONPATH": f"{ROOT / 'cli'}:{ROOT / 'layers/linksync'}",
            "SAMCONFIG": str(home / "samconfig.local.toml"),
            "AWS_ENDPOINT_URL": moto_url,
            "AWS_ENDPOINT_URL_CLOUDFORMATION": url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }


def command(*arguments: str) -> list[str]:
    """What starts it."""
    return [sys.executable, "-m", "linksync_cli", *arguments]


def peak_memory(environment: Mapping[str, str], *arguments: str) -> tuple[int, Any]:
    """The most memory that a whole run took at any time, in KiB, and its JSON document.

    Raises CalledProcessError when the run does not end well.
    """
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-c", _PEAK, *command(*arguments, "--json")],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout), json.loads(done.stderr[done.stderr.index("{") :])


@contextmanager
def _cloudformation(account: Account) -> Iterator[str]:
    """Where DescribeStacks is answered."""
    body = _described(account).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def _described(account: Account) -> str:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html."""
    told = account.cloudformation
    stack = "<StackName>linksync</StackName><StackStatus>CREATE_COMPLETE</StackStatus>"
    stack += "<CreationTime>2026-11-25T00:00:00Z</CreationTime>"
    stack += _members("Outputs", "Output", told.outputs) + _members("Parameters", "Parameter", told.parameters)
    return (
        '<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult>'
        f"<Stacks><member>{stack}</member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
    )


def _members(name: str, kind: str, values: Mapping[str, str]) -> str:
    rows = (f"<member><{kind}Key>{key}</{kind}Key><{kind}Value>{value}</{kind}Value></member>"
            for key, value in values.items())  # fmt: skip
    return f"<{name}>{''.join(rows)}</{name}>"
