"""A machine whose clock is wrong still signs what AWS accepts."""

from email.utils import formatdate

import pytest

from linksync.store.aws_clock import AwsClock

NOW = 1_795_000_000.0


@pytest.mark.parametrize("off", [-86_400.0, -301.0, 301.0, 3_600.0])
@pytest.mark.parametrize("status", [400, 403])
def test_a_refusal_sets_a_wrong_clock_right(off: float, status: int) -> None:
    clock = AwsClock(lambda: NOW + off)
    assert clock.learns_from(status, formatdate(NOW, usegmt=True))
    assert clock.now() == NOW


@pytest.mark.parametrize("off", [-200.0, 0.0, 200.0])
def test_a_refusal_of_a_right_clock_has_another_reason(off: float) -> None:
    clock = AwsClock(lambda: NOW + off)
    assert not clock.learns_from(403, formatdate(NOW, usegmt=True))
    assert clock.now() == NOW + off


@pytest.mark.parametrize("status", [200, 413, 429, 500, 503])
def test_only_refusals_tell_of_signatures(status: int) -> None:
    assert not AwsClock(lambda: 0.0).learns_from(status, formatdate(NOW, usegmt=True))


@pytest.mark.parametrize("date", [None, "", "yesterday", "Mon, 99 Foo 99999 99:99:99 GMT"])
def test_an_answer_without_a_time_teaches_nothing(date: str | None) -> None:
    clock = AwsClock(lambda: NOW)
    assert not clock.learns_from(403, date)
    assert clock.now() == NOW


def test_a_clock_that_was_set_right_meanwhile_is_believed_again() -> None:
    local = [NOW - 3_600]
    clock = AwsClock(lambda: local[0])
    clock.learns_from(403, formatdate(NOW, usegmt=True))
    local[0] = NOW + 10
    assert clock.learns_from(403, formatdate(NOW + 10, usegmt=True))
    assert clock.now() == NOW + 10
