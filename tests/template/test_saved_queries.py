"""The saved queries ask for what the functions' lines hold, and stand where CloudFormation knows their type."""

import re
from typing import Any

import pytest

from linksync.core.messages import Envelope, TicketStatement
from linksync.errors import UpstreamUnavailable
from linksync.inbound.delivery_log import log_delivery
from linksync.inbound.request import request_of
from linksync.inbound.responses import Outcome, Result
from linksync.worker.disposition import DeadLetter, Disposition, Done, Retry
from linksync.worker.queue_message import QueueMessage
from linksync.worker.run_log import RunLog, report
from tests.translated_template import mentions, of_type, resources

QUERIES = {name: one for name, one in resources().items() if one["Type"] == "AWS::Logs::QueryDefinition"}
WORDS = """
    fields filter sort limit display stats by as asc desc and or ispresent count latest deliveries last_correlation_id
"""
STATEMENT = TicketStatement(ticket_id="5001", issue_keys=("PROJ-1",), at=1.0, exact=False)
ENVELOPE = Envelope(delivery="d", correlation_id="c", source="zendesk_trigger", received_at=1.0, payload=STATEMENT)
MESSAGE = QueueMessage(
    message_id="m", handle="h", attempt=2, first_received_at=1.0, sent_at="1", lane="ticket#5001", body="{}"
)
ENDS = (Done(), Retry(5, UpstreamUnavailable("no answer")), DeadLetter("refused", "Look at it."))


def worker_lines(end: Disposition) -> list[tuple[str, set[str]]]:
    """Message and members of the lines of a run that ends so."""
    lines: list[tuple[str, set[str]]] = []

    def write(_level: int, words: str, **told: Any) -> None:
        lines.append((words, set(told.get("fields") or {}) | {"source", "correlation_id"}))

    run = RunLog(why="it is new")
    run.called("zendesk", 12.0)
    report(write, run, MESSAGE, ENVELOPE, end, seconds=1.0)
    return lines


def receiver_lines(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, set[str]]]:
    lines: list[tuple[str, set[str]]] = []

    def write(_level: int, words: str, *, fields: dict[str, object], **_told: Any) -> None:
        lines.append((words, set(fields) | {"source", "correlation_id"}))

    monkeypatch.setattr("linksync.inbound.delivery_log.emit_line", write)
    for result in Result:
        log_delivery(request_of({}), Outcome(result=result, source="jira_webhook", statement=STATEMENT), 0.01)
    return lines


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_names_only_what_lines_hold(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    lines = [*receiver_lines(monkeypatch), *(line for end in ENDS for line in worker_lines(end))]
    held = set().union(*(members for _, members in lines)) | {"message", "service", "level"}
    query = QUERIES[name]["Properties"]["QueryString"]
    unquoted = re.sub(r'"[^"]*"', "", query)
    assert set(re.findall(r"(?<![@\w])[a-z_]+\b", unquoted)) - set(WORDS.split()) <= held
    messages = set(re.findall(r'message = "([^"]+)"', query))
    assert messages <= {words for words, _ in lines}


@pytest.mark.parametrize("name", QUERIES)
def test_it_looks_at_the_functions_own_logs_where_aws_is(name: str) -> None:
    assert QUERIES[name]["Condition"] == "OnAws"
    groups = mentions(QUERIES[name]["Properties"]["LogGroupNames"])
    assert groups <= set(of_type("AWS::Logs::LogGroup")) - {"AccessLogs"}


def test_the_questions_that_people_have_are_there() -> None:
    names = {one["Properties"]["Name"]["Fn::Sub"].partition("/")[2] for one in QUERIES.values()}
    assert names == {"story of a delivery", "slowest deliveries", "refusals", "dead letters"}
