"""Links copied from one version of the Links API to the other, and proved pair by pair.

The version that the stack works with is its lanes' to write to; the other one is written here, since nobody else does.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import batched, groupby

from linksync.core.issue import Issue
from linksync.core.listed_links import LinkRow, LinksApiVersion
from linksync.core.messages import OperatorAction
from linksync.core.migration import Direction, Discrepancy, Live, both_sides, discrepancies
from linksync.errors import RetryLater, UpstreamRefused
from linksync.outbound.links_api import LinksApi
from linksync_cli.backfill.budget import Budget
from linksync_cli.canary import LiveVersionCheck
from linksync_cli.command import Run
from linksync_cli.failures import Failure, WrongUsage
from linksync_cli.lane_commands import LaneCommands
from linksync_cli.ledger_links import LedgerLinks
from linksync_cli.links_on_disk import ListedLinks
from linksync_cli.stack import Stack
from linksync_cli.stack_vendors import StackVendors

_AT_ONCE, _TRIES = 100, 4
_UNREADABLE = "its issue cannot be read in Jira"
_STRANGER = "its key does not lead to that issue in Jira: it may be a former site's"


@dataclass(slots=True, kw_only=True)
class Migrated:
    """What a migration did.  `live` is which version agents' links go to."""

    live: Live = Live.UNKNOWN
    copied: int = 0
    already_there: int = 0
    deleted: int = 0
    differences: list[Discrepancy] = field(default_factory=list)


