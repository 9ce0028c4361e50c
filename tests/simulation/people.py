"""What people do at Zendesk and in Jira, and what they mean by it.  Nothing of linksync reads what is kept here."""

from collections.abc import Iterable
from dataclasses import replace
from random import Random

from local.jira.issue import IssueChange, changelog_item
from local.vendors import ISSUE_FIELD, TICKET_FIELD
from local.zendesk.ticket import TicketChange
from tests.simulation.clock import Clock
from tests.simulation.link_witness import LinkWitness, Pair
from tests.simulation.senders import IssueSender, Senders, TicketSender
from tests.simulation.simulated_jira import SimulatedJira
from tests.simulation.simulated_zendesk import HOST as ZENDESK_HOST
from tests.simulation.simulated_zendesk import SimulatedZendesk

SEPARATORS = (", ", " ", "\n", ";")


class People:
    """Agents and engineers.

    `ticket_refs` and `issue_refs` are what each field means; `keys` the keys that issues have now, `known_as` every key
    that one ever had.
    """

    def __init__(
        self,
        random: Random,
        clock: Clock,
        zendesk: SimulatedZendesk,
        jira: SimulatedJira,
        senders: Senders,
        witness: LinkWitness,
    ) -> None:
        self.random, self.clock = random, clock
        self.zendesk, self.jira, self.senders, self.witness = zendesk, jira, senders, witness
        self.ticket_refs: dict[str, frozenset[str]] = {}
        self.issue_refs: dict[str, frozenset[str]] = {}
        self.keys: dict[str, str] = {}
        self.known_as: dict[str, str] = {}
        self.earlier: dict[str, frozenset[str]] = {}
        """By ticket or issue: what its field meant before the last edit."""
        self.merged: dict[str, str] = {}
        self.binned: set[str] = set()
        self.withdrawn: set[Pair] = set()
        """Pairs that a ticket's field named once and does not name any more."""
        self.unread: set[str] = set()
        """Issues that could not be read for some time."""
        self.keys_of: dict[str, set[str]] = {}
        """Every key that each issue ever had."""

    # ── tickets ─────────────────────────────────────────────────────────────────────────────────────────────────

    def new_ticket(self, ticket_id: str) -> None:
        self.ticket_refs[ticket_id] = frozenset()
        self.clock.tick()
        self.zendesk.account.tickets.create(ticket_id=int(ticket_id))
        self.senders.network.clear()  # nobody waits for the news of an empty ticket

    def write_ticket(self, ticket_id: str, *keys: str, by: TicketSender = "trigger", broken: bool = False) -> None:
        """An agent writes keys into a ticket.  `broken`: with a quotation mark that Zendesk does not escape."""
        text = self.random.choice(SEPARATORS).join(keys) + (' "as agreed"' if broken else "")
        before, self.ticket_refs[ticket_id] = self.ticket_refs[ticket_id], frozenset(keys)
        self.earlier[ticket_id] = before
        self.withdrawn |= {(ticket_id, issue_id) for issue_id in self._meant(before) - self._meant(keys)}
        for issue_id in self._meant(keys) - self._meant(before):
            self._named(ticket_id, issue_id)
        self.clock.tick()
        self.senders.tickets_by = by
        self.zendesk.account.triggers.escapes = not broken
        self.zendesk.account.tickets.edit(int(ticket_id), {TICKET_FIELD: text})

    def merge(self, source: str, target: str) -> None:
        handed_on = {ticket_id for ticket_id in self.ticket_refs if self.heir(ticket_id) == source}
        self.merged[source] = target
        for issue_id in self._meant(self.ticket_refs[source]) | self._naming(source):
            self._named(source, issue_id)
        # What the source once named, or what was merged into it, may be on its way still.
        once = {issue_id for ticket_id, issue_id in self.witness.named if ticket_id in handed_on}
        self.witness.named |= {(self.heir(target), issue_id) for issue_id in once}
        self.clock.tick()
        self.zendesk.account.tickets.merge(int(source), int(target))

    def bin_ticket(self, ticket_id: str) -> None:
        self.binned.add(ticket_id)
        self.clock.tick()
        self.zendesk.account.tickets.soft_delete(int(ticket_id))

    def restore_ticket(self, ticket_id: str) -> None:
        self.binned.discard(ticket_id)
        self.clock.tick()
        self.zendesk.account.tickets.undelete(int(ticket_id))

    def delete_ticket(self, ticket_id: str) -> None:
        """For good."""
        del self.ticket_refs[ticket_id]
        self.binned.discard(ticket_id)
        self.clock.tick()
        self.zendesk.account.tickets.permanently_delete(int(ticket_id))

    # ── issues ──────────────────────────────────────────────────────────────────────────────────────────────────

    def new_issue(self, key: str) -> str:
        """Its id."""
        self.clock.tick()
        issue = self.jira.jira.issues.create(key)
        self.keys[issue.id], self.known_as[key], self.issue_refs[issue.id] = key, issue.id, frozenset()
        self.keys_of[issue.id] = {key}
        self.senders.network.clear()
        return issue.id

    def write_issue(self, issue_id: str, *ticket_ids: str, by: IssueSender = "webhook") -> None:
        """An engineer writes ticket numbers into an issue."""
        before, self.issue_refs[issue_id] = self.issue_refs[issue_id], frozenset(ticket_ids)
        self.earlier[issue_id] = before
        for ticket_id in self.issue_refs[issue_id] - before:
            self._named(ticket_id, issue_id)
        forms = ("{}", "#{}", f"https://{ZENDESK_HOST}/agent/tickets/{{}}")
        form = self.random.choice(forms)
        text = self.random.choice(SEPARATORS).join(form.format(ticket_id) for ticket_id in ticket_ids)
        self.clock.tick()
        self.senders.issues_by = by
        self.jira.jira.issues.edit(issue_id, {ISSUE_FIELD: text or None})

    def move_issue(self, issue_id: str, key: str, *, by: IssueSender = "webhook") -> None:
        self.keys[issue_id], self.known_as[key] = key, issue_id
        self.keys_of[issue_id].add(key)
        self.clock.tick()
        self.senders.issues_by = by
        self.jira.jira.issues.move(issue_id, key)

    def delete_issue(self, issue_id: str) -> None:
        del self.keys[issue_id], self.issue_refs[issue_id]
        self.clock.tick()
        self.jira.jira.issues.delete(issue_id)

    def hide_issue(self, issue_id: str, *, forbidden: bool = False) -> None:
        """We may not read it any more; Jira says so, or says that it is not there."""
        self.unread.add(issue_id)
        (self.jira.forbidden if forbidden else self.jira.jira.issues.hidden).add(issue_id)

    def show_issue(self, issue_id: str) -> None:
        self.jira.forbidden.discard(issue_id)
        self.jira.jira.issues.hidden.discard(issue_id)

    # ── links ───────────────────────────────────────────────────────────────────────────────────────────────────

    def link_by_hand(self, ticket_id: str, issue_id: str) -> None:
        if self.zendesk.links.add(ticket_id, issue_id, self.keys[issue_id]):
            self.witness.linked_by_hand((ticket_id, issue_id))

    def unlink_by_hand(self, ticket_id: str, issue_id: str, *, quiet: bool) -> None:
        """`quiet`: nothing is on its way that could name it anew."""
        if self.zendesk.links.remove(ticket_id, issue_id):
            self.witness.unlinked_by_hand((ticket_id, issue_id), quiet=quiet)

    # ── said again ──────────────────────────────────────────────────────────────────────────────────────────────

    def repeat_ticket(self, ticket_id: str, *, by: TicketSender) -> None:
        """The field is told once more as it is."""
        ticket = self.zendesk.account.tickets.get(int(ticket_id))
        text, at = ticket.fields[TICKET_FIELD], self.clock.tick()
        self.senders.tickets_by = by
        self.zendesk.account.triggers.escapes = True
        told = TicketChange("custom_field_changed", ticket, at, field_id=TICKET_FIELD, previous=text, current=text)
        self.senders.on_ticket_change(told)

    def repeat_issue(self, issue_id: str) -> None:
        issue, at = self.jira.jira.issues.get(issue_id), self.clock.tick()
        value = issue.fields[ISSUE_FIELD]
        self.senders.issues_by = "webhook"
        self.senders.on_issue_change(
            IssueChange("updated", replace(issue), at, (changelog_item(ISSUE_FIELD, value, value),))
        )

    # ── meanings ────────────────────────────────────────────────────────────────────────────────────────────────

    def heir(self, ticket_id: str) -> str:
        """The ticket that this one was merged into, or itself."""
        while ticket_id in self.merged:
            ticket_id = self.merged[ticket_id]
        return ticket_id

    def _meant(self, keys: Iterable[str]) -> frozenset[str]:
        """The issues that the keys mean."""
        ids = (self.known_as.get(key, "") for key in keys)
        return frozenset(issue_id for issue_id in ids if issue_id in self.keys)

    def _naming(self, ticket_id: str) -> frozenset[str]:
        return frozenset(issue_id for issue_id, refs in self.issue_refs.items() if ticket_id in refs)

    def _named(self, ticket_id: str, issue_id: str) -> None:
        self.witness.named_anew((ticket_id, issue_id))
        self.witness.named_anew((self.heir(ticket_id), issue_id))
