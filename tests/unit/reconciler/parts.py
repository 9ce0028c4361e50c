"""What the reconciler meets, in one process: two vendors' lists, a ledger, a queue, and a clock that waits move."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from linksync.core.change_feed import ChangedIssue, ChangedTicket, IssuePage, TicketPage
from linksync.core.checkpoints import Checkpoint, Look, Repair
from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord, IssueRecord, TicketFacts
from linksync.core.links import Link
from linksync.core.messages import Envelope, IssueStatement, TicketStatement
from linksync.core.ordering import Window
from linksync.core.projects import ALL_PROJECTS, ProjectList
from linksync.errors import UnfinishedWork
from linksync.metrics import Metric
from linksync.outbound.jira_search import PageRefused
from linksync.outbound.zendesk_exports import CursorRefused
from linksync.reconciler.dependencies import Dependencies
from linksync.reconciler.run import Reconciler
from linksync.store.reconciler_state import LeaseLost

START = 1_800_000_000.0


@dataclass
class Clock:
    now: float = START
    ends: float = START + 900

    def __call__(self) -> float:
        return self.now

    def left(self) -> float:
        return self.ends - self.now

    def pause(self, seconds: float) -> None:
        if seconds > self.left() - 90:
            raise UnfinishedWork("no time")
        self.now += seconds


@dataclass
class FakeExport:
    """Zendesk's stream: rows with the time of their change.  A cursor is a place in it."""

    clock: Clock
    page_size: int = 1_000
    stream: list[tuple[float, ChangedTicket]] = field(default_factory=list)
    failures: list[Exception | None] = field(default_factory=list)
    asked: list[dict[str, object]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def change(self, ticket_id: str, *refs: str, **others: bool) -> None:
        at = self.clock.now
        row = ChangedTicket(ticket_id=ticket_id, refs=refs, updated_at=at, **others)
        self.stream = [(then, old) for then, old in self.stream if old.ticket_id != ticket_id] + [(at, row)]

    def changed(self, *, cursor: str, start: float, size: int) -> TicketPage:
        self.asked.append({"cursor": cursor, "start": start, "size": size})
        _next(self.failures)
        if cursor in self.refused:
            raise CursorRefused("refused")
        if not cursor and start > self.clock.now - 60:
            raise CursorRefused("too recent")
        place = float(cursor) if cursor else start
        ready = [(at, row) for at, row in self.stream if (at > place if cursor else at >= place)]
        ready = [(at, row) for at, row in ready if at <= self.clock.now - 60]
        page = ready[: min(size, self.page_size)]
        after = repr(page[-1][0]) if page else cursor
        times = [at for at, _ in page]
        return TicketPage(
            rows=tuple(row for _, row in page),
            cursor=after,
            last=len(page) == len(ready),
            generated_at=max(times, default=None),
        )


@dataclass
class FakeSearch:
    """Jira's search.  A token is a search and a place in what it found when it began."""

    clock: Clock
    page_size: int = 500
    rows: dict[str, ChangedIssue] = field(default_factory=dict)
    failures: list[Exception | None] = field(default_factory=list)
    asked: list[tuple[float, str]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    skew: float = 0.0

    def change(self, issue_id: str, key: str, *refs: str) -> None:
        self.rows[issue_id] = ChangedIssue(issue=Issue(issue_id, key), refs=refs, updated_at=self.clock.now + self.skew)

    def changed(self, *, since: float, token: str) -> IssuePage:
        self.asked.append((since, token))
        _next(self.failures)
        if token in self.refused:
            raise PageRefused("refused")
        found = sorted(
            (row for row in self.rows.values() if row.updated_at >= since),
            key=lambda row: (row.updated_at, row.issue.key),
        )
        begin = int(token or 0)
        end = begin + self.page_size
        return IssuePage(rows=tuple(found[begin:end]), token=str(end) if end < len(found) else "")

    def server_time(self) -> float:
        self.asked.append((0.0, "serverInfo"))
        return self.clock.now + self.skew


@dataclass
class FakeLedger:
    stated: dict[str, tuple[FieldRecord, TicketFacts]] = field(default_factory=dict)
    records: dict[str, IssueRecord] = field(default_factory=dict)
    links: dict[str, dict[str, Link]] = field(default_factory=dict)
    linked_tickets: set[str] = field(default_factory=set)

    def tickets(self, ticket_ids: Iterable[str]) -> Mapping[str, tuple[FieldRecord, TicketFacts]]:
        return {ticket_id: self.stated[ticket_id] for ticket_id in ticket_ids if ticket_id in self.stated}

    def issues(self, issue_ids: Iterable[str]) -> Mapping[str, IssueRecord]:
        return {issue_id: self.records[issue_id] for issue_id in issue_ids if issue_id in self.records}

    def links_of_issue(self, issue_id: str) -> Mapping[str, Link]:
        return self.links.get(issue_id, {})

    def has_links(self, ticket_id: str) -> bool:
        return ticket_id in self.linked_tickets


@dataclass
class FakeState:
    checkpoint: Checkpoint | None = None
    holder: str = ""
    until: float = 0.0
    saves: int = 0

    def acquire(self, holder: str, *, now: float, until: float) -> tuple[bool, Checkpoint | None]:
        if self.holder and self.until >= now:
            return False, None
        self.holder, self.until = holder, until
        return True, self.checkpoint

    def save(self, holder: str, checkpoint: Checkpoint, *, until: float) -> None:
        if holder != self.holder:
            raise LeaseLost("lost")
        self.checkpoint, self.until = checkpoint, until
        self.saves += 1

    def release(self, holder: str) -> None:
        if holder == self.holder:
            self.holder = ""


@dataclass
class FakeRepairs:
    repairs: dict[str, Repair] = field(default_factory=dict)

    def known(self, lanes: Iterable[str]) -> Mapping[str, Repair]:
        return {lane: self.repairs[lane] for lane in lanes if lane in self.repairs}

    def remember(self, repairs: Sequence[Repair]) -> None:
        self.repairs |= {repair.lane: repair for repair in repairs}


@dataclass
class FakeLooks:
    planned: set[Look] = field(default_factory=set)

    def due(self, now: float, *, limit: int) -> Sequence[Look]:
        return sorted((look for look in self.planned if look.due_at <= now), key=lambda look: (look.due_at, look.lane))[
            :limit
        ]

    def change(self, *, done: Iterable[Look] = (), planned: Iterable[Look] = ()) -> None:
        self.planned = (self.planned - set(done)) | set(planned)


@dataclass
class FakeExistence:
    known_issues: dict[str, Issue] = field(default_factory=dict)
    known_tickets: set[str] = field(default_factory=set)
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def issues(self, ids_or_keys: Sequence[str]) -> Mapping[str, Issue]:
        if ids_or_keys:
            self.asked.append(tuple(ids_or_keys))
        return {name: self.known_issues[name] for name in ids_or_keys if name in self.known_issues}

    def tickets(self, ticket_ids: Sequence[str]) -> frozenset[str]:
        if ticket_ids:
            self.asked.append(tuple(ticket_ids))
        return frozenset(self.known_tickets & set(ticket_ids))


@dataclass
class FakeQueue:
    sent: list[Envelope] = field(default_factory=list)
    failures: list[Exception | None] = field(default_factory=list)
    waiting: int = 0

    def send_batch(self, envelopes: Sequence[Envelope]) -> None:
        if envelopes:
            self.sent += envelopes
            _next(self.failures)

    def told(self) -> list[TicketStatement | IssueStatement]:
        """What was told since the last look, each delivery once."""
        distinct = {envelope.delivery: envelope.payload for envelope in self.sent}
        self.sent.clear()
        return [payload for payload in distinct.values() if isinstance(payload, TicketStatement | IssueStatement)]

    def lanes(self) -> list[str]:
        return [statement.lane for statement in self.told()]


@dataclass
class Counts:
    values: Counter[Metric] = field(default_factory=Counter)

    def count(self, metric: Metric, value: float = 1) -> None:
        self.values[metric] += value  # type: ignore[assignment]


class Parts:
    """A reconciler and all that it meets."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.zendesk: FakeExport | None = FakeExport(self.clock)
        self.jira = FakeSearch(self.clock)
        self.ledger, self.state, self.repairs = FakeLedger(), FakeState(), FakeRepairs()
        self.looks, self.existence, self.queue = FakeLooks(), FakeExistence(), FakeQueue()
        self.counts = Counts()
        self.projects: ProjectList = ALL_PROJECTS
        self.runs = 0

    @property
    def export(self) -> FakeExport:
        assert self.zendesk
        return self.zendesk

    def run(self, *, seconds: float = 900) -> str:
        """One run; how it ended.  The metrics are those of this run."""
        self.runs += 1
        self.counts = Counts()
        self.clock.ends = self.clock.now + seconds
        deps = Dependencies(
            tickets=self.zendesk,
            issues=self.jira,
            existence=self.existence,
            ledger=self.ledger,
            state=self.state,
            repairs=self.repairs,
            looks=self.looks,
            queue=self.queue,
            metrics=self.counts,
            projects=self.projects,
            waiting=lambda: self.queue.waiting,
            now=self.clock,
            seconds_left=self.clock.left,
            pause=self.clock.pause,
        )
        return Reconciler(deps, run=f"run-{self.runs}").reconcile()

    def lanes_work(self) -> None:
        """Every lane records what its field holds."""
        window = Window.of_reading(self.clock.now)
        for _, ticket in self.export.stream:
            stated = FieldRecord(frozenset(ticket.refs or ()), window)
            self.ledger.stated[ticket.ticket_id] = stated, TicketFacts()
        for issue_id, row in self.jira.rows.items():
            record = IssueRecord(stated=FieldRecord(frozenset(row.refs or ()), window), key=row.issue.key)
            self.ledger.records[issue_id] = replace(record, key_at=row.updated_at)

    def later(self, seconds: float = 3_600.0) -> None:
        self.clock.now += seconds

    def begin(self) -> None:
        """The stack's first run, an hour ago."""
        self.run()
        self.later()
        self.export.asked.clear()
        self.jira.asked.clear()


def _next(failures: list[Exception | None]) -> None:
    error = failures.pop(0) if failures else None
    if error is not None:
        raise error
