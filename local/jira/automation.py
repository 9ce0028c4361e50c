"""Jira's automation rules that send web requests: neither signed nor resent."""

import json
import re
import threading
import uuid
from collections.abc import Callable
from typing import Any

from local.http.courier import Courier, CourierSettings
from local.http.deliveries import Attempt, Delivery
from local.jira.events import issue_object
from local.jira.issue import IssueChange, SimulatedIssue, as_text

TIMEOUT = 20.0
FIELD_CHANGED, CREATED = "jira.issue.field.changed", "jira.issue.event.trigger:created"
MOVED, DELETED = "jira.issue.event.trigger:moved", "jira.issue.event.trigger:deleted"
WEB_REQUEST = "jira.issue.outgoing.webhook"
SMART_VALUE = re.compile(r"\{\{\s*issue\.([\w.]+?)(\.asJsonString)?\s*\}\}")


def never(_attempts: list[Attempt]) -> float | None:
    """A failing automation call is not resent."""
    return None


class AutomationSender:
    """A rule "field value changed → send web request", as an administrator sets it up by hand.

    `shape` is the body: `custom` (issue_id, issue_key, ticket_ids), `jira` (issue under `issue`), `automation` (issue
    at the top) or `empty`.
    """

    def __init__(
        self, field_id: str, token: str, *, shape: str = "custom", pace: CourierSettings | None = None
    ) -> None:
        self.field_id = field_id
        self.url = ""
        self.token = token
        self.shape = shape
        self.enabled = False
        self.courier = Courier(never, timeout=TIMEOUT, pace=pace or CourierSettings())

    def on_change(self, change: IssueChange) -> None:
        """A listener for `IssueStore.listeners`."""
        touched = any(item.get("fieldId") == self.field_id for item in change.items)
        if self.enabled and self.url and touched:
            self.send(automation_body(change.issue, self.field_id, self.shape))

    def send(self, body: bytes) -> Delivery:
        """Posts these bytes with the rule's hidden header."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        delivery = Delivery(str(uuid.uuid4()), "Jira automation", self.url, body, lambda _n: headers)
        self.courier.post(delivery)
        return delivery


class AutomationRules:
    """The rules that were made by the API: each is its JSON, and fires as that says.

    `named` gives a field's id by its name or id, as rules may name it either way.
    """

    def __init__(self, pace: CourierSettings, named: Callable[[str], str]) -> None:
        self.courier = Courier(never, timeout=TIMEOUT, pace=pace)
        self._named = named
        self._rules: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()

    def put(self, rule: dict[str, Any], rule_uuid: str = "") -> str:
        """Adds a rule, or replaces the one of this id; its id."""
        with self._lock:
            key = rule_uuid or str(uuid.uuid4())
            self._rules[key] = {**rule, "uuid": key}
            return key

    def all(self) -> list[dict[str, Any]]:
        """Every rule, in the order of their making."""
        with self._lock:
            return list(self._rules.values())

    def get(self, rule_uuid: str) -> dict[str, Any] | None:
        """One of them, or None."""
        return self._rules.get(rule_uuid)

    def remove(self, rule_uuid: str) -> None:
        """Takes it away."""
        with self._lock:
            self._rules.pop(rule_uuid, None)

    def on_change(self, change: IssueChange) -> None:
        """A listener for `IssueStore.listeners`."""
        for rule in self.all():
            if rule["state"] == "ENABLED" and self._fires(rule["trigger"], change):
                for component in rule["components"]:
                    if component.get("type") == WEB_REQUEST:
                        self._send(component["value"], change.issue)

    def _fires(self, trigger: dict[str, Any], change: IssueChange) -> bool:
        if trigger["type"] in {CREATED, DELETED}:
            return str(trigger["type"]).endswith(f":{change.kind}")
        if trigger["type"] == MOVED:
            return any(item.get("field") == "Key" for item in change.items)
        watched = {self._named(str(field["value"])) for field in trigger.get("value", {}).get("fields", ())}
        edited = {str(item.get("fieldId")) for item in change.items}
        return trigger["type"] == FIELD_CHANGED and change.kind == "updated" and bool(watched & edited)

    def _send(self, action: dict[str, Any], issue: SimulatedIssue) -> None:
        given = {str(one["name"]): str(one["value"]) for one in action.get("headers") or ()}
        headers = {"Content-Type": "application/json", **given}
        if action.get("contentType") == "custom":
            body = rendered(str(action.get("customBody") or ""), issue)
        else:
            body = automation_body(issue, "", "automation" if action.get("sendIssue") else "empty")
        method = str(action.get("method") or "POST")
        url = str(action["url"])
        self.courier.post(Delivery(str(uuid.uuid4()), "Jira automation", url, body, lambda _n: headers, method))


def rendered(template: str, issue: SimulatedIssue) -> bytes:
    """A custom body with its smart values filled in; `asJsonString` brings its own quotes, else nothing is escaped."""

    def value(match: re.Match[str]) -> str:
        own = {"id": issue.id, "key": issue.key, "project.key": issue.project}
        text = own.get(match[1]) or as_text(issue.fields.get(match[1].removeprefix("fields.")))
        return json.dumps(text) if match[2] else text

    return SMART_VALUE.sub(value, template).encode()


def automation_body(issue: SimulatedIssue, field_id: str, shape: str) -> bytes:
    """The body of a web request in one of its shapes; see `AutomationSender`."""
    if shape == "empty":
        return b""
    numbered = {**issue_object(issue), "id": int(issue.id)}
    custom = {"issue_id": issue.id, "issue_key": issue.key, "ticket_ids": as_text(issue.fields.get(field_id))}
    return json.dumps({"jira": {"issue": numbered}, "automation": numbered}.get(shape, custom)).encode()
