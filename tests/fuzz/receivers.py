"""Throws hostile requests at the receivers' real handlers and counts what comes back.

    python tests/fuzz/receivers.py --requests 100000 --seconds 240 --seed 1

Exit status 1 when anything but a response of the contract came out, when an unauthentic request queued something, asked
AWS for something or was let in, or when a log line held a secret or a customer's words.
"""

import argparse
import io
import sys
import time
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

if __name__ == "__main__":
    ROOT = Path(__file__).resolve().parents[2]
    sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "linksync")]

from tests.fuzz import mutations
from tests.fuzz.mutations import Attempt
from tests.receivers.in_memory import InMemoryAws, Response, deliver, handlers
from tests.receivers.responses import breaches
from tests.receivers.signed_requests import JIRA_SECRET, TOKEN, ZENDESK_SECRET

FORBIDDEN_IN_LOGS = (mutations.PRIVATE, ZENDESK_SECRET, JIRA_SECRET, TOKEN)
LARGEST_MESSAGE = 256 * 1024
FRESH = 120.0
"""Seconds after which the handlers' clock, which stands still, is set anew: signatures are of the real time."""


@dataclass
class Tally:
    """What was counted.  `violations` holds the first few, to be looked into with the seed."""

    requests: int = 0
    responses: Counter[tuple[str, int]] = field(default_factory=Counter)
    exceptions: int = 0
    messages: int = 0
    messages_of_unauthentic: int = 0
    secret_reads: int = 0
    seconds: float = 0.0
    violations: Counter[str] = field(default_factory=Counter)

    def report(self) -> str:
        """The figures, for people."""
        kinds = "\n".join(
            f"  {kind:8} {status}  {count:>8,}" for (kind, status), count in sorted(self.responses.items())
        )
        found = "\n".join(f"  VIOLATION {what}: {count}" for what, count in self.violations.most_common(20))
        return (
            f"{self.requests:,} hostile requests in {self.seconds:.0f} s: {self.exceptions} exceptions, "
            f"{self.messages:,} messages queued, {self.messages_of_unauthentic} of them by unauthentic requests, "
            f"{self.secret_reads} reads of the secret, {sum(self.violations.values())} violations\n{kinds}"
            + (f"\n{found}" if found else "")
        )


def run(*, requests: int, seconds: float, seed: int) -> Tally:
    """Throws at most so many requests for at most so long."""
    rng, aws, tally = Random(seed), InMemoryAws(), Tally()
    began = time.monotonic()
    while tally.requests < requests and (left := began + seconds - time.monotonic()) > 0:
        until = time.monotonic() + min(left, FRESH)
        with handlers(aws):
            while tally.requests < requests and time.monotonic() < until:
                _throw(mutations.attempt(rng), aws, tally)
    tally.seconds, tally.secret_reads = time.monotonic() - began, aws.secret_reads
    if aws.secret_reads > 2 + tally.seconds / 60:
        tally.violations["the secret was read too often"] += 1
    return tally


def _throw(attempt: Attempt, aws: InMemoryAws, tally: Tally) -> None:
    tally.requests += 1
    aws.messages.clear()
    with redirect_stdout(io.StringIO()) as log:
        try:
            response = deliver(attempt.event, attempt.route)
        except Exception as problem:  # noqa: BLE001 - that is what is looked for
            tally.exceptions += 1
            tally.violations[f"{attempt.kind}: {type(problem).__name__}"] += 1
            return
    tally.responses[attempt.kind, response.get("statusCode", 0)] += 1
    tally.messages += len(aws.messages)
    tally.messages_of_unauthentic += len(aws.messages) if attempt.proven is False else 0
    for violation in _violations(attempt, response, aws, log.getvalue()):
        tally.violations[f"{attempt.kind}: {violation}"] += 1


def _violations(attempt: Attempt, response: Response, aws: InMemoryAws, log: str) -> list[str]:
    status, queued = response.get("statusCode"), len(aws.messages)
    checks = {
        "an unauthentic request was let in": attempt.proven is False and status != 401,
        "an unauthentic request queued something": attempt.proven is False and queued > 0,
        "the real sender was refused": attempt.proven is True and status not in {200, 202, 413},
        "503 while all is well": status == 503,
        "response and queue disagree": queued != (status == 202),
        "a message over the limit": any(len(message["MessageBody"]) > LARGEST_MESSAGE for message in aws.messages),
        "a secret or private words in the log": any(words in log for words in FORBIDDEN_IN_LOGS),
        "not one line": len(log.splitlines()) != 1,
    }
    return breaches(response) + [what for what, found in checks.items() if found]


def main() -> int:
    """Runs from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=240.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    tally = run(requests=options.requests, seconds=options.seconds, seed=options.seed)
    print(f"seed {options.seed}: {tally.report()}")
    return 1 if tally.violations else 0


if __name__ == "__main__":
    sys.exit(main())
