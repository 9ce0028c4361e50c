"""Coverage-guided fuzzing of the readers, from raw bytes down.  Needs atheris; says so and ends well without.

    python tests/fuzz/atheris_receivers.py -max_total_time=60

Arguments are libFuzzer's.  The samples in `events/` are the seed corpus.
"""

import json
import sys
import tempfile
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "linksync")]

try:
    import atheris
except ImportError:
    print("atheris is not installed here: coverage-guided fuzzing is skipped (pip install atheris)")
    sys.exit(0)

with atheris.instrument_imports(include=["linksync", "json"]):
    from linksync.core.message_format import decode, encode
    from linksync.core.messages import Envelope
    from linksync.errors import NotAuthentic, Unreadable
    from linksync.inbound import jira, jira_automation, signatures, zendesk
    from linksync.inbound.parsed_body import Ignored
    from linksync.inbound.request import request_of
    from linksync.references.fields import IssueField, TicketField

NOW = 1_793_611_800.0
TICKET_FIELD = TicketField(id="1900001234567", projects=frozenset({"SHOP"}), site="acme.atlassian.net")
ISSUE_FIELD = IssueField(id="customfield_10050", account_host="acme.zendesk.com")
READERS = (
    partial(zendesk.read, field=TICKET_FIELD),
    partial(jira.read, field=ISSUE_FIELD),
    partial(jira_automation.read, field=ISSUE_FIELD),
)
LARGEST_MESSAGE = 256 * 1024


def check_readers(body: bytes) -> None:
    """Every reader returns a statement that travels, or raises Unreadable."""
    for read in READERS:
        try:
            reading = read(body, NOW)
        except Unreadable:
            continue
        if isinstance(reading.content, Ignored):
            continue
        envelope = Envelope(
            delivery="d", correlation_id="c", source=reading.source, received_at=NOW, payload=reading.content
        )
        message = encode(envelope)
        if decode(message) != envelope or len(message) > LARGEST_MESSAGE or len(envelope.lane) > 128:
            raise AssertionError(message)


def check_request(text: str) -> None:
    """Anything is a request, and none of its headers proves anything."""
    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        event = {"headers": {"x-hub-signature": text}, "body": text, "isBase64Encoded": True}
    request = request_of(event)
    try:
        signatures.jira(signature=request.header("x-hub-signature"), body=request.body, secrets=(b"s",))
    except NotAuthentic:
        return
    raise AssertionError("let in")


def test_one_input(data: bytes) -> None:
    """What libFuzzer calls."""
    check_readers(data)
    check_request(data.decode("utf-8", "replace"))


def main() -> None:
    """Runs libFuzzer on a throw-away copy of the samples."""
    with tempfile.TemporaryDirectory() as corpus:
        for sample in (ROOT / "events").rglob("*.*"):
            (Path(corpus) / f"{sample.parent.name}-{sample.name}").write_bytes(sample.read_bytes())
        atheris.Setup([*sys.argv, corpus], test_one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
