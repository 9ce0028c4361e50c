"""Pages, places, crashes and leases: read once where nothing breaks, and nothing is skipped where it does."""

from dataclasses import replace
from itertools import count

import pytest

from linksync.core.change_feed import TicketPage
from linksync.core.checkpoints import EXPORT_OVERLAP, SEARCH_OVERLAP
from linksync.errors import (
    AwsUnavailable,
    Misconfigured,
    UpstreamForbidden,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from linksync.metrics import Metric
from linksync.reconciler.limits import MARGIN, MOST_WAITING
from tests.unit.reconciler.parts import Parts


class Killed(BaseException):
    """The function's process is gone."""


def many_tickets(parts: Parts, number: int) -> list[str]:
    for ticket_id in range(number):
        parts.clock.now += 0.5
        parts.export.change(str(ticket_id), "PROJ-1")
    return [f"ticket#{ticket_id}" for ticket_id in range(number)]


def many_issues(parts: Parts, number: int) -> list[str]:
    for issue_id in range(number):
        parts.clock.now += 0.5
        parts.jira.change(str(issue_id), f"PROJ-{issue_id}", "5001")
    return [f"issue#{issue_id}" for issue_id in range(number)]


def test_pages_of_both_are_read_to_their_end_and_each_lane_is_told_once(parts: Parts) -> None:
    parts.begin()
    parts.export.page_size, parts.jira.page_size = 10, 7
    lanes = many_tickets(parts, 35) + many_issues(parts, 30)
    parts.later()
    assert parts.run() == "finished"
    assert sorted(parts.queue.lanes()) == sorted(lanes)
    assert (len(parts.export.asked), len(parts.jira.asked)) == (4, 5)
    parts.lanes_work()
    parts.later()
    parts.run()
    assert parts.queue.lanes() == []


def test_a_ticket_edited_between_two_runs_is_read_by_the_second(parts: Parts) -> None:
    parts.begin()
    lanes = many_tickets(parts, 3)
    for _ in range(3):
        parts.later()
        parts.run()
    parts.export.change("1", "PROJ-2")
    parts.queue.sent.clear()
    parts.later()
    parts.run()
    assert parts.queue.lanes() == [lanes[1]]
    assert parts.export.asked[-1]["cursor"] != ""


@pytest.mark.parametrize("dies_at", range(1, 9))
def test_a_run_that_is_killed_anywhere_loses_nothing_and_tells_no_lane_twice(parts: Parts, dies_at: int) -> None:
    parts.begin()
    parts.export.page_size, parts.jira.page_size = 10, 10
    lanes = many_tickets(parts, 25) + many_issues(parts, 25)
    parts.later()
    steps = count(1)

    def step(*_: object, **__: object) -> None:
        if next(steps) == dies_at:
            raise Killed

    remember, save = parts.repairs.remember, parts.state.save
    parts.repairs.remember = lambda repairs: (step(), remember(repairs))[1]  # type: ignore[method-assign]
    parts.state.save = lambda *args, **named: (step(), save(*args, **named))[1]  # type: ignore[method-assign]
    with pytest.raises(Killed):
        parts.run()
    parts.state.holder = ""
    parts.run()
    assert sorted(parts.queue.lanes()) == sorted(lanes)


def test_a_killed_run_keeps_the_lease_until_it_expires(parts: Parts) -> None:
    parts.begin()
    parts.export.failures = [Killed()]  # type: ignore[list-item]
    parts.state.release = lambda holder: None  # type: ignore[method-assign]
    with pytest.raises(Killed):
        parts.run()
    parts.later(200)
    assert parts.run() == "another run is under way"
    parts.later(120)
    assert parts.run() == "finished"


def test_a_run_that_lost_its_lease_ends_and_moves_nothing(parts: Parts) -> None:
    parts.begin()
    lanes = many_tickets(parts, 1)
    parts.later()
    checkpoint = parts.state.checkpoint

    def taken(_: object) -> None:
        parts.state.holder = "another"

    parts.queue.send_batch = taken  # type: ignore[method-assign,assignment]
    assert parts.run() == "the lease was lost"
    assert parts.state.checkpoint == checkpoint
    assert parts.state.holder == "another"
    assert lanes


def test_a_cursor_that_is_refused_is_left_for_a_time_a_little_before_it(parts: Parts) -> None:
    parts.begin()
    many_tickets(parts, 3)
    parts.later()
    parts.run()
    first = parts.clock.now
    parts.later()
    parts.run()
    parts.queue.sent.clear()
    assert parts.state.checkpoint
    parts.export.refused = {parts.state.checkpoint.tickets.cursor}
    parts.export.change("9", "PROJ-1")
    parts.later()
    assert parts.run() == "finished"
    assert parts.export.asked[-1]["start"] < first - EXPORT_OVERLAP
    assert "ticket#9" in parts.queue.lanes()


def test_a_start_that_is_refused_is_an_operators(parts: Parts) -> None:
    parts.begin()
    parts.export.refused = {""}
    assert parts.run() == "tickets stopped"
    assert len(parts.export.asked) == 1


def test_a_start_is_never_within_the_minute_that_the_export_leaves_out(parts: Parts) -> None:
    parts.run()
    assert parts.run() == "finished"


def test_a_token_that_is_refused_is_left_for_a_search_a_little_before_the_last_update_seen(parts: Parts) -> None:
    parts.begin()
    parts.jira.page_size = 10
    lanes = many_issues(parts, 25)
    parts.later()
    parts.jira.failures = [None, Killed()]  # type: ignore[list-item]
    with pytest.raises(Killed):
        parts.run()
    parts.jira.refused = {"10"}
    newest = sorted(row.updated_at for row in parts.jira.rows.values())[9]
    parts.later(400)
    parts.jira.page_size = 100
    assert parts.run() == "finished"
    assert parts.jira.asked[-1] == (newest - SEARCH_OVERLAP, "")
    assert sorted(set(parts.queue.lanes())) == sorted(lanes)


def test_an_issue_that_the_index_showed_late_is_found_by_the_overlap(parts: Parts) -> None:
    parts.begin()
    parts.jira.change("1", "PROJ-1", "5001")
    late = parts.jira.rows.pop("1")
    parts.clock.now += SEARCH_OVERLAP - 1
    parts.jira.change("2", "PROJ-2", "5001")
    parts.run()
    assert parts.queue.lanes() == ["issue#2"]
    parts.lanes_work()
    parts.jira.rows["1"] = late
    parts.later()
    parts.run()
    assert parts.queue.lanes() == ["issue#1"]


def test_an_issue_of_a_time_to_come_hides_no_other(parts: Parts) -> None:
    """Whoever imports issues may give them any time, and day and month are easily confused."""
    parts.begin()
    parts.jira.change("1", "PROJ-1", "5001")
    parts.jira.rows["1"] = replace(parts.jira.rows["1"], updated_at=parts.clock.now + 30 * 86_400)
    for _ in range(3):
        parts.run()
        parts.lanes_work()
        parts.later()
    parts.queue.sent.clear()
    parts.jira.change("2", "PROJ-2", "5001")
    parts.later()
    parts.run()
    assert parts.queue.lanes() == ["issue#2"]


def test_a_run_out_of_time_ends_and_the_next_one_continues(parts: Parts) -> None:
    parts.begin()
    parts.export.page_size = 10
    lanes = many_tickets(parts, 45)
    parts.later()

    def slow(envelopes: object, send: object = parts.queue.send_batch) -> None:
        send(envelopes)  # type: ignore[operator]
        parts.clock.now += 20

    parts.queue.send_batch = slow  # type: ignore[method-assign,assignment]
    assert parts.run(seconds=MARGIN + 30) == "out of time"
    told = parts.queue.lanes()
    assert 0 < len(told) < len(lanes)
    assert parts.counts.values[Metric.RECONCILER_FINISHED] == 0
    ended = [parts.run() for _ in range(5)]
    assert ended[-1] == "finished"
    assert sorted(told + parts.queue.lanes()) == sorted(lanes)


def test_a_deep_queue_is_not_added_to(parts: Parts) -> None:
    parts.begin()
    many_tickets(parts, 3)
    parts.later()
    parts.queue.waiting = MOST_WAITING + 1
    assert parts.run() == "the queue is deep"
    assert (parts.queue.lanes(), parts.export.asked) == ([], [])


def test_the_lag_is_how_long_ago_all_was_read(parts: Parts) -> None:
    parts.begin()
    parts.run()
    assert parts.counts.values[Metric.RECONCILER_LAG] == 60
    parts.later(7_200)
    parts.export.failures = [UpstreamForbidden("403")]
    assert parts.run() == "tickets stopped"
    assert parts.counts.values[Metric.RECONCILER_LAG] == 7_260


@pytest.mark.parametrize(
    ("error", "metric"),
    [
        (UpstreamThrottled("429", retry_after=30), Metric.UPSTREAM_THROTTLED),
        (UpstreamThrottled("429"), Metric.UPSTREAM_THROTTLED),
        (UpstreamUnavailable("503"), Metric.UPSTREAM_FAILED),
    ],
)
def test_what_passes_is_tried_again_after_a_pause(parts: Parts, error: Exception, metric: Metric) -> None:
    parts.begin()
    lanes = many_tickets(parts, 1)
    parts.later()
    parts.export.failures = [error]
    begun = parts.clock.now
    assert parts.run() == "finished"
    assert parts.queue.lanes() == lanes
    assert parts.clock.now - begun >= (getattr(error, "retry_after", None) or 2)
    assert parts.counts.values[metric] == 1


@pytest.mark.parametrize(
    "error",
    [
        UpstreamThrottled("429", retry_after=600),
        UpstreamForbidden("403"),
        Misconfigured("a field of another kind"),
        AwsUnavailable("DynamoDB did not answer"),
    ],
)
def test_what_does_not_pass_soon_stops_its_own_side_alone(parts: Parts, error: Exception) -> None:
    parts.begin()
    many_tickets(parts, 1)
    parts.jira.change("1", "PROJ-1", "5001")
    parts.later()
    parts.export.failures = [error]
    assert parts.run() == "tickets stopped"
    assert parts.queue.lanes() == ["issue#1"]
    assert parts.run() == "finished"
    assert parts.queue.lanes() == ["ticket#0"]


def test_an_outage_ends_the_run_after_a_few_tries_and_asks_for_less_each_time(parts: Parts) -> None:
    parts.begin()
    parts.export.failures = [UpstreamUnavailable("no answer")] * 20
    assert parts.run() == "tickets stopped"
    assert [asked["size"] for asked in parts.export.asked] == [1_000, 500, 250, 125, 62, 50]


def test_a_page_that_leads_nowhere_is_not_taken_for_the_end(parts: Parts) -> None:
    parts.begin()
    parts.export.changed = lambda **_: TicketPage(rows=(), cursor="", last=False)  # type: ignore[method-assign]
    assert parts.run() == "tickets stopped"


def test_a_message_that_could_not_be_queued_is_queued_by_the_next_run(parts: Parts) -> None:
    parts.begin()
    lanes = many_tickets(parts, 1)
    parts.later()
    parts.queue.failures = [AwsUnavailable("SQS did not answer")]
    assert parts.run() == "tickets stopped"
    parts.queue.sent.clear()
    assert parts.run() == "finished"
    assert parts.queue.lanes() == lanes
