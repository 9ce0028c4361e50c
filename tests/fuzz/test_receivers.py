"""A slice of the fuzzer's run, and the proof that it would find what it looks for."""

from collections.abc import Callable
from typing import Any

import pytest

from linksync.inbound import signatures
from linksync.inbound.receiver import Receiver
from linksync.inbound.responses import Outcome, Result
from tests.fuzz.receivers import run


@pytest.mark.parametrize("seed", [1, 2])
def test_hostile_requests_get_contract_responses_only(seed: int) -> None:
    tally = run(requests=2500, seconds=60, seed=seed)
    assert tally.violations == {}, tally.report()
    assert (tally.exceptions, tally.messages_of_unauthentic) == (0, 0)
    assert {status for _, status in tally.responses} >= {200, 202, 401}


def _open_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "_any_equal", lambda _given, _expected: True)


def _raising(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Receiver, "_outcome", lambda *_: 1 / 0)


def _wrong_response(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = Outcome(result=Result.ACCEPTED, source="jira_webhook")
    monkeypatch.setattr(Receiver, "_outcome", lambda *_: outcome)


@pytest.mark.parametrize("plant", [_open_door, _raising, _wrong_response])
def test_a_planted_bug_is_found(monkeypatch: pytest.MonkeyPatch, plant: Callable[[Any], None]) -> None:
    plant(monkeypatch)
    assert run(requests=300, seconds=60, seed=1).violations
