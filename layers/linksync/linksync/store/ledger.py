"""The ledger in DynamoDB: one partition a lane, so that one strongly consistent query loads all that a lane needs.

    lane (partition)   record (sort)   holds
    ticket#5001        said            what the ticket's field last stated, when, and facts: merged, deleted, not found
    ticket#5001        link#10001      one link: issue, claims, state, owner, and when its first call was begun
    issue#10001        said            what the issue's field last stated, when, and the issue's key
    look               …               the lanes to look at again, by time: see `look_list`

The index `by_issue` finds the lanes of all tickets linked with one issue; it is asked only when an issue moved or is
gone.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from linksync.core.history import HistoryLine
from linksync.core.lanes import IssueRecord, TicketLane
from linksync.core.look_ups import first_look, look_for_late_links, misses_more
from linksync.core.messages import issue_lane, ticket_lane
from linksync.store.attributes import attribute, plain
from linksync.store.aws_errors import translate_aws_errors
from linksync.store.batches import delete, put, write_all
from linksync.store.dynamodb_calls import DynamoDb
from linksync.store.history_items import HISTORY, history_item, history_of
from linksync.store.ledger_items import (
    LINK,
    STATED,
    issue_item,
    issue_of,
    link_item,
    link_of,
    ticket_item,
    ticket_of,
)
from linksync.store.look_list import look_item

_LEDGER = "the ledger"
BY_ISSUE = "by_issue"


class DynamoDbLedger:
    """What each side last stated and the state of every link.  Everything may raise AwsUnavailable."""

    def __init__(
        self,
        client: DynamoDb,
        table: str,
        *,
        history_days: int = 0,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`history_days` is for how long lines of history are kept; 0 keeps none."""
        self._client = client
        self._table = table
        self._history_days = history_days
        self._sleep = sleep
        self._clock = clock

    def ticket(self, ticket_id: str) -> TicketLane:
        """All that is known of a ticket, as of now."""
        items = {item["record"]: item for item in self._query(ticket_lane(ticket_id))}
        links = [link_of(item) for record, item in items.items() if record.startswith(LINK)]
        stated, facts = ticket_of(items.get(STATED, {}))
        by_issue = {link.issue.id: link for link in links}
        return TicketLane(ticket_id=ticket_id, stated=stated, facts=facts, links=by_issue)

    def issue(self, issue_id: str) -> IssueRecord:
        """What is known of an issue, as of now."""
        items = list(self._query(issue_lane(issue_id)))
        return issue_of(items[0]) if items else IssueRecord()

    def tickets_linked_with(self, issue_id: str) -> tuple[str, ...]:
        """The tickets that have a link with this issue.  The index may lag behind the table by moments."""
        pages = self._pages(
            IndexName=BY_ISSUE,
            KeyConditionExpression="issue_id = :issue",
            ExpressionAttributeValues={":issue": attribute(issue_id)},
        )
        return tuple(item["lane"].removeprefix(ticket_lane("")) for item in pages)

    def history(self, ticket_id: str) -> tuple[HistoryLine, ...]:
        """What happened to the ticket's links, oldest first."""
        return tuple(history_of(item) for item in self._query(HISTORY + ticket_lane(ticket_id)))

    def checkpoint(self, recorded: TicketLane, lane: TicketLane, history: Iterable[HistoryLine] = ()) -> TicketLane:
        """Write the links and facts that differ, not what the ticket stated.  Returns the lane as recorded now."""
        checkpoint = lane.checkpoint(recorded)
        self.commit(recorded, checkpoint, history)
        return checkpoint

    def commit(self, recorded: TicketLane, lane: TicketLane, history: Iterable[HistoryLine] = ()) -> None:
        """Write what differs, with the lines of history that tell of it, in as few calls as can be.

        A write may be cut short between any two items.  What the ticket stated comes last, so that all is done again
        from the statement; facts alone come first, so that what a link takes with it is remembered.
        """
        gone = [key for key in recorded.links if key not in lane.links]
        changed = [link for key, link in lane.links.items() if recorded.links.get(key) != link]
        name = ticket_lane(lane.ticket_id)
        writes = self._look(name) if misses_more(recorded.facts, lane.facts) else []
        writes += [delete({"lane": name, "record": LINK + issue_id}) for issue_id in gone]
        writes += [put(link_item(name, link)) for link in changed]
        if self._history_days:
            writes += [put(history_item(name, line, keep_days=self._history_days)) for line in history]
        if lane.stated != recorded.stated:
            writes.append(put(ticket_item(name, lane)))
        elif lane.facts != recorded.facts:
            writes.insert(0, put(ticket_item(name, lane)))
        self._write(writes)

    def save_issue(self, issue_id: str, record: IssueRecord, *, look: bool = False, told_all: bool = False) -> None:
        """Write what an issue stated; `look`: something that it names was not found, and is to be looked for again.

        `told_all`: the tickets linked with it were told that it moved or is deleted, as far as the index showed them;
        the reconciler looks for others.
        """
        name = issue_lane(issue_id)
        looks = self._look(name) if record.missing or look else []
        looks += [put(look_item(look_for_late_links(name, now=self._clock())))] if told_all else []
        self._write([*looks, put(issue_item(name, record))])

    def _look(self, lane: str) -> list[dict[str, Any]]:
        """The reconciler is to look at this lane again."""
        return [put(look_item(first_look(lane, now=self._clock())))]

    def _query(self, lane: str) -> Iterator[dict[str, Any]]:
        return self._pages(
            KeyConditionExpression="lane = :lane",
            ExpressionAttributeValues={":lane": attribute(lane)},
            ConsistentRead=True,
        )

    def _pages(self, **query: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  the API's own arguments
        with translate_aws_errors(_LEDGER):
            for page in self._client.get_paginator("query").paginate(TableName=self._table, **query):
                yield from (plain(item) for item in page["Items"])

    def _write(self, writes: Iterable[Mapping[str, Any]]) -> None:
        write_all(self._client, self._table, writes, sleep=self._sleep)
