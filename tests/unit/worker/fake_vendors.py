"""Zendesk and Jira as far as the worker meets them."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import batched

from linksync.core.field_reading import FieldReading
from linksync.core.issue import Issue, LookUp
from linksync.errors import PutOff
from linksync.outbound.links_api import Created
from tests.unit.worker.script import Script

type Pair = tuple[str, str]


@dataclass
class FakeZendesk:
    """Tickets, what their field says, and links by (ticket, issue id) with the key that each was made under."""

    faults: Script
    fields: dict[str, tuple[str, ...] | None] = field(default_factory=dict)
    """None: the field is not shown."""
    links: dict[Pair, str] = field(default_factory=dict)
    by_hand: set[Pair] = field(default_factory=set)
    calls: Counter[str] = field(default_factory=Counter)
    deleted: set[Pair] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    notes: list[tuple[str, str]] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None
    ids: dict[Pair, str] = field(default_factory=dict)
    """The links' ids in version 1 of the Links API; none in version 2."""
    deleted_by_id: list[str] = field(default_factory=list)

    def of_ticket(self, ticket_id: str) -> "FakeTicketLinks":
        return FakeTicketLinks(self, ticket_id)

    def ready(self) -> None:
        """Credentials are at hand."""

    def create(self, *, ticket_id: str, issue: Issue) -> bool:
        pair = (ticket_id, issue.id)
        with self._call("create", ticket_id):
            if pair in self.links:
                return False
            self.links[pair] = issue.key
            return True

    def delete(self, *, ticket_id: str, issue_id: str) -> bool:
        pair = (ticket_id, issue_id)
        with self._call("delete", ticket_id):
            existed = self.links.pop(pair, None) is not None
            self.deleted |= {pair} if existed else set()
            return existed

    def read(self, ticket_id: str) -> FieldReading:
        with self._call("read", ticket_id):
            return FieldReading(refs=self.fields.get(ticket_id), found=ticket_id in self.fields)

    def exists(self, ticket_id: str) -> bool:
        with self._call("read", ticket_id):
            return ticket_id in self.fields

    def known(self, ticket_ids: Sequence[str]) -> frozenset[str]:
        for batch in batched(ticket_ids, 100, strict=False):
            with self._call("list", batch[0]):
                pass
        return frozenset(self.fields).intersection(ticket_ids)

    def add_tag(self, ticket_id: str) -> bool:
        with self._call("tag", ticket_id):
            there = ticket_id in self.tags
            self.tags.add(ticket_id)
            return not there

    def remove_tag(self, ticket_id: str) -> bool:
        with self._call("untag", ticket_id):
            there = ticket_id in self.tags
            self.tags.discard(ticket_id)
            return there

    def add_note(self, ticket_id: str, text: str) -> None:
        with self._call("note", ticket_id):
            self.notes.append((ticket_id, text))

    @contextmanager
    def _call(self, name: str, ticket_id: str) -> Iterator[None]:
        self.calls[name] += 1
        self.meanwhile()
        self.faults.before_call()
        yield
        self.faults.after_call()


@dataclass
class FakeTicketLinks:
    """One ticket's links for one run."""

    zendesk: FakeZendesk
    ticket_id: str

    def ready_to_create(self) -> None:
        self.zendesk.ready()

    def ready_to_delete(self, *, link_id: str = "") -> None:
        self.zendesk.deleted_by_id.append(f"ready {link_id}")
        self.zendesk.ready()

    def create(self, issue: Issue) -> Created:
        made = self.zendesk.create(ticket_id=self.ticket_id, issue=issue)
        return Created(made=made, link_id=self.zendesk.ids.get((self.ticket_id, issue.id), ""))

    def delete(self, issue_id: str, *, link_id: str = "") -> bool:
        self.zendesk.deleted_by_id.append(link_id)
        return self.zendesk.delete(ticket_id=self.ticket_id, issue_id=issue_id)

    def holds(self, issue_id: str) -> None:
        return None


@dataclass
class FakeJira:
    """Issues by id with their current key; old keys go on leading to them."""

    faults: Script
    keys: dict[str, str] = field(default_factory=dict)
    known_as: dict[str, str] = field(default_factory=dict)
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    comments: list[tuple[str, str]] = field(default_factory=list)
    put_off: PutOff | None = None
    most_keys: int | None = None
    """How many keys a look-up has time for."""

    def ready(self) -> None:
        if self.put_off:
            raise self.put_off

    def look_up(self, keys: Sequence[str]) -> LookUp:
        self.calls["find"] += 1
        self.faults.before_call()
        keys = keys[: self.most_keys]
        ids = {key: self.known_as[key] for key in keys if self.known_as.get(key) in self.keys}
        self.faults.after_call()
        found = {key: Issue(issue_id, self.keys[issue_id]) for key, issue_id in ids.items()}
        return LookUp(found, frozenset(keys) - set(found))

    def read(self, issue_id: str) -> FieldReading:
        self.calls["read"] += 1
        self.faults.before_call()
        if issue_id not in self.keys:
            return FieldReading(refs=None, found=False)
        reading = FieldReading(refs=self.fields[issue_id], issue=Issue(issue_id, self.keys[issue_id]))
        self.faults.after_call()
        return reading

    def add_comment(self, issue: Issue, text: str) -> None:
        self.calls["comment"] += 1
        self.faults.before_call()
        self.comments.append((issue.id, text))
        self.faults.after_call()
