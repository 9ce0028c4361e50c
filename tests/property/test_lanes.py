"""Invariants 5 and 8: what one lane meets is its own, and an outage costs a bounded number of calls."""

import pytest

from linksync.worker import disposition
from tests.simulation.fault_kinds import Fault
from tests.simulation.installation import Installation
from tests.simulation.outage import days_until_sqs_gives_up, play_outage
from tests.simulation.senders import TicketSender

POISONED = "5001"
HEALTHY = [str(number) for number in range(5002, 5012)]


def with_a_poisoned_lane() -> Installation:
    installation = Installation(1)
    people = installation.people
    people.new_issue("PROJ-1")
    for ticket_id in [POISONED, *HEALTHY]:
        people.new_ticket(ticket_id)
    for ticket_id in [POISONED, *HEALTHY]:
        people.write_ticket(ticket_id, "PROJ-1", by="event")
    installation.zendesk.poisoned = frozenset({POISONED})
    installation.deliver_all()
    return installation


def healthy_lanes_are_done_at_once(installation: Installation) -> bool:
    begun = installation.clock.now
    for lane in installation.sqs.events.ready():
        installation.work(lane)
    linked = {ticket_id for ticket_id, _ in installation.zendesk.pairs()}
    return linked == set(HEALTHY) and installation.clock.now == begun


def test_a_poisoned_lane_delays_no_other() -> None:
    assert healthy_lanes_are_done_at_once(with_a_poisoned_lane())


def test_a_worker_that_waits_in_the_process_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    installation = with_a_poisoned_lane()
    disposition_of = disposition.disposition

    def waits(*args: object, **told: object) -> disposition.Disposition:
        became = disposition_of(*args, **told)  # type: ignore[arg-type]
        installation.clock.now += 5.0 if isinstance(became, disposition.Retry) else 0.0
        return became

    monkeypatch.setattr("linksync.worker.link_worker.disposition", waits)
    assert not healthy_lanes_are_done_at_once(installation)


@pytest.mark.parametrize("retry_after", [0.0, 1.0, 5.0])
def test_a_day_of_outage_is_survived_with_few_calls_and_no_lane_starves(retry_after: float) -> None:
    outage = play_outage(7, lanes=5, hours=24, retry_after=retry_after)
    least, most = outage.runs_a_lane
    assert outage.divergences == []
    assert 288 < least <= most < 400  # at least one try each five minutes, and one each four on average
    assert outage.most_calls_a_lane <= 400
    assert outage.hours_to_heal <= 0.1


@pytest.mark.parametrize("by", ["event", "trigger"])
def test_a_day_without_jira_takes_no_call_of_zendesk_s_plan_but_one_beside_each_probe(by: TicketSender) -> None:
    outage = play_outage(7, lanes=5, hours=24, down="jira", by=by)
    assert outage.divergences == []
    assert outage.calls_elsewhere <= outage.calls < sum(outage.runs_a_lane) / 2 * outage.lanes


def test_sqs_gives_no_message_up_within_days() -> None:
    assert days_until_sqs_gives_up(1, retry_after=5.0) > 3


def test_a_message_that_sqs_moved_away_is_a_dead_letter_without_a_reason_of_ours() -> None:
    installation = with_a_poisoned_lane()
    (message,) = installation.sqs.events.lanes[f"ticket#{POISONED}"]
    message.received = 1_000
    installation.work(f"ticket#{POISONED}")
    (letter,) = installation.letters()
    assert (letter.reason, installation.injector.counts[Fault.RECEIVE_LIMIT]) == ("receive_limit", 1)
