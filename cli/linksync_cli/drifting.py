"""Drift: the Links API's whole list against the whole ledger."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import batched
from typing import Any

from linksync.core.drift import Difference, DriftKind, KnownLink, difference, paired, without_doubles
from linksync.core.issue import Issue
from linksync.core.links import Link
from linksync.core.listed_links import LinkRow
from linksync.core.messages import ticket_lane
from linksync.store.batches import read_all
from linksync.store.ledger_items import LINK, link_of
from linksync_cli.backfill.budget import Budget
from linksync_cli.command import Run
from linksync_cli.ledger_links import LedgerLinks, Row
from linksync_cli.links_on_disk import KnownLinks, ListedLinks
from linksync_cli.stack import Stack
from linksync_cli.stack_vendors import StackVendors
from linksync_cli.zendesk_links import UNKNOWN

_AT_ONCE = 100  # as many issues as one call asks for
_MOST_REMEMBERED = 10_000  # issues


class Drifting:
    """One look at both.  Raises the clients' errors and those of `linksync.errors`."""

    def __init__(self, run: Run, stack: Stack, budget: Budget) -> None:
        self._run, self._vendors = run, StackVendors(stack, pace=budget)
        self._dynamodb, self._table = stack.aws.client("dynamodb"), stack.output("LedgerTableName")
        self._issues: dict[str, Issue | None] = {}

    def differences(self) -> list[Difference]:
        """What differs, by ticket and issue.

        The ledger is read before the list, so that a link that is made or removed meanwhile is not told as gone; and
        what differs is looked up in the ledger once more, since the worker goes on.
        """
        self._vendors.prove_jira()
        track = self._run.screen.tracked
        ledger = LedgerLinks(self._dynamodb, self._table).known()
        with closing(KnownLinks()) as known, closing(ListedLinks()) as listed:
            known.add(known_link(*link) for link in track(ledger, what="Links in the ledger"))
            listed.add(track(self._vendors.links.rows(), what="Links in Zendesk"))
            found = list(self._compared(listed, known))
        if any(one.kind is DriftKind.DANGLING for one in found):
            self._vendors.prove_jira()
        return list(self._as_of_now(found))

    def _compared(self, listed: Iterable[LinkRow], known: Iterable[KnownLink]) -> Iterator[Difference]:
        pairs = paired(without_doubles(listed), known)
        for batch in batched(pairs, _AT_ONCE, strict=False):
            # Of what cannot differ nothing is asked: None for its issue tells the same as any.
            ids = [_issue_id(*pair) for pair in batch if pair[0] or difference(*pair, None)]
            self._look_up(ids)
            for row, link in batch:
                if one := difference(row, link, self._issues.get(_issue_id(row, link))):
                    yield one

    def _look_up(self, ids: Sequence[str]) -> None:
        if len(self._issues) > _MOST_REMEMBERED:
            self._issues.clear()
        missing = [issue_id for issue_id in dict.fromkeys(ids) if issue_id not in self._issues]
        self._issues |= dict.fromkeys(missing) | dict(self._vendors.existence.issues(missing))

    def _as_of_now(self, found: Sequence[Difference]) -> Iterator[Difference]:
        """What still differs by what the ledger has now."""
        for batch in batched(found, _AT_ONCE, strict=False):
            keys = [{"lane": ticket_lane(one.ticket_id), "record": LINK + one.issue.id} for one in batch]
            items = read_all(self._dynamodb, self._table, keys)
            now = {link.pair: link for link in (known_link(*_of(item)) for item in items)}
            for one in batch:
                if again := _again(one, now.get((one.ticket_id, one.issue.id))):
                    yield again


def known_link(ticket_id: str, link: Link) -> KnownLink:
    """A link of the ledger as drift compares it."""
    return KnownLink(
        ticket_id=ticket_id, issue=link.issue, state=link.state, owner=link.owner, wanted=bool(link.claims)
    )


def document(one: Difference) -> dict[str, Any]:
    """A difference as programs get it: a row as `linksync list` shows it, and the key of now where it is another."""
    row = row_of(one).document()
    return row | ({"current_key": one.issue.key} if one.kind is DriftKind.STALE else {})


def row_of(one: Difference) -> Row:
    """A difference as a row.  What is listed is linked, whoever made it."""
    known = one.known
    gone = one.kind is DriftKind.GONE and known is not None
    owner = UNKNOWN if known is None or one.kind is DriftKind.UNKNOWN else known.owner.value
    return Row(
        ticket_id=one.ticket_id,
        issue_id=one.issue.id,
        issue_key=one.issue.key if one.listed_key is None else one.listed_key,
        owner=owner,
        state=known.state.name.lower() if gone and known else "linked",
    )


def _issue_id(row: LinkRow | None, known: KnownLink | None) -> str:
    return row.issue_id if row else known.issue.id if known else ""


def _of(item: dict[str, Any]) -> tuple[str, Link]:
    return item["lane"].removeprefix(ticket_lane("")), link_of(item)


def _again(one: Difference, known: KnownLink | None) -> Difference | None:
    row = None
    if one.kind is not DriftKind.GONE:
        row = LinkRow(ticket_id=one.ticket_id, issue_id=one.issue.id, issue_key=one.listed_key)
    return difference(row, known, None if one.kind is DriftKind.DANGLING else one.issue)
