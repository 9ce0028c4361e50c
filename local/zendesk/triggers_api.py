"""Zendesk's Triggers API over the registry of triggers.

Follows https://developer.zendesk.com/api-reference/ticketing/business-rules/triggers/.
"""

from collections.abc import Callable, Mapping
from typing import Any

from local.http.messages import HttpRequest, Reply, Route
from local.zendesk.paths import JSON
from local.zendesk.replies import NOT_FOUND, invalid, page_of, stamp
from local.zendesk.trigger_definitions import definitions, operators
from local.zendesk.triggers import NOTIFY, Trigger, TriggerRegistry

TRIGGERS = "/api/v2/triggers"
TRIGGER = TRIGGERS + r"/(\d+)"
CATEGORY_ID = "6130869158682"


class TriggersApi:
    """The handlers.  `changed_offered` is whether custom fields take the operator `changed`."""

    def __init__(
        self, triggers: TriggerRegistry, field_titles: Callable[[], Mapping[str, str]], clock: Callable[[], float]
    ) -> None:
        self.base_url = ""
        self.changed_offered = False
        self._triggers = triggers
        self._field_titles = field_titles
        self._clock = clock

    def routes(self) -> list[Route]:
        """The documented paths."""
        return [
            ("GET", TRIGGERS + JSON, self._list),
            ("GET", TRIGGERS + "/active" + JSON, self._list_active),
            ("GET", TRIGGERS + "/search" + JSON, self._search),
            ("GET", TRIGGERS + "/definitions" + JSON, self._definitions),
            ("POST", TRIGGERS + JSON, self._create),
            ("GET", TRIGGER + JSON, self._show),
            ("PUT", TRIGGER + JSON, self._update),
            ("DELETE", TRIGGER + JSON, self._delete),
        ]

    def _list(self, request: HttpRequest) -> Reply:
        return page_of(request, self.base_url, "triggers", self._triggers.all(), self._shown)

    def _list_active(self, request: HttpRequest) -> Reply:
        rows = [one for one in self._triggers.all() if one.active]
        return page_of(request, self.base_url, "triggers", rows, self._shown)

    def _search(self, request: HttpRequest) -> Reply:
        wanted = request.query["query"].lower()
        rows = [one for one in self._triggers.all() if wanted in one.title.lower()]
        return page_of(request, self.base_url, "triggers", rows, self._shown)

    def _definitions(self, _request: HttpRequest) -> Reply:
        return Reply(200, definitions(self._field_titles(), changed=self.changed_offered))

    def _create(self, request: HttpRequest) -> Reply:
        asked = _conditioned(request.json()["trigger"])
        refusal = self._refusal(asked)
        if refusal:
            return refusal
        trigger = self._triggers.add(str(asked["title"]), asked["conditions"], asked["actions"], self._clock())
        trigger.active, trigger.description = asked.get("active", True), asked.get("description")
        return Reply(201, {"trigger": self._shown(trigger)})

    def _show(self, request: HttpRequest) -> Reply:
        trigger = self._triggers.get(int(request.args[0]))
        return Reply(200, {"trigger": self._shown(trigger)}) if trigger else NOT_FOUND

    def _update(self, request: HttpRequest) -> Reply:
        trigger, asked = self._triggers.get(int(request.args[0])), _conditioned(request.json()["trigger"])
        if trigger is None:
            return NOT_FOUND
        present = {name: getattr(trigger, name) for name in ("title", "conditions", "actions")}
        if refusal := self._refusal(present | asked):
            return refusal
        for name in ("title", "active", "description", "conditions", "actions"):
            setattr(trigger, name, asked.get(name, getattr(trigger, name)))
        trigger.updated_at = self._clock()
        return Reply(200, {"trigger": self._shown(trigger)})

    def _delete(self, request: HttpRequest) -> Reply:
        return Reply(204) if self._triggers.remove(int(request.args[0])) else NOT_FOUND

    def _refusal(self, asked: Mapping[str, Any]) -> Reply | None:
        """422 for what no trigger can be: no title, nothing to do, conditions that are not offered, no such webhook."""
        if not asked.get("title"):
            return invalid("title", "Title: cannot be blank")
        conditions = [*(asked["conditions"].get("all") or []), *(asked["conditions"].get("any") or [])]
        if not conditions or not asked.get("actions"):
            return invalid("base", "Triggers need at least one condition and one action")
        offered = operators(self._field_titles(), changed=self.changed_offered)
        for one in conditions:
            if (one.get("operator") or "is") not in offered.get(str(one["field"]), ()):
                return invalid("conditions", f"Condition: {one['field']} {one.get('operator')} is not supported")
        hooks = {str(one["value"][0]) for one in asked["actions"] if one.get("field") == NOTIFY}
        if any(self._triggers.webhooks.get(hook) is None for hook in hooks):
            return invalid("actions", "Action: webhook does not exist")
        return None

    def _shown(self, trigger: Trigger) -> dict[str, Any]:
        return {
            "url": f"{self.base_url}{TRIGGERS}/{trigger.id}.json",
            "id": trigger.id,
            "title": trigger.title,
            "raw_title": trigger.title,
            "active": trigger.active,
            "default": False,
            "conditions": trigger.conditions,
            "actions": trigger.actions,
            "description": trigger.description,
            "position": [one.id for one in self._triggers.all()].index(trigger.id) + 1,
            "category_id": CATEGORY_ID,
            "created_at": stamp(trigger.created_at),
            "updated_at": stamp(trigger.updated_at),
        }


def _conditioned(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The trigger with its conditions in one place: `all` and `any` may stand beside the title too."""
    given = dict(asked)
    if "conditions" not in given and ("all" in given or "any" in given):
        given["conditions"] = {}
    if "conditions" in given:
        lists = {name: given["conditions"].get(name) or given.get(name) or [] for name in ("all", "any")}
        given["conditions"] = lists
    return given
