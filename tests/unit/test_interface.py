"""docs/interface.md and what it describes agree: neither names what the other lacks."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from linksync.core.messages import BACKFILL
from linksync.errors import Unreadable
from linksync.inbound import jira, jira_automation, zendesk, zendesk_events
from linksync.inbound.parsed_body import Ignored
from linksync.inbound.responses import Outcome, Result, response
from linksync.inbound.senders import zendesk_routes
from linksync.metrics import Metric
from linksync.reconciler.enqueue_findings import SOURCE
from linksync.references.fields import TicketField
from linksync_cli.app import app
from linksync_cli.backfill.feeder import OPERATOR

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/interface.md").read_text()
TEMPLATE: Mapping[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())


def section(title: str) -> str:
    return re.split(r"^## ", PAGE.split(f"## {title}\n")[1], flags=re.MULTILINE)[0]


def rows(title: str) -> list[list[str]]:
    lines = [line for line in section(title).splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def names(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_every_parameter_with_its_default() -> None:
    told = {names(row[0])[0]: (names(row[1]) or [None])[0] for row in rows("Template parameters")}
    defaults = {name: parameter.get("Default") for name, parameter in TEMPLATE["Parameters"].items()}
    assert told == {
        name: None if default is None else '""' if default == "" else str(default) for name, default in defaults.items()
    }


def test_every_output() -> None:
    assert {name for name in names(section("Stack outputs")) if " " not in name} == set(TEMPLATE["Outputs"])


def test_every_metric() -> None:
    told = [name for row in rows("Metrics") for name in names(row[0])]
    assert sorted(told) == sorted(Metric)


def test_every_make_target() -> None:
    told = {name.removeprefix("make ") for row in rows("Commands") for name in names(row[0])}
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert told == targets - {"help"}


def test_every_path_of_the_api() -> None:
    told = {name.removeprefix("POST ") for name in names(section("Stack outputs")) if name.startswith("POST ")}
    assert told == set(TEMPLATE["Resources"]["WebhookApi"]["Properties"]["DefinitionBody"]["paths"])


@pytest.mark.parametrize("secret", ["WebhookSecret", "ApiCredentials"])
def test_both_secrets(secret: str) -> None:
    assert secret in section("Secrets")
    assert TEMPLATE["Resources"][secret]["Properties"]["SecretString"] == "{}"


def test_every_command_of_the_operator() -> None:
    told = set(re.findall(r"`linksync ([a-z-]+)", section("The operator's command line: `linksync`")))
    commands = {str(command.name) for command in app.registered_commands}
    assert told == commands | {str(group.name) for group in app.registered_groups}


def test_every_source_of_a_metric() -> None:
    (unknown_body,) = zendesk_routes(TicketField(id="1")).values()
    sources = {zendesk.TRIGGER, zendesk.EVENT, unknown_body.name, jira.WEBHOOK, jira_automation.AUTOMATION}
    sources |= {SOURCE, BACKFILL, OPERATOR}
    introduction = section("Metrics").partition("| Metric |")[0]
    assert set(names(introduction)) - {"linksync", "service", "source"} == sources


def test_every_answer() -> None:
    told = {}
    for row in rows("What they get back"):
        status, _, document = names(row[0])[0].partition(" ")
        told[int(status), json.dumps(shape(json.loads(document))) if document else ""] = row
    answers = [response(Outcome(result=result, source=""), correlation_id="c") for result in Result]
    with_documents = {(status, text) for status, text in told if text}
    assert with_documents <= {(one["statusCode"], json.dumps(shape(json.loads(one["body"])))) for one in answers}
    assert {status for status, _ in told} == {one["statusCode"] for one in answers}
    assert {one["headers"].get("Retry-After") for one in answers} == {None, "5"}


def shape(document: dict[str, Any]) -> dict[str, Any]:
    """Its members, and of words the only one that they can be."""
    kept = ("status", "code")
    return {
        name: shape(value) if isinstance(value, dict) else value if name in kept else ""
        for name, value in document.items()
    }


def test_every_event_of_the_senders() -> None:
    zendesk_row, jira_row = (next(row for row in rows_of_senders() if one in row[0]) for one in ("events", "admin"))
    first, *others = names(zendesk_row[2])
    for event in (first, *(first.rpartition(".")[0] + other for other in others)):
        if event.rpartition(".")[2] in ("soft_deleted", "marked_as_spam"):
            assert parsed(event) == Ignored("links_kept")
        else:
            assert parsed(event) != Ignored("event_type"), event
    assert set(names(jira_row[2])) == jira.EVENTS


def parsed(event: str) -> object:
    body = {"type": event, "subject": "zen:ticket:5001", "detail": {"id": "5001"}, "event": {}}
    try:
        return zendesk_events.parse(body, 0.0, field=TicketField(id="1"))
    except Unreadable:
        return None


def rows_of_senders() -> list[list[str]]:
    lines = [line for line in section("What senders post").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_variable_of_the_environment() -> None:
    code = "".join(file.read_text() for file in (ROOT / "cli").rglob("*.py"))
    told, used = (set(re.findall(r"LINKSYNC_[A-Z_]*[A-Z]", text)) for text in (PAGE, code))
    assert told - used == used - told == set()
