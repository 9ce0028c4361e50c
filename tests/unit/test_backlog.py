"""An outage of some hours in the simulation of `make bench`: nobody else waits, and the vendor is not run over."""

from dataclasses import replace

import pytest

from tests.bench import backlog
from tests.bench.backlog import HOUR, KINDS, Setting, of_the_template, outage
from tests.bench.backlog_table import Row, alarms, report
from tests.bench.deployed import Deployed
from tests.bench.queue_model import Limits

LIMITS = Limits(receives=1_000, retention=14 * 24 * HOUR)
USUAL = Setting(limits=LIMITS, slots=5, lasts=2 * HOUR)
SMALL = replace(USUAL, lanes=20, edits=10)


def played(kind: str, setting: Setting = USUAL, *, breaker: bool = True) -> Row:
    return outage(setting, kind, breaker)


@pytest.fixture(scope="module")
def deployed() -> Deployed:
    return Deployed.by_the_template()


@pytest.mark.parametrize("kind", KINDS)
def test_with_the_breaker_all_is_right_soon_and_nobody_else_waits(kind: str) -> None:
    row = played(kind)
    assert (row.dead, row.expired, len(row.late)) == (0, 0, USUAL.lanes)
    assert row.late[-1] < 600
    assert row.delays[-1] < 5
    assert row.used is not None
    assert row.used > 0.9
    assert max(row.asked_after) < 1.1 * USUAL.plan
    assert 2 * HOUR < row.oldest < 2 * HOUR + 600


def test_without_it_a_vendor_that_hangs_keeps_everybody_waiting() -> None:
    """The model can tell: else it would show nothing."""
    without, with_it = played("hanging", breaker=False), played("hanging")
    assert without.delays[len(without.delays) // 2] > 60
    assert with_it.calls < without.calls / 4
    assert with_it.seconds < without.seconds / 4


def test_many_edits_of_a_lane_wait_for_its_first_and_all_are_done_in_the_end() -> None:
    row = played("hanging", SMALL)
    assert (len(row.late), row.dead, row.expired) == (200, 0, 0)
    assert row.delays[-1] < 5


def test_behind_the_window_healthy_lanes_wait_until_the_outage_is_over() -> None:
    """120 of 200 waiting messages are sent in the first 72 minutes of the 2 hours."""
    row = played("hanging", replace(SMALL, limits=replace(LIMITS, window=120)))
    waited = [delay for delay in row.delays if delay > 60]
    assert 30 < len(waited) < 60
    assert row.delays[-1] > 0.5 * HOUR
    assert (len(row.late), len(row.delays)) == (200, 120), "and nothing is lost"


def test_an_outage_longer_than_the_retention_loses_what_waits_and_it_is_counted() -> None:
    row = played("hanging", replace(SMALL, lasts=5 * HOUR, limits=replace(LIMITS, retention=3 * HOUR)))
    assert row.expired > 50
    assert (row.oldest, row.dead) == (3 * HOUR, 0)
    assert len(row.late) + row.expired == 200


def test_what_is_received_too_often_is_a_dead_letter() -> None:
    row = played("refused connections", replace(SMALL, edits=1, limits=replace(LIMITS, receives=5)))
    assert (row.dead, row.most_tries, row.late, row.used) == (20, 5, [], None)


def test_the_limits_are_the_templates(deployed: Deployed) -> None:
    setting = of_the_template(deployed)
    assert setting.limits == Limits(receives=1_000, retention=1_209_600, window=120_000)
    assert (setting.slots, setting.lanes) == (5, 1_000)


def test_the_template_has_alarms_on_what_waits_and_on_dead_letters(deployed: Deployed) -> None:
    assert list(alarms(deployed)) == [
        "ApproximateAgeOfOldestMessage over 900: warning - backlog",
        "SecondsWaiting over 86,400: critical - waiting for a day",
        "ApproximateNumberOfMessagesVisible over 0: critical - dead letters",
    ]
    assert "SecondsWaiting: NONE" in list(alarms(replace(deployed, alarms=())))


def test_the_table_tells_what_expired_and_how_old_the_oldest_became(deployed: Deployed) -> None:
    row = played("hanging", replace(SMALL, lasts=5 * HOUR, limits=replace(LIMITS, retention=3 * HOUR)))
    head, _, line, *_ = report([row], deployed).splitlines()
    told = dict(zip(head.split("|"), line.split("|"), strict=True))
    told = {name.strip(): value.strip() for name, value in told.items()}
    assert (told["expired"], told["oldest, h"]) == (str(row.expired), "3.0")


def test_the_command_plays_another_outage(capsys: pytest.CaptureFixture[str]) -> None:
    backlog.main(["--lanes", "20", "--edits", "3", "--hours", "1", "--kind", "429", "--breaker", "yes"])
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| 429")]
    assert len(lines) == 1
    assert lines[0].split("|")[2].strip() == "yes"
