"""What people can do on the page, by name: each is done to the simulated vendors or the deployed stack itself."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from local.aws.stack import Stack
from local.http.deliveries import Delivery
from local.jira.issue import NoSuchIssue
from local.playground.dead_letters import DeadLetterTray
from local.playground.stories import STRANGER
from local.switches import Switches
from local.zendesk.ticket import NoSuchTicket, TicketClosed
from local.zendesk.webhooks import new_id

FORGED = b'{"ticket_id": "5001", "issue_keys": ""}'


class NotPossible(Exception):
    """What was asked for cannot be done; the message says why."""


class Controls:
    """The page's buttons and fields.  Raises NotPossible."""

    def __init__(self, stack: Stack, tray: DeadLetterTray) -> None:
        self._stack = stack
        self._vendors = stack.vendors
        self._tray = tray
        self._reconciling = threading.Lock()
        self.switches = Switches(stack.vendors)
        self._actions: dict[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
            "ticket": self._edit_ticket,
            "issue": self._edit_issue,
            "link": self._link_by_hand,
            "unlink": self._unlink_by_hand,
            "switch": self._switch,
            "heal": self._heal,
            "reconcile": lambda _details: {"told": self.reconcile()},
            "redrive": self._redrive,
            "forge": lambda _details: self.forge(),
        }

    def do(self, name: str, details: Mapping[str, Any]) -> Mapping[str, Any]:
        """Does it; what is to be told about it.  Raises KeyError or TypeError where details are missing or wrong."""
        if name not in self._actions:
            raise NotPossible(f"There is nothing called {name}.")
        try:
            return self._actions[name](details)
        except (NoSuchTicket, NoSuchIssue) as problem:
            raise NotPossible(f"There is no {problem}.") from problem
        except TicketClosed as problem:
            raise NotPossible("A closed ticket cannot be edited.") from problem

    def reconcile(self) -> str:
        """Runs the deployed reconciler once and waits for it; how it ended."""
        if not self._reconciling.acquire(blocking=False):
            raise NotPossible("The reconciler is running already.")
        try:
            return f"The reconciler's run: {self._stack.reconcile()}."
        except RuntimeError as problem:
            raise NotPossible("The reconciler failed: its next run goes on where this one was.") from problem
        finally:
            self._reconciling.release()

    def forge(self) -> Mapping[str, Any]:
        """Posts a delivery that was signed with a guess."""
        trigger, invocation = self._vendors.senders.trigger, new_id()
        trigger.courier.post(
            Delivery(
                invocation, STRANGER, trigger.url, FORGED, lambda _n: trigger.headers(invocation, "a guess", FORGED)
            )
        )
        return {"told": "A request with a wrong signature is on its way."}

    def _edit_ticket(self, details: Mapping[str, Any]) -> Mapping[str, Any]:
        self._vendors.write_keys(int(details["id"]), _text(details["text"]))
        return {}

    def _edit_issue(self, details: Mapping[str, Any]) -> Mapping[str, Any]:
        self._vendors.write_tickets(_text(details["id"]), _text(details["text"]) or None)
        return {}

    def _link_by_hand(self, details: Mapping[str, Any]) -> Mapping[str, Any]:
        made = self._vendors.link_by_hand(int(details["ticket"]), _text(details["issue"]))
        return {"told": "Linked by hand." if made else "They were linked already."}

    def _unlink_by_hand(self, details: Mapping[str, Any]) -> Mapping[str, Any]:
        gone = self._vendors.unlink_by_hand(int(details["ticket"]), _text(details["issue"]))
        return {"told": "Unlinked by hand." if gone else "There was no link."}

    def _switch(self, details: Mapping[str, Any]) -> Mapping[str, Any]:
        self.switches.set(_text(details["name"]), on=details["on"] is True)
        return {}

    def _heal(self, _details: Mapping[str, Any]) -> Mapping[str, Any]:
        self.switches.clear()
        return {"told": "Everything answers as it should."}

    def _redrive(self, details: Mapping[str, Any]) -> Mapping[str, Any]:
        moved = self._tray.move_back([_text(name) for name in details["names"]])
        return {"told": f"{moved} moved back to the event queue."}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