class Migrating:
    """One direction of one stack.  Raises Failure, the clients' errors and those of `linksync.errors`."""

    wait: Callable[[float], None] = staticmethod(time.sleep)

    def __init__(self, run: Run, stack: Stack, direction: Direction, *, per_minute: int | None = None) -> None:
        self._run, self._stack, self.direction = run, stack, direction
        self._vendors = StackVendors(stack, pace=Budget(per_minute, outstanding=lambda: 0))
        self._source, self._target = (self._vendors.links_of(one) for one in (direction.source, direction.target))
        self._live = Live.UNKNOWN
        self.is_late = stack.parameter("LinksApiVersion", LinksApiVersion.V2) == direction.target
        """Whether the stack works with the target already."""

    def check(self, canaries: Sequence[str], *, deletes: bool) -> None:
        """Look which version is live, told by tickets that are linked: these, or the newest that an agent linked.

        Raises Failure for a copy of a version that is not in use, and for a deletion from one that is, or may be.
        """
        source, target = self.direction.source, self.direction.target
        if deletes and not self.is_late:
            mend = f"Set LinksApiVersion to {target} with `linksync configure`, and deploy first."
            raise WrongUsage("in_use", f"The stack still works with {source}.", mend)
        self._live = LiveVersionCheck(self._vendors.zendesk, self._source, self._target).live(canaries)
        if self._live is (Live.SOURCE if deletes else Live.TARGET):
            used = "does" if deletes else "does not"
            mend = "Choose the other direction; or name a ticket that is linked now with --canary."
            raise Failure("not_live" if not deletes else "live", f"{source} {used} list what agents link now.", mend)
        if deletes and self._live is Live.UNKNOWN:
            mend = f"Name a ticket that is linked in {target} now, with --canary."
            raise Failure(
                "live_unknown", f"No ticket shows whether {source} is still in use: nothing is deleted.", mend
            )

    def plan(self, *, deletes: bool) -> Migrated:
        """What a migration would do.  Nothing is written."""
        planned = Migrated(live=self._live)
        with self._listed(self._source) as source, self._listed(self._target) as target:
            for _, other in both_sides(source, target):
                planned.already_there += other is not None
                planned.copied += other is None and not deletes
        planned.deleted = planned.already_there if deletes else 0
        return planned

    def copy(self) -> Migrated:
        """Make what is missing in the target, then list it anew and tell what differs."""
        migrated = Migrated(live=self._live)
        refused: dict[tuple[str, str], str] = {}
        with self._listed(self._source) as source:
            with self._listed(self._target) as target:
                rows = (row for row, other in self._tracked(source, target, migrated) if other is None)
                for batch in batched(rows, _AT_ONCE, strict=False):
                    migrated.copied += self._copy(batch, refused)
            with self._listed(self._target) as target:
                for one in discrepancies(source, target):
                    why = refused.get(one.row.pair, one.why)
                    migrated.differences.append(Discrepancy(row=one.row, why=why))
        if self.direction.target is LinksApiVersion.V1:
            self._forget_ids()
        return migrated

    def delete_source(self) -> Migrated:
        """Take away from the source what the target has; every row of a pair.  What the target lacks is told."""
        migrated = Migrated(live=self._live)
        with self._listed(self._source) as source, self._listed(self._target) as target:
            migrated.differences += discrepancies(source, target)
            there = (row for row, other in self._tracked(source, target, migrated) if other is not None)
            for ticket_id, rows in groupby(there, key=lambda row: row.ticket_id):
                links = self._source.of_ticket(ticket_id)
                for row in rows:
                    migrated.deleted += self._tried_again(partial(links.delete, row.issue_id))
        return migrated

    def _copy(self, rows: Sequence[LinkRow], refused: dict[tuple[str, str], str]) -> int:
        """How many of these links were made.  One that cannot be is told, and the others go on."""
        issues = self._issues(rows)
        strangers = self._strangers(rows, issues)
        copied = 0
        for ticket_id, same in groupby(rows, key=lambda row: row.ticket_id):
            links = self._target.of_ticket(ticket_id)
            for row in same:
                issue = issues.get(row.issue_id)
                if issue is None or row in strangers:
                    refused[row.pair] = _STRANGER if issue else _UNREADABLE
                    continue
                try:
                    self._tried_again(partial(links.create, issue))
                    copied += 1
                except UpstreamRefused as refusal:
                    refused[row.pair] = str(refusal).partition(". ")[0]
        return copied

    def _issues(self, rows: Iterable[LinkRow]) -> dict[str, Issue]:
        """The issues as Jira knows them: a row may be of a former site, or under an old key."""
        ids = sorted({row.issue_id for row in rows})
        found = dict(self._vendors.existence.issues(ids))
        if len(found) < len(ids):
            self._vendors.prove_jira()
        return found

    def _strangers(self, rows: Sequence[LinkRow], issues: Mapping[str, Issue]) -> frozenset[LinkRow]:
        """The rows of a former site whose issue's id is another issue's here: every site counts its issues alike.

        An issue that moved answers to its former key, and a former site's key means nothing here, or another issue.
        """
        other = {
            row: row.issue_key
            for row in rows
            if row.issue_key and row.issue_id in issues and row.issue_key != issues[row.issue_id].key
        }
        meant = self._vendors.existence.issues(sorted(set(other.values())))
        return frozenset(row for row, key in other.items() if key not in meant or meant[key].id != row.issue_id)

    def _tracked(
        self, source: ListedLinks, target: ListedLinks, migrated: Migrated
    ) -> Iterator[tuple[LinkRow, LinkRow | None]]:
        for row, other in self._run.screen.tracked(both_sides(source, target), what="Copied or there"):
            migrated.already_there += other is not None
            yield row, other

    def _listed(self, api: LinksApi) -> "closing[ListedLinks]":
        version = "v1" if api is self._links(LinksApiVersion.V1) else "v2"
        listed = ListedLinks()
        listed.add(self._run.screen.tracked(api.rows(), what=f"Links in {version}"))
        return closing(listed)

    def _links(self, version: LinksApiVersion) -> LinksApi:
        return self._source if self.direction.source is version else self._target

    def _forget_ids(self) -> None:
        """The lanes of links that remember an id from before are told that it may be another one now."""
        lanes = LaneCommands(self._stack)
        ledger = LedgerLinks(self._stack.aws.client("dynamodb"), self._stack.output("LedgerTableName"))
        with_ids = ((ticket, link) for ticket, link in ledger.known() if link.link_id)
        for batch in batched(with_ids, _AT_ONCE, strict=False):
            lanes.send(
                [
                    lanes.command(
                        OperatorAction.RENUMBER, ticket_id=ticket, issue_id=link.issue.id, issue_key=link.issue.key
                    )
                    for ticket, link in batch
                ]
            )

    def _tried_again[R](self, call: Callable[[], R]) -> R:
        """The call, tried again where it was put off: one that was applied after all counts as done the second time."""
        for attempt in range(_TRIES):
            try:
                return call()
            except RetryLater as problem:
                if attempt == _TRIES - 1:
                    raise
                self.wait(problem.retry_after if problem.retry_after is not None else 2.0**attempt)
        raise AssertionError
