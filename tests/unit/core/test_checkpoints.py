"""Where the next reading begins: what changed is seen again for as long as an older statement may be applied late."""

from dataclasses import replace

from linksync.core.checkpoints import (
    EXPORT_OVERLAP,
    LOOK_BACK,
    SEARCH_OVERLAP,
    Checkpoint,
    IssueCheckpoint,
    Look,
    TicketCheckpoint,
)

NOW = 1_793_611_800.0
QUARTER = 900.0


def ended_at(place: TicketCheckpoint, cursor: str, now: float) -> TicketCheckpoint:
    return replace(place, cursor=cursor, generated_at=now).anew(now)


def searched_to(place: IssueCheckpoint, newest: float, now: float) -> IssueCheckpoint:
    return replace(place, newest=newest, page="").anew(now)


def test_a_new_stack_sees_what_changes_from_then_on_by_each_clock() -> None:
    by_jira = NOW - 7
    assert Checkpoint.of_a_new_stack(NOW, by_jira=by_jira) == Checkpoint(
        round=1,
        tickets=TicketCheckpoint(
            cursor="", begun="", begun_at=NOW, ended="", ended_at=0, generated_at=NOW, current_at=NOW
        ),
        issues=IssueCheckpoint(
            since=by_jira - SEARCH_OVERLAP,
            newest=by_jira,
            begun=by_jira - SEARCH_OVERLAP,
            ended=0,
            ended_at=0,
            page="",
            current_at=NOW,
        ),
    )


def test_nothing_is_unread_until_the_time_to_which_both_streams_are_read() -> None:
    new = Checkpoint.of_a_new_stack(NOW, by_jira=NOW)
    assert new.current_at == NOW
    assert replace(new, tickets=replace(new.tickets, current_at=NOW + 60)).current_at == NOW
    assert replace(new, issues=replace(new.issues, current_at=NOW + 60)).current_at == NOW


def test_a_lane_is_looked_at_for_what_was_not_found_unless_a_field_differed() -> None:
    assert not Look(lane="ticket#5001", due_at=NOW, since=NOW).reread


def test_readings_of_the_export_begin_where_one_ended_so_long_ago() -> None:
    place, cursors = TicketCheckpoint.at(NOW), []
    for number in range(1, 11):
        place = ended_at(place, f"c{number}", NOW + number * QUARTER)
        cursors.append(place.cursor)
    assert cursors == ["", "", "", "", "c1", "c1", "c1", "c1", "c5", "c5"]


def test_the_first_readings_begin_at_the_time_of_the_stack_s_first_run() -> None:
    place = ended_at(TicketCheckpoint.at(NOW), "c1", NOW + QUARTER)
    assert (place.cursor, place.generated_at) == ("", NOW)


def test_readings_at_the_same_moment_move_nothing_on() -> None:
    place = TicketCheckpoint.at(NOW)
    for number in range(5):
        place = ended_at(place, f"c{number}", NOW + 60)
    assert (place.cursor, place.generated_at, place.ended) == ("", NOW, "c0")


def test_a_cursor_that_is_refused_costs_no_change_that_was_to_be_seen_again() -> None:
    place = TicketCheckpoint.at(NOW)
    for number in range(6):
        place = ended_at(place, f"c{number}", NOW + number * QUARTER)
    assert (place.begun, place.begun_at, place.ended) == ("c0", NOW, "c4")
    start = NOW - EXPORT_OVERLAP
    assert place.without_cursor() == replace(
        place, cursor="", begun="", begun_at=start, ended="", generated_at=start
    ), "c0 is of NOW"


def test_a_reading_that_begins_anew_reaches_back_to_the_earlier_of_its_begin_and_the_latest_change_seen() -> None:
    place = replace(TicketCheckpoint.at(NOW), cursor="c1", generated_at=NOW - 500)
    assert place.without_cursor().generated_at == NOW - 500 - EXPORT_OVERLAP


def test_searches_begin_where_one_ended_so_long_ago() -> None:
    place, starts = IssueCheckpoint.at(NOW, current_at=NOW), []
    for number in range(1, 11):
        time = NOW + number * QUARTER
        place = searched_to(place, time - 5, time)
        starts.append((place.since + SEARCH_OVERLAP - NOW) / QUARTER)
    early = -5 / QUARTER
    assert starts == [0, 0, 0, 0, *[1 + early] * 4, *[5 + early] * 2]


def test_a_page_that_is_refused_goes_on_from_the_latest_update_and_the_next_search_begins_as_ever() -> None:
    place = replace(IssueCheckpoint.at(NOW, current_at=NOW), newest=NOW + 50, page="t2").again()
    assert (place.since, place.page) == (NOW + 50 - SEARCH_OVERLAP, "")
    assert place.anew(NOW + QUARTER).since == NOW - SEARCH_OVERLAP


def test_between_two_readings_that_end_far_apart_every_change_is_seen_by_both() -> None:
    place = ended_at(TicketCheckpoint.at(NOW), "c1", NOW + LOOK_BACK)
    place = ended_at(place, "c2", NOW + 2 * LOOK_BACK)
    assert (place.cursor, place.ended) == ("c1", "c2")
