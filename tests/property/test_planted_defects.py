"""Each way to misread a vendor, a crash or a slip that linksync once had is planted again, and must be found."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
import requests

from linksync.core import backoff, issue_rules, plans, ticket_notices, ticket_rules
from linksync.core.commands import CreateLink, begun, intended
from linksync.core.issue import LookUp
from linksync.core.ordering import OLDER
from linksync.core.projects import ALL_PROJECTS
from linksync.errors import UpstreamForbidden, UpstreamUnavailable
from linksync.outbound import exchange, http_api, links_v2
from linksync.outbound.connections import NotConnected
from linksync.outbound.jira_issues import JiraIssues
from linksync.outbound.links_api import Created
from linksync.outbound.links_v2 import TicketLinksV2
from linksync.outbound.zendesk_tickets import ZendeskTickets
from linksync.worker import ticket_lane
from linksync.worker.apply_plan import PlanApplication
from linksync.worker.run_guard import RunGuard
from tests.simulation.fault_kinds import Fault
from tests.simulation.histories import play
from tests.simulation.installation import Installation
from tests.simulation.oracle import divergences
from tests.simulation.outage import play_outage
from tests.simulation.schedules import Schedule, play_schedule, steps
from tests.simulation.slips import play_slips

MOST_HISTORIES = 1_500

type Plant = Callable[[pytest.MonkeyPatch], None]


# ── what finds them ─────────────────────────────────────────────────────────────────────────────────────────────────


def a_history_goes_wrong(seeds: Iterable[int] = range(MOST_HISTORIES)) -> bool:
    return any(_wrong(lambda seed=seed: play(seed).divergences) for seed in seeds)


def a_history_with_projects_goes_wrong() -> bool:
    return a_history_goes_wrong(range(3, 4 * MOST_HISTORIES, 4))


def a_kill_between_calls_goes_wrong() -> bool:
    return _goes_wrong_at_a_step(Fault.KILLED)


def a_part_of_a_write_goes_wrong() -> bool:
    return _goes_wrong_at_a_step(Fault.AWS_SILENT_AFTER_WRITE)


def a_later_history_goes_wrong() -> bool:
    """A rare one is sought where it is near."""
    return a_history_goes_wrong(range(500, 500 + MOST_HISTORIES))


def a_foreign_404_goes_wrong() -> bool:
    return _goes_wrong_at_a_step(Fault.PROXY_PAGE_404)


def _goes_wrong_at_a_step(fault: Fault) -> bool:
    schedules = (Schedule(step, fault, 40.0) for step in range(1, steps() + 1))
    return any(_wrong(lambda schedule=schedule: play_schedule(schedule)) for schedule in schedules)


def a_slow_look_up_goes_wrong() -> bool:
    """Each of many former keys takes a call of seconds: more than a run has."""
    installation = Installation(1)
    people = installation.people
    people.new_ticket("5001")
    former = [f"PROJ-{number}" for number in range(1, 13)]
    for number, key in enumerate(former):
        people.move_issue(people.new_issue(key), f"NEW-{number}")
    people.write_ticket("5001", *former)
    installation.deliver_all()
    installation.injector.schedule = dict.fromkeys(range(1, 200), Fault.SLOW)
    installation.rest()
    return bool(divergences(installation))


def a_move_out_and_in_goes_wrong() -> bool:
    """An issue that a ticket names leaves the projects that count, and comes back."""
    installation = Installation(1, project_keys="PROJ")
    people = installation.people
    people.new_ticket("5001")
    issue_id = people.new_issue("PROJ-1")
    people.write_ticket("5001", "PROJ-1")
    installation.rest()
    linked = [len(installation.zendesk.pairs())]
    for key in ("OUT-1", "PROJ-2"):
        installation.wait(1_000)
        people.move_issue(issue_id, key)
        installation.rest()
        linked.append(len(installation.zendesk.pairs()))
    return linked[:2] != [1, 0]


def an_outage_goes_wrong() -> bool:
    outage = play_outage(1, lanes=1, hours=24, retry_after=5.0)
    return outage.runs_a_lane[1] > 400 or bool(outage.divergences)


def an_edit_war_of_slips_leaves_dead_letters() -> bool:
    return bool(play_slips(0).dead_letters)


def a_forged_deletion_silences_its_subject() -> bool:
    """Somebody tells that the ticket and the issue are deleted; then both are edited."""
    installation = Installation(1)
    people, senders = installation.people, installation.senders
    people.new_ticket("5001")
    issue_id = people.new_issue("PROJ-1")
    people.write_ticket("5001", "PROJ-1")
    people.write_issue(issue_id, "5001")
    installation.rest()
    senders.forge_deletions("5001", issue_id)
    installation.rest()
    installation.wait(1_000)
    people.write_issue(issue_id)
    people.write_issue(issue_id, "5001")
    people.write_ticket("5001")
    people.write_ticket("5001", "PROJ-1")
    installation.rest()
    return bool(divergences(installation))


def _wrong(found: Callable[[], list[str]]) -> bool:
    try:
        return bool(found())
    except (AssertionError, KeyError):  # a call without an end, or the worker acknowledges what is not there
        return True


# ── what is planted ─────────────────────────────────────────────────────────────────────────────────────────────────


def a_demand_replaces_the_backoff(patch: pytest.MonkeyPatch) -> None:
    delay = backoff.delay

    def obedient(*, attempt: int, retry_after: float | None, **told: Any) -> int:
        return delay(attempt=attempt if retry_after is None else 0, retry_after=retry_after, **told)

    patch.setattr(backoff, "delay", obedient)


def a_refused_create_ends_the_run(patch: pytest.MonkeyPatch) -> None:
    def refused(*told: Any) -> None:
        raise told[-1]

    patch.setattr(PlanApplication, "_refused", refused)


def what_was_refused_is_planned_again(patch: pytest.MonkeyPatch) -> None:
    command = plans._command
    patch.setattr(plans, "_command", lambda lane, link, policy: command(lane, replace(link, refusal=None), policy))


def a_forbidden_reading_is_no_news(patch: pytest.MonkeyPatch) -> None:
    reread = ticket_lane._reread

    def careless(deps: Any, lane: Any, statement: Any) -> Any:
        with suppress(UpstreamForbidden):
            return reread(deps, lane, statement)
        return lane, frozenset()

    patch.setattr(ticket_lane, "_reread", careless)


def any_conflict_is_a_link(patch: pytest.MonkeyPatch) -> None:
    create = TicketLinksV2.create

    def hasty(self: TicketLinksV2, issue: Any) -> Created:
        try:
            return create(self, issue)
        except UpstreamUnavailable as error:
            if "409" in str(error):
                return Created(made=False)
            raise

    patch.setattr(TicketLinksV2, "create", hasty)


def any_404_is_no_link(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(links_v2, "_require_no_link", lambda *_: None)


def an_intent_without_its_call_stays(patch: pytest.MonkeyPatch) -> None:
    def record_intent(self: Any, lane: Any, command: Any, waiting: set[str]) -> None:
        self._commands.get_ready(command)
        begins = self._without(waiting, lane.with_link(intended(command)))
        self._recorded = self._deps.ledger.checkpoint(self._recorded, begins, self._commands.take_history())

    patch.setattr(PlanApplication, "_record_intent", record_intent)


def who_was_not_asked_about_is_not_found(patch: pytest.MonkeyPatch) -> None:
    look_up = JiraIssues.look_up

    def hasty(self: JiraIssues, keys: Any) -> LookUp:
        answered = look_up(self, keys)
        return LookUp(answered.found, frozenset(keys) - set(answered.found))

    patch.setattr(JiraIssues, "look_up", hasty)


def a_move_does_not_look_at_projects(patch: pytest.MonkeyPatch) -> None:
    moved = ticket_notices._moved
    patch.setattr(ticket_notices, "_moved", lambda lane, notice, policy, _: moved(lane, notice, policy, ALL_PROJECTS))


def a_claim_does_not_look_at_projects(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(issue_rules, "with_claims", lambda _before, after, _projects: replace(after, told=None))


def a_lost_handshake_was_never_sent(patch: pytest.MonkeyPatch) -> None:
    never_sent = exchange._never_sent

    def hasty(failure: Any) -> Any:
        return (
            NotConnected(None, "SSLError") if isinstance(failure, requests.exceptions.SSLError) else never_sent(failure)
        )  # type: ignore[arg-type]

    patch.setattr(exchange, "_never_sent", hasty)


def every_failed_run_is_a_crash(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RunGuard, "_ended_in_order", lambda *_: None)


def a_move_that_automation_tells_is_believed_as_told(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(issue_rules, "doubt_of_key", lambda *_: None)


def every_create_of_a_plan_is_an_intent(patch: pytest.MonkeyPatch) -> None:
    def record_intent(self: Any, lane: Any, command: Any, _: set[str]) -> None:
        self._commands.get_ready(command)
        creates = [one for one in plans.plan(lane, self._deps.policy) if isinstance(one, CreateLink)]
        for create in creates:
            lane = lane.with_link(intended(begun(create, at=self._deps.now())))
        self._checkpoint(lane.with_link(intended(command)))

    patch.setattr(PlanApplication, "_record_intent", record_intent)


def a_call_has_no_end(patch: pytest.MonkeyPatch) -> None:
    send = exchange.exchange
    patch.setattr(http_api, "exchange", lambda *asked, total, **more: send(*asked, total=None, **more))


def a_deletion_is_a_verdict(patch: pytest.MonkeyPatch) -> None:
    for rules in (ticket_rules, issue_rules):
        patch.setattr(rules, "ALIVE_AFTER_ALL", OLDER)


def a_wrong_number_is_refused(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ZendeskTickets, "exists", lambda *_: True)


PLANTS: dict[Plant, Callable[[], bool]] = {
    a_demand_replaces_the_backoff: an_outage_goes_wrong,  # 1
    a_refused_create_ends_the_run: a_history_goes_wrong,  # 2
    what_was_refused_is_planned_again: a_history_goes_wrong,  # 9
    a_forbidden_reading_is_no_news: a_history_goes_wrong,  # 3
    any_conflict_is_a_link: a_later_history_goes_wrong,  # 4
    any_404_is_no_link: a_foreign_404_goes_wrong,  # 5
    an_intent_without_its_call_stays: a_part_of_a_write_goes_wrong,  # 6
    who_was_not_asked_about_is_not_found: a_slow_look_up_goes_wrong,  # 7
    a_move_does_not_look_at_projects: a_move_out_and_in_goes_wrong,  # 8
    a_claim_does_not_look_at_projects: a_history_with_projects_goes_wrong,
    a_lost_handshake_was_never_sent: a_history_goes_wrong,  # 10
    every_failed_run_is_a_crash: an_outage_goes_wrong,  # 11
    a_move_that_automation_tells_is_believed_as_told: a_history_goes_wrong,  # 12
    every_create_of_a_plan_is_an_intent: a_kill_between_calls_goes_wrong,  # 13
    a_call_has_no_end: a_history_goes_wrong,  # 14
    a_deletion_is_a_verdict: a_forged_deletion_silences_its_subject,  # 15
    a_wrong_number_is_refused: an_edit_war_of_slips_leaves_dead_letters,
}
"""Each defect, and what finds it."""


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_planted_defect_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    assert PLANTS[plant]()


def test_without_a_defect_nothing_is_found() -> None:
    targeted = (
        an_outage_goes_wrong,
        an_edit_war_of_slips_leaves_dead_letters,
        a_forged_deletion_silences_its_subject,
        a_slow_look_up_goes_wrong,
        a_move_out_and_in_goes_wrong,
    )
    assert [finder for finder in targeted if finder()] == []
