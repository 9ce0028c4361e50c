"""The simulation can fail: each bug planted here must be found by it, in a few hundred histories at most."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from linksync.core import backoff, commands, evidence, issue_rules, ledger, ticket_rules
from linksync.core.evidence import Verdict
from linksync.core.ledger import ISSUE_CLAIM, Link
from linksync.core.messages import IssueStatement
from linksync.worker import deliveries, issue_work, settle
from linksync.worker.link_worker import LinkWorker
from tests.simulation.histories import play

MOST_HISTORIES = 3_000

type Plant = Callable[[pytest.MonkeyPatch], None]


def forgets_the_other_side(patch: pytest.MonkeyPatch) -> None:
    """Invariant 1: a ticket's new text takes the issue's claim away."""
    with_texts = Link.with_texts
    patch.setattr(
        Link,
        "with_texts",
        lambda link, texts: replace(with_texts(link, texts), claims=with_texts(link, texts).claims - {ISSUE_CLAIM}),
    )


def forgets_the_intent(patch: pytest.MonkeyPatch) -> None:
    """Invariants 1 and 4: a create whose answer was lost is taken for somebody else's link."""
    patch.setattr(settle, "intended", lambda command: command.link)


def keeps_the_intent(patch: pytest.MonkeyPatch) -> None:
    """Invariant 1: after a 429 somebody's hand-made link is taken for ours."""
    patch.setattr(settle, "_interrupted", lambda lane, failed, trouble: lane.with_link(settle.intended(failed)))


def never_doubts(patch: pytest.MonkeyPatch) -> None:
    """Invariant 1: what arrives last is believed."""

    def judge(*, states: frozenset[str] | None, said: frozenset[str] | None, **_: Any) -> Verdict:
        if states is None:
            return Verdict.REREAD
        return Verdict.UNCHANGED if states == said else Verdict.BELIEVE

    patch.setattr(ticket_rules, "judge", judge)
    patch.setattr(issue_rules, "judge", judge)


def forgets_that_the_same_was_said_again(patch: pytest.MonkeyPatch) -> None:
    """Invariant 1: A, A again, then a late B is believed."""
    patch.setattr(evidence.Window, "confirmed_by", lambda window, other: window)


def acknowledges_failures(patch: pytest.MonkeyPatch) -> None:
    """Invariant 2: a message that failed is gone."""
    patch.setattr(LinkWorker, "_settle", lambda worker, receipt, became: True)


def buries_what_is_retried(patch: pytest.MonkeyPatch) -> None:
    """Invariant 2: a passing failure goes to an operator."""
    patch.setattr(
        "linksync.worker.link_worker.fate",
        lambda receipt, work, **_: deliveries.Dead("hasty", "x") if _fails(work) else deliveries.Done(),
    )


def _fails(work: Callable[[], None]) -> bool:
    try:
        work()
    except Exception:  # noqa: BLE001  the planted bug
        return True
    return False


def rereads_without_doubt(patch: pytest.MonkeyPatch) -> None:
    """Invariant 3: a call is spent on an unchanged statement."""
    judge = evidence.judge

    def wasteful(**told: Any) -> Verdict:
        return Verdict.REREAD if (verdict := judge(**told)) is Verdict.UNCHANGED else verdict

    patch.setattr(ticket_rules, "judge", wasteful)


def records_before_it_tells(patch: pytest.MonkeyPatch) -> None:
    """Invariant 4: a crash between the two loses the news."""

    def work(world: Any, envelope: Any, statement: IssueStatement) -> None:
        before = world.ledger.issue(statement.issue_id)
        after = issue_work._heard(issue_rules.weigh(before, statement, waited=0), before, statement)
        world.ledger.save_issue(statement.issue_id, after)
        notices = issue_work._notices(world, statement, before, issue_work._Told(after, statement.at))
        world.queue.send_batch([envelope.passed_on(notice) for notice in notices])

    patch.setattr(issue_work, "work", work)


def forgets_half_done_moves(patch: pytest.MonkeyPatch) -> None:
    """Invariant 4: a crash between delete and create of a moved link is never finished."""
    command = ticket_rules._command

    def forgetful(lane: Any, link: Link, policy: Any) -> Any:
        planned = command(lane, link, policy)
        rekey = isinstance(planned, commands.RekeyLink) and link.owner is ledger.Owner.LINKSYNC
        return None if rekey and lane.links[link.issue.id].state is ledger.State.REKEYING else planned

    patch.setattr(ticket_rules, "_command", forgetful)


def comes_again_at_once(patch: pytest.MonkeyPatch) -> None:
    """Invariant 8: a hot loop."""
    patch.setattr(backoff, "delay", lambda **_: 0)


PLANTS: list[Plant] = [
    forgets_the_other_side,
    forgets_the_intent,
    keeps_the_intent,
    never_doubts,
    forgets_that_the_same_was_said_again,
    acknowledges_failures,
    buries_what_is_retried,
    rereads_without_doubt,
    records_before_it_tells,
    forgets_half_done_moves,
    comes_again_at_once,
]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    assert any(_goes_wrong(seed) for seed in range(MOST_HISTORIES))


def _goes_wrong(seed: int) -> bool:
    try:
        return bool(play(seed).divergences)
    except (AssertionError, KeyError):  # the worker does not come to rest, or acknowledges what is not there
        return True
