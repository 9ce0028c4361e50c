"""People's slips are people's: nobody but them has to mend anything."""

import pytest

from tests.simulation.fault_injector import ALL
from tests.simulation.slips import play_slips


@pytest.mark.parametrize("rate", [0.0, 0.1])
def test_an_edit_war_of_slips_leaves_no_dead_letter(rate: float) -> None:
    war = play_slips(0, rate=rate)
    assert (war.dead_letters, war.divergences) == ([], [])
    assert war.keys_not_found >= (100 if rate == 0 else 50)
    assert war.tickets_not_found >= (100 if rate == 0 else 50)


@pytest.mark.parametrize("rate", [0.0, 0.1])
def test_in_an_edit_war_each_value_is_told_once(rate: float) -> None:
    war = play_slips(1, rate=rate, notice="note")
    assert (war.dead_letters, war.divergences) == ([], [])
    assert set(war.told.values()) == {1}
    if rate == 0:  # tickets and issues that came to their end meanwhile cannot be told any more
        assert len(war.told) >= 120


def test_in_an_edit_war_with_kills_no_value_is_told_twice() -> None:
    wars = [play_slips(seed, rate=0.1, notice="note", kinds=ALL, wrong=40) for seed in range(2, 6)]
    assert [set(war.told.values()) for war in wars] == [{1}] * len(wars)
    assert [war.divergences for war in wars] == [[]] * len(wars)


def test_a_tag_in_an_edit_war_makes_no_dead_letter() -> None:
    war = play_slips(7, rate=0.1, notice="tag")
    assert (war.dead_letters, war.divergences) == ([], [])
