"""The issues that changed, a page at a time."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from linksync.core.change_feed import ChangedIssue, newest_issues
from linksync.core.lanes import IssueRecord
from linksync.core.links import Link
from linksync.metrics import Metric
from linksync.outbound.jira_search import PageRefused
from linksync.reconciler.dependencies import Dependencies
from linksync.reconciler.enqueue_findings import FindingQueue
from linksync.reconciler.findings import NOTHING_KNOWN, Finding, issue_finding
from linksync.reconciler.leased_checkpoint import LeasedCheckpoint


class IssueStream:
    """Reads the search from the checkpoint on, and tells the lanes of issues that differ from the ledger, or moved.

    A deleted issue leaves no trace in a search, and one that can no longer be read looks the same: nothing is concluded
    from an absence.
    """

    name = "issues"

    def __init__(self, deps: Dependencies, finding_queue: FindingQueue) -> None:
        self._deps = deps
        self._finding_queue = finding_queue

    def step(self, progress: LeasedCheckpoint) -> bool:
        """One page.  Whether that was the last for now."""
        checkpoint = progress.checkpoint
        place = checkpoint.issues
        try:
            page = self._deps.issues.changed(since=place.since, token=place.page)
        except PageRefused:
            if not place.page:
                raise
            progress.save(replace(checkpoint, issues=place.again()))
            return False
        self._deps.metrics.count(Metric.RECONCILER_READ, len(page.rows))
        self._finding_queue.tell(list(self._findings(page.rows)), round_number=checkpoint.round)
        after = replace(place, newest=self._newest(place.newest, page.rows), page=page.token)
        if not page.token:
            now = self._deps.now()
            after = replace(after.anew(now), current_at=now)
        progress.save(replace(checkpoint, issues=after))
        return not page.token

    def _newest(self, known: float, rows: Sequence[ChangedIssue]) -> float:
        """The latest update seen, and none that is to come: whoever imports an issue may give it any time.

        A search from then on would find nothing of what changes until then.
        """
        return min(self._deps.now(), max([known, *(row.updated_at for row in rows)]))

    def _findings(self, rows: Sequence[ChangedIssue]) -> Iterator[Finding]:
        latest = newest_issues(rows)
        known = self._deps.ledger.issues(latest)
        for issue_id, row in latest.items():
            record = known.get(issue_id, NOTHING_KNOWN)
            finding = issue_finding(
                row, record, self._links(issue_id, record), projects=self._deps.projects, now=self._deps.now()
            )
            if finding:
                yield finding

    def _links(self, issue_id: str, record: IssueRecord) -> Collection[Link]:
        """The links that may bear an older key: all, unless their tickets were told the recorded one."""
        if record.key and record.key == record.told_key:
            return ()
        return self._deps.ledger.links_of_issue(issue_id).values()
