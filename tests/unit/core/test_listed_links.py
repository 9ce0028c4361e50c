"""Links as Zendesk lists them."""

from linksync.core.listed_links import LinkRow, first_of_each_pair


def row(ticket_id: str, issue_id: str, link_id: str = "") -> LinkRow:
    return LinkRow(ticket_id=ticket_id, issue_id=issue_id, link_id=link_id)


def test_the_lowest_id_stands_for_its_pair_whatever_the_order() -> None:
    rows = [row("1", "10", "9"), row("1", "10", "10"), row("1", "10", "8"), row("2", "10", "7"), row("1", "11", "6")]
    expected = {("1", "10"): rows[2], ("2", "10"): rows[3], ("1", "11"): rows[4]}
    assert first_of_each_pair(rows) == first_of_each_pair(reversed(rows)) == expected


def test_rows_without_ids_are_kept_one_a_pair() -> None:
    rows = [row("1", "10"), row("1", "11"), row("1", "10")]
    assert first_of_each_pair(rows) == {("1", "10"): rows[0], ("1", "11"): rows[1]}
