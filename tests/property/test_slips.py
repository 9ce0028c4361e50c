"""People's slips are people's: nobody but them has to mend anything."""

import pytest

from tests.simulation.slips import play_slips


@pytest.mark.parametrize("rate", [0.0, 0.1])
def test_an_edit_war_of_slips_leaves_no_dead_letter(rate: float) -> None:
    war = play_slips(0, rate=rate)
    assert (war.dead_letters, war.divergences) == ([], [])
    assert war.keys_not_found >= (100 if rate == 0 else 50)
    assert war.tickets_not_found >= (100 if rate == 0 else 50)
