"""What the worker needs from the outside, as narrow protocols.  `outbound` and `store` provide them, tests fake them.

Every method may raise RetryLater, UpstreamForbidden or UpstreamRefused (see `linksync.errors`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from linksync.core.field_reading import FieldReading
from linksync.core.history import HistoryLine
from linksync.core.issue import Issue, LookUp
from linksync.core.lanes import IssueRecord, TicketLane
from linksync.core.links import UnlinkPolicy
from linksync.core.messages import Envelope, Message
from linksync.core.projects import ProjectList
from linksync.core.wrong_references import WrongReferenceNotice
from linksync.metrics import Metric
from linksync.outbound.links_api import TicketLinks

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


class Links(Protocol):
    """The links of Zendesk's Jira integration."""

    def of_ticket(self, ticket_id: str) -> TicketLinks:
        """The links of a ticket, for one run.  Costs no call."""


class Tickets(Protocol):
    """Tickets, as Zendesk knows them."""

    def read(self, ticket_id: str) -> FieldReading:
        """The issue keys that the ticket's field names now."""

    def exists(self, ticket_id: str) -> bool:
        """Whether Zendesk knows the ticket."""

    def known(self, ticket_ids: Sequence[str]) -> frozenset[str]:
        """Those of these tickets that Zendesk knows, many in a call."""


class Issues(Protocol):
    """Issues, as Jira knows them."""

    def ready(self) -> None:
        """Raises PutOff where no look-up would be made for now."""

    def look_up(self, keys: Sequence[str]) -> LookUp:
        """What these keys mean today, asked in this order while there is time."""

    def read(self, issue_id: str) -> FieldReading:
        """The ticket ids that the issue's field names now."""


class TicketNotices(Protocol):
    """What is written on tickets for the people who work on them.  Every method may raise NoticeRefused as well."""

    def add_tag(self, ticket_id: str) -> bool:
        """Put our tag on the ticket.  False when it was there already."""

    def remove_tag(self, ticket_id: str) -> bool:
        """Take our tag off the ticket.  False when it was not there."""

    def add_note(self, ticket_id: str, text: str) -> None:
        """Add an internal note."""


class IssueNotices(Protocol):
    """What is written on issues for the people who work on them."""

    def add_comment(self, issue: Issue, text: str) -> None:
        """Add a comment that customers do not see.  May raise NoticeRefused as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceNoticeCalls:
    """How people are told of references that were not found, and the calls for that."""

    kind: WrongReferenceNotice
    tickets: TicketNotices
    issues: IssueNotices

    @property
    def wanted(self) -> bool:
        """Whether they are told at all."""
        return self.kind is not WrongReferenceNotice.OFF


class Ledger(Protocol):
    """What each side last stated and the state of every link."""

    def ticket(self, ticket_id: str) -> TicketLane:
        """All that is known of a ticket."""

    def issue(self, issue_id: str) -> IssueRecord:
        """What is known of an issue."""

    def tickets_linked_with(self, issue_id: str) -> tuple[str, ...]:
        """The tickets that have a link with this issue."""

    def checkpoint(self, recorded: TicketLane, lane: TicketLane, history: Iterable[HistoryLine] = ()) -> TicketLane:
        """Record the lane's links and facts, and not yet what its ticket stated.  Returns the lane as recorded now."""

    def commit(self, recorded: TicketLane, lane: TicketLane, history: Iterable[HistoryLine] = ()) -> None:
        """Record all that differs: what the ticket stated, links and facts; and what happened to them."""

    def save_issue(self, issue_id: str, record: IssueRecord, *, look: bool = False, told_all: bool = False) -> None:
        """Record what an issue stated; `look`: something that it names was not found, and is to be looked for again.

        `told_all`: all tickets that are seen to be linked with it were told that it moved or is deleted.
        """


class Queue(Protocol):
    """The event queue."""

    def send_batch(self, envelopes: Sequence[Envelope]) -> None:
        """Queue them all, each in its own lane, in this order.  Sending one again within minutes changes nothing."""


class Log(Protocol):
    """The metrics and the story of a run."""

    def count(self, metric: Metric, value: float = 1) -> None:
        """Add to a metric."""

    def decided(self, why: str) -> None:
        """What was made of the message, and why: a sentence."""

    def happened(self, event: str) -> None:
        """Something happened to a link: an event of its history."""


class ConsumerQueue(Protocol):
    """Where messages come from, and go to when they cannot be finished."""

    def retry_later(self, handle: str, seconds: int) -> None:
        """Hide a message for this long."""

    def dead_letter(self, *, body: str, lane: str, unique: str, reason: str, advice: str) -> None:
        """Put a message before an operator."""


class Idempotency(Protocol):
    """Sees to it that a delivery is worked on to its end once at most."""

    def register(self, context: "LambdaContext") -> None:
        """A run begins: tell how long it may take."""

    def run_once[M: Message](self, message: M, work: Callable[[M], bool | None]) -> None:
        """Work on the message unless its delivery was done before.  False from the work: it need not be remembered."""


class CrashCount(Protocol):
    """How often a message crashed its run.  Both methods may raise AwsUnavailable."""

    def begin(self, message_id: str, attempt: int) -> int:
        """Count the run of that receive.  Returns how many began and did not end in order, this one among them."""

    def end(self, message_id: str, attempt: int) -> None:
        """Take back the run, which ended in order."""


class WriteLine(Protocol):
    """Writes a log line with its metrics, see `observability.emit_line`."""

    def __call__(
        self,
        level: int,
        message: str,
        *,
        fields: Mapping[str, object] | None = None,
        counts: Mapping[Metric, float | Sequence[float]] | None = None,
        source: str = "",
        correlation_id: str = "",
    ) -> None:
        """Write it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """What the work on one message is given.

    `now` is in seconds since the epoch, `seconds_left` what this run may still take.
    """

    ledger: Ledger
    links: Links
    tickets: Tickets
    issues: Issues
    reference_notice_calls: ReferenceNoticeCalls
    queue: Queue
    log: Log
    policy: UnlinkPolicy
    projects: ProjectList
    now: Callable[[], float]
    seconds_left: Callable[[], float]
