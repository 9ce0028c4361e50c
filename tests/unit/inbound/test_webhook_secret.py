"""Which entries of the WebhookSecret prove a sender, and what an operator is told of the others."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from linksync.inbound.webhook_secret import ZENDESK_TEST_SECRET, Entries, WebhookSecret, entries_of
from tests.receivers.in_memory import InMemoryAws, deliver, handlers
from tests.receivers.samples import sample
from tests.receivers.signed_requests import JIRA, ZENDESK, genuine

type Lines = Callable[[], list[dict[str, Any]]]

ROOT = Path(__file__).parents[3]
TRIGGER = sample("zendesk/trigger.json")
NEW, OLD = "a new signing secret", "the one before that"
JSON_BLOCK = re.compile(r"```json\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize(
    ("document", "accepted"),
    [
        ({"zendesk": [NEW, OLD]}, (NEW, OLD)),
        ({"zendesk": [f" {NEW}\n"]}, (NEW,)),
        ({"zendesk": ["schl\u00fcssel f\u00fcr Zendesk"]}, ("schl\u00fcssel f\u00fcr Zendesk",)),
        ({"zendesk": ["sixteen letters!"]}, ("sixteen letters!",)),
        ({"zendesk": []}, ()),
        ({}, ()),
        ({"zendesk": None}, ()),
        ({"jira": [NEW]}, ()),
    ],
)
def test_entries_that_prove_a_sender(document: dict[str, object], accepted: tuple[str, ...]) -> None:
    assert entries_of(document, "zendesk") == Entries(accepted=tuple(map(str.encode, accepted)))


def test_an_entry_need_not_be_proper_unicode() -> None:
    assert entries_of({"jira": ["\ud800" * 16]}, "jira").accepted == (b"\xed\xa0\x80" * 16,)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ("fifteen letters", "is shorter than 16 characters"),
        ("  fifteen letters ", "is shorter than 16 characters"),
        ("", "is shorter than 16 characters"),
        (ZENDESK_TEST_SECRET, "is published as an example"),
        (ZENDESK_TEST_SECRET + "\n", "is published as an example"),
        ("It's a Secret to Everybody", "is published as an example"),
        ("It\u2019s a secret to everybody", "is published as an example"),
        ("an example secret, never used anywhere", "is published as an example"),
        (None, "is no text"),
        (5, "is no text"),
        (True, "is no text"),
        ([NEW], "is no text"),
        ({NEW: 1}, "is no text"),
    ],
)
def test_an_entry_that_anybody_may_know_or_guess_proves_nobody(entry: object, why: str) -> None:
    expected = Entries(accepted=(NEW.encode(),), refused=(f"jira[1] {why}",))
    assert entries_of({"jira": [NEW, entry]}, "jira") == expected


@pytest.mark.parametrize("listed", [NEW, {NEW: 1}, 5])
def test_what_is_no_list_proves_nobody(listed: object) -> None:
    assert entries_of({"jira": listed}, "jira") == Entries(refused=("jira is no list",))


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda page: page.name
)
def test_no_example_of_our_documentation_is_accepted(page: Path) -> None:
    blocks = [block for block in JSON_BLOCK.findall(page.read_text()) if '"jira_automation"' in block]
    for document in map(json.loads, blocks):
        for name, listed in document.items():
            assert listed
            assert entries_of(document, name).accepted == ()


def test_the_documentation_shows_what_the_secret_looks_like() -> None:
    assert any('"jira_automation"' in page.read_text() for page in (ROOT / "docs").rglob("*.md"))


class Document:
    """The secret as the store has it."""

    def __init__(self, content: dict[str, object]) -> None:
        self.content = content

    def get(self) -> dict[str, object]:
        return self.content


def test_what_is_refused_is_told_once_and_again_when_it_changes() -> None:
    told: list[tuple[str, ...]] = []
    document = Document({"zendesk": ["short", NEW], "jira": ["of another function"]})
    secret = WebhookSecret(document, ["zendesk"], told.append)
    for _ in range(3):
        assert secret.entries("zendesk") == (NEW.encode(),)
        document.content = dict(document.content)  # read anew, as every minute
    assert told == [("zendesk[0] is shorter than 16 characters",)]
    document.content = {"zendesk": [NEW]}
    assert secret.entries("zendesk") == (NEW.encode(),)
    document.content = {"zendesk": [NEW, "short"]}
    assert secret.entries("zendesk") == (NEW.encode(),)
    assert told[1:] == [("zendesk[1] is shorter than 16 characters",)]


def test_a_refused_secret_lets_nobody_in_and_is_told_without_its_text(lines: Lines) -> None:
    weak = "zendesk-secret"
    aws = InMemoryAws(secret=json.dumps({"zendesk": [weak]}))
    with handlers(aws):
        responses = [deliver(genuine(ZENDESK, TRIGGER), ZENDESK) for _ in range(3)]
    assert [response["statusCode"] for response in responses] == [401] * 3
    assert aws.messages == []
    advice, *deliveries = lines()
    assert (advice["level"], advice["refused"]) == ("ERROR", ["zendesk[0] is shorter than 16 characters"])
    assert "openssl rand -hex 32" in advice["advice"]
    assert weak not in json.dumps(advice)
    assert [line["outcome"] for line in deliveries] == ["rejected"] * 3


@pytest.mark.parametrize("secret", [None, "", "not json", "[]", '"x"', "null", "[" * 100_000])
def test_a_secret_that_cannot_be_read_is_a_503_and_no_open_door(secret: object, lines: Lines) -> None:
    aws = InMemoryAws(secret=secret)
    with handlers(aws):
        responses = [deliver(genuine(JIRA, b"{}"), JIRA) for _ in range(3)]
    assert [response["statusCode"] for response in responses] == [503] * 3
    assert aws.messages == []
    unreadable, *deliveries = lines()
    assert (unreadable["message"], unreadable["SecretUnreadable"]) == ("secret unreadable", [1])
    assert unreadable["correlation_id"] == deliveries[0]["correlation_id"]
    assert [line["reason"] for line in deliveries] == ["misconfigured"] * 3


@pytest.mark.parametrize(
    "secret", ["{}", '{"zendesk": []}', '{"zendesk": [""]}', '{"zendesk": "zendesk-signing-secret"}']
)
def test_a_secret_without_entries_lets_nobody_in(secret: str) -> None:
    with handlers(InMemoryAws(secret=secret)):
        assert deliver(genuine(ZENDESK, TRIGGER), ZENDESK)["statusCode"] == 401
