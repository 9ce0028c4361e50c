"""The history tells whose text made a link come or go, by subject, and nothing of the text."""

import pytest

from linksync.core.history_reasons import why_removed, why_wanted
from linksync.core.issue import Issue
from linksync.core.links import ISSUE_CLAIM, OPERATOR_CLAIM, Link, merged_claim, ticket_claim
from linksync.core.messages import (
    LinkNotice,
    NoticeKind,
    OperatorAction,
    OperatorCommand,
    Payload,
    TicketStatement,
)

ISSUE = Issue("10001", "PROJ-1")
TEXT = "SECRET-7"


def link(*claims: str) -> Link:
    return Link(issue=ISSUE, claims=frozenset(claims))


def notice(kind: NoticeKind, via: str = "") -> LinkNotice:
    return LinkNotice(ticket_id="5001", issue_id="10001", issue_key=TEXT, key_at=1.0, kind=kind, at=1.0, via=via)


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ([ticket_claim(TEXT)], "the ticket's field names it"),
        ([ISSUE_CLAIM], "the issue's field names the ticket"),
        ([ticket_claim(TEXT), ISSUE_CLAIM], "the ticket's field names it, and the issue's field names the ticket"),
        ([merged_claim("4999")], "ticket 4999, which was merged into this one, named it"),
        ([OPERATOR_CLAIM], "an operator asked for it"),
    ],
)
def test_why_it_was_made(claims: list[str], why: str) -> None:
    assert why_wanted(link(*claims)) == why


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (TicketStatement(ticket_id="5001", issue_keys=(TEXT,), at=1.0, exact=True), "the ticket's field changed last"),
        (notice(NoticeKind.RELEASED), "the issue's field changed last"),
        (notice(NoticeKind.RELEASED, "4999"), "ticket 4999, which was merged into this one, changed last"),
        (notice(NoticeKind.MOVED), "its issue moved last"),
        (
            OperatorCommand(ticket_id="5001", issue_id="1", issue_key=TEXT, action=OperatorAction.UNLINK, at=1.0),
            "an operator took the last word back",
        ),
    ],
)
def test_whose_word_it_was_that_nothing_names_it_any_more(payload: Payload, why: str) -> None:
    assert why_removed(link(), payload) == f"nothing names it any more: {why}"


def test_a_deletion_is_told_as_one() -> None:
    assert why_removed(link(), notice(NoticeKind.DELETED)) == "its issue is deleted"
    statement = TicketStatement(ticket_id="5001", issue_keys=None, at=1.0, exact=True)
    assert why_removed(link(ISSUE_CLAIM), statement) == "the ticket is deleted"
