"""The state that the page shows, as one JSON object: read from both vendors, the queues, the ledger and the logs."""

import heapq
import time
from collections import defaultdict
from dataclasses import asdict
from typing import Any

from linksync.core.links import Link, UnlinkPolicy
from linksync.store.dead_letters import Letter
from local.aws.stack import Stack
from local.demo.observer import described
from local.http.calls import RecordedCall
from local.jira.issue import as_text
from local.playground.dead_letters import DeadLetterTray
from local.playground.ledger_view import LedgerView, read_ledger
from local.playground.log_tail import LogTail
from local.playground.stories import DeliveryStory, Observations, ObservedCall, stories_of_reconciler, story_of_delivery
from local.vendors import SimulatedVendors

MOST_STORIES = 40
NO_ANSWERS = frozenset({401, 403, 429})
LEFT_OUT = ("id", "body", "handle")  # of a letter: long, and of no use on the page


class Observation:
    """Looks at a running stack, again and again."""

    def __init__(self, stack: Stack, tray: DeadLetterTray) -> None:
        self._stack = stack
        self._vendors = stack.vendors
        self._tray = tray
        self._tail = LogTail(stack)
        self._observations = Observations()

    def look(self) -> dict[str, Any]:
        """Everything as it is now."""
        depth, dead = self._stack.depth(), self._stack.depth("DeadLetterQueueUrl")
        ledger = read_ledger(self._stack)
        self._observations.add(self._tail.new())
        self._observations.calls = _calls(self._vendors)
        self._observations.history = ledger.by_delivery()
        return {
            "tickets": self._tickets(ledger, depth.total),
            "issues": self._issues(),
            "links": self._links(ledger),
            "queue": asdict(depth),
            "dead_letters": [_letter(one) for one in self._tray.letters(dead)],
            "stories": [asdict(story) for story in self._stories()],
        }

    def _tickets(self, ledger: LedgerView, waiting: int) -> list[dict[str, Any]]:
        policy, now = UnlinkPolicy(self._stack.parameters.get("UnlinkPolicy", UnlinkPolicy.OWNED)), time.time()
        return [
            {
                "id": ticket.id,
                "field": str(ticket.fields.get(self._vendors.ticket_field) or ""),
                "not_found": sorted(ledger.ticket(ticket.id).facts.not_found),
                "why": ledger.why(ticket.id, now=now, policy=policy, waiting=waiting),
            }
            for ticket in self._vendors.zendesk.tickets.all()
        ]

    def _issues(self) -> list[dict[str, Any]]:
        return [
            {"id": issue.id, "key": issue.key, "field": as_text(issue.fields.get(self._vendors.issue_field))}
            for issue in self._vendors.jira.issues.all()
        ]

    def _links(self, ledger: LedgerView) -> list[dict[str, Any]]:
        """What Zendesk lists and what the ledger knows of, by ticket and issue."""
        listed = {(row.ticket_id, row.issue_id) for row in self._vendors.link_table.all()}
        known = ledger.links()
        return [_link(pair, known.get(pair), linked=pair in listed) for pair in sorted(listed | set(known))]

    def _stories(self) -> list[DeliveryStory]:
        numbered = enumerate(self._vendors.senders.deliveries())
        latest = heapq.nlargest(MOST_STORIES, numbered, key=lambda pair: pair[1].at)
        names = self._names()
        told = [story_of_delivery(names[id(one)], one, self._observations) for _, one in latest]
        stories = [*told, *stories_of_reconciler(self._observations)]
        return sorted(stories, key=lambda story: story.at, reverse=True)[:MOST_STORIES]

    def _names(self) -> dict[int, str]:
        """A name for each delivery that does not change: a sender may deliver several under one id."""
        names, times = {}, defaultdict[str, int](int)
        for delivery in self._vendors.senders.deliveries():
            times[delivery.id] += 1
            names[id(delivery)] = f"{delivery.id}/{times[delivery.id]}"
        return names


def _link(pair: tuple[str, str], link: Link | None, *, linked: bool) -> dict[str, Any]:
    return {
        "ticket": int(pair[0]),
        "issue": pair[1],
        "linked": linked,
        "owner": link.owner.value if link else "",
        "state": link.state.value if link else "",
        "claims": sorted(link.claims) if link else [],
        "refused": link.refusal.reason if link and link.refusal else "",
    }


def _calls(vendors: SimulatedVendors) -> dict[str, list[ObservedCall]]:
    """What linksync asked of both vendors, by correlation id."""
    found = defaultdict(list)
    recorded = [*vendors.zendesk.calls.matching(), *vendors.jira.calls.matching()]
    for call in sorted(recorded, key=lambda one: one.at):
        if call.correlation_id:
            found[call.correlation_id].append(_call(call, vendors))
    return found


def _call(call: RecordedCall, vendors: SimulatedVendors) -> ObservedCall:
    answered = call.status is not None and call.status < 500 and call.status not in NO_ANSWERS
    return ObservedCall(at=call.at, text=described(call, vendors), ok=answered)


def _letter(letter: Letter) -> dict[str, Any]:
    shown = {name: value for name, value in asdict(letter).items() if name not in LEFT_OUT}
    return {**shown, "name": letter.delivery or letter.id}
