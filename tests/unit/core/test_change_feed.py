"""What the vendors' lists tell of what changed.  A list may show a ticket or an issue twice, in any order."""

from itertools import permutations

from linksync.core.change_feed import ChangedIssue, ChangedTicket, newest_issues, newest_tickets
from linksync.core.issue import Issue


def test_of_a_ticket_that_is_listed_twice_the_later_row_counts() -> None:
    first, later = (
        ChangedTicket(ticket_id="5001", refs=(key,), updated_at=at) for key, at in (("Z-9", 10), ("A-1", 20))
    )
    other = ChangedTicket(ticket_id="5002", refs=(), updated_at=15)
    for rows in permutations((first, later, other)):
        assert newest_tickets(rows) == {"5001": later, "5002": other}


def test_of_an_issue_that_is_listed_twice_the_later_row_counts_with_its_key() -> None:
    first, later = (
        ChangedIssue(issue=Issue("10001", key), refs=(), updated_at=at) for key, at in (("Z-9", 10), ("A-1", 20))
    )
    other = ChangedIssue(issue=Issue("10002", "PROJ-2"), refs=(), updated_at=15)
    for rows in permutations((first, later, other)):
        assert newest_issues(rows) == {"10001": later, "10002": other}
