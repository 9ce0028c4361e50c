"""The words that are stored, sent on the queue or printed as JSON: whoever changes one breaks what reads them."""

from enum import StrEnum

import pytest

from linksync.core.drift import DriftKind
from linksync.core.history import Event
from linksync.core.links import (
    ISSUE_CLAIM,
    OPERATOR_CLAIM,
    CallKind,
    LinkState,
    Owner,
    UnlinkPolicy,
    merged_claim,
    ticket_claim,
)
from linksync.core.listed_links import LinksApiVersion
from linksync.core.messages import LifecycleEvent, NoticeKind, OperatorAction
from linksync.core.migration import Direction, Live
from linksync.core.wrong_references import WrongReferenceNotice

WORDS: dict[type[StrEnum], str] = {
    CallKind: "create delete",
    Direction: "v1-to-v2 v2-to-v1",
    DriftKind: "gone unknown stale dangling",
    Event: "made adopted removed absent refused rekeyed transferred unlinked forgotten ticket_missing",
    LifecycleEvent: "edited moved merged deleted",
    Live: "source target both unknown",
    LinkState: "planned creating linked rekeying moving deleting unlinking unlinked seen carried orphaned",
    NoticeKind: "claimed released moved deleted",
    OperatorAction: "link unlink relink adopt rekey renumber",
    Owner: "linksync adopted",
    UnlinkPolicy: "owned any never",
    LinksApiVersion: "v1 v2",
    WrongReferenceNotice: "off tag note",
}


@pytest.mark.parametrize("kind", WORDS, ids=lambda kind: kind.__name__)
def test_the_words_of(kind: type[StrEnum]) -> None:
    assert " ".join(kind) == WORDS[kind]


def test_the_words_of_claims() -> None:
    claims = (ISSUE_CLAIM, OPERATOR_CLAIM, ticket_claim("PROJ-1"), merged_claim("5001"))
    assert claims == ("issue", "operator", "ticket:PROJ-1", "merged:5001")
