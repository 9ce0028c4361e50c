"""Zendesk: the laptop's, with refusals, missing tickets, old copies, and a witness of every call for a link."""

import json
import re
from dataclasses import dataclass, field

from local.http.messages import HttpRequest, Reply
from local.http.site_settings import SiteSettings
from local.vendors import TICKET_FIELD
from local.zendesk import links_v1, links_v2, ticket_json
from local.zendesk.access import API_TOKEN, EMAIL
from local.zendesk.links import LinkTable, refused
from local.zendesk.site import Zendesk
from local.zendesk.ticket import NoSuchTicket, SimulatedTicket, TicketChange
from local.zendesk.tickets_api import TICKET
from tests.simulation.clock import Clock
from tests.simulation.fault_injector import FaultInjector
from tests.simulation.fault_kinds import Fault
from tests.simulation.link_witness import LinkWitness, Outcome, Pair
from tests.simulation.replica import Replica
from tests.simulation.simulated_vendor import SimulatedVendor

HOST = "acme.zendesk.com"
EXTERNAL_ID = "0c8cb8e1-2d0a-4c0c-9a0f-1f6c0e9b7d11"
CREDENTIALS = {"email": EMAIL, "api_token": API_TOKEN}
_TICKET = re.compile(TICKET)
_LINK_V2 = re.compile(links_v2.LINK)
_LINK_V1 = re.compile(links_v1.LINK)


@dataclass(kw_only=True)
class SimulatedZendesk(SimulatedVendor):
    """One account.

    `refuses` are the pairs that it will never link; `refusals` counts how often it said so.  `poisoned` are tickets of
    which every call is answered 503.
    """

    account: Zendesk
    witness: LinkWitness
    replica: Replica[SimulatedTicket]
    v1: bool = False
    refuses: set[Pair] = field(default_factory=set)
    refusals: dict[Pair, int] = field(default_factory=dict)
    poisoned: frozenset[str] = frozenset()
    in_the_way: Pair | None = None
    """The pair of the last call that something stood in the way of: its caller looks at the list to see what."""

    @classmethod
    def opened(cls, clock: Clock, injector: FaultInjector, witness: LinkWitness, *, v1: bool) -> "SimulatedZendesk":
        """An account with the one field that holds issue keys."""
        account = Zendesk(EXTERNAL_ID, [TICKET_FIELD], SiteSettings(clock=clock, url=f"https://{HOST}"))
        zendesk = cls(
            host=HOST, site=account, injector=injector, account=account, witness=witness, replica=Replica(clock), v1=v1
        )
        account.tickets.listeners.append(zendesk._keep)
        return zendesk

    @property
    def links(self) -> LinkTable:
        """The links of the API that is in use."""
        return self.account.links_v1 if self.v1 else self.account.links

    def pairs(self) -> dict[Pair, str | None]:
        """Every link with the key that it was made under."""
        return {(row.ticket_id, row.issue_id): row.issue_key for row in self.links.all()}

    def revoke(self, *, revoked: bool) -> None:
        """Take our credentials away, or give them back."""
        self.account.accounts.api_tokens = {} if revoked else {EMAIL: API_TOKEN}

    def exists(self, ticket_id: str) -> bool:
        """Whether the ticket can be seen."""
        try:
            self.account.tickets.get(int(ticket_id))
        except NoSuchTicket:
            return False
        return True

    def standing_fault(self, asked: HttpRequest) -> Fault | None:
        pair = self.pair(asked) if self.poisoned else None
        return Fault.UNAVAILABLE if pair and pair[0] in self.poisoned else super().standing_fault(asked)

    def answer(self, asked: HttpRequest) -> Reply:
        pair = self.pair(asked) if asked.method in ("POST", "DELETE") else None
        if pair is None:
            return super().answer(asked)
        if asked.method == "POST" and (refusal := self._refusal(pair)):
            return refusal
        before = self.links.find(*pair)
        reply = super().answer(asked)
        self.in_the_way = pair if reply.status in (409, 422) else None
        after = self.links.find(*pair)
        if before is None and after is not None:
            self.witness.created(pair)
        if before is not None and after is None:
            self.witness.deleted(pair)
        return reply

    def _refusal(self, pair: Pair) -> Reply | None:
        if pair in self.refuses:
            self.refusals[pair] = self.refusals.get(pair, 0) + 1
            self.injector.counts[Fault.REFUSED_LINK] += 1
            return refused(400, "BadRequest", "Issue belongs to a restricted project")
        if not self.exists(pair[0]):
            return refused(404, "NotFound", "Ticket not found")
        return None

    def pair(self, asked: HttpRequest) -> Pair | None:
        """The link that a call is about."""
        if asked.method == "POST" and asked.path.endswith("/links"):
            link = json.loads(asked.body)["link"]
            return str(link["ticket_id"]), str(link["issue_id"])
        if match := _LINK_V2.fullmatch(asked.path):
            return match[2], match[3]
        if match := _LINK_V1.fullmatch(asked.path):
            row = next((row for row in self.links.all() if row.number == int(match[1])), None)
            return (row.ticket_id, row.issue_id) if row else None
        return None

    def older(self, asked: HttpRequest) -> Reply | None:
        match = _TICKET.fullmatch(asked.path)
        copy = self.replica.older(match[1]) if match and asked.method == "GET" else None
        return Reply(200, {"ticket": ticket_json.shown(copy, self.account.url)}) if copy else None

    def name(self, asked: HttpRequest) -> str:
        resource = "link" if "/links" in asked.path else "token" if asked.path.startswith("/oauth") else "ticket"
        return f"zendesk {asked.method} {resource}"

    def ended(self, asked: HttpRequest, outcome: Outcome) -> None:
        if asked.method in ("POST", "DELETE") and (pair := self.pair(asked)):
            self.witness.ended(pair, outcome)

    def killed(self, asked: HttpRequest) -> None:
        super().killed(asked)
        if self.v1 and asked.path.endswith("/links") and asked.method == "GET" and self.in_the_way:
            self.witness.ended(self.in_the_way, "unknown")

    def _keep(self, change: TicketChange) -> None:
        self.replica.keep(str(change.ticket.id), change.ticket)
