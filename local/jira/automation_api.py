"""Jira's Automation Rule Management API, over the rules.

Follows https://developer.atlassian.com/cloud/automation/rest/api-group-rule-management/ and what public tools send: a
rule stands under `rule` and must have all of its parts; it is deleted only while disabled; a service account's tokens
are refused.
"""

import uuid
from collections.abc import Callable
from typing import Any, TypeGuard

from local.http.credentials import bearer
from local.http.messages import HttpRequest, Reply, Route
from local.jira.access import Access
from local.jira.automation import AutomationRules

RULE = r"(?:/gateway/api)?/automation/public/jira/([^/]+)/rest/v1/rule"
NEEDED = (
    "name", "state", "notifyOnError", "canOtherRuleTrigger", "authorAccountId", "actor", "writeAccessType", "trigger",
    "components", "ruleScopeARIs",
)  # fmt: skip
STATES = ("ENABLED", "DISABLED")
NOT_FOUND = Reply(404, {"errors": [{"message": "Rule not found"}]})
UNREADABLE = Reply(400, {"errors": [{"message": "The request could not be parsed"}]})
SCOPE = Reply(401, {"code": 401, "message": "Unauthorized; scope does not match"})


class AutomationRulesApi:
    """The handlers.  `open_to_oauth` is whether a service account's tokens are taken."""

    def __init__(self, rules: AutomationRules, access: Access) -> None:
        self.open_to_oauth = False
        self._rules = rules
        self._access = access

    def routes(self) -> list[Route]:
        """The documented paths."""
        handlers: list[Route] = [
            ("GET", RULE + "/summary", self._list),
            ("POST", RULE, self._create),
            ("GET", RULE + r"/([^/]+)", self._show),
            ("PUT", RULE + r"/([^/]+)", self._update),
            ("PUT", RULE + r"/([^/]+)/state", self._set_state),
            ("DELETE", RULE + r"/([^/]+)", self._delete),
        ]
        return [(method, path, self._for_admins(handler)) for method, path, handler in handlers]

    def _list(self, request: HttpRequest) -> Reply:
        start, limit = int(request.query.get("cursor") or 0), int(request.query.get("limit") or 100)
        rows = [_summary(rule) for rule in self._rules.all()]
        onward = f"?cursor={start + limit}&limit={limit}" if len(rows) > start + limit else None
        links = {"self": f"?cursor={start}&limit={limit}", "next": onward, "prev": None}
        return Reply(200, {"links": links, "data": rows[start : start + limit]})

    def _create(self, request: HttpRequest) -> Reply:
        rule = request.json().get("rule")
        if not _is_whole(rule):
            return UNREADABLE
        asked = str(rule.get("uuid") or uuid.uuid4())
        if self._rules.get(asked):
            return Reply(409, {"errors": [{"message": "A rule with this UUID exists"}]})
        return Reply(201, {"ruleUuid": self._rules.put(rule, asked)})

    def _show(self, request: HttpRequest) -> Reply:
        rule = self._rules.get(request.args[1])
        return Reply(200, {"rule": rule, "connections": []}) if rule else NOT_FOUND

    def _update(self, request: HttpRequest) -> Reply:
        rule, known = request.json().get("rule"), self._rules.get(request.args[1])
        if known is None:
            return NOT_FOUND
        if not _is_whole(rule):
            return UNREADABLE
        return Reply(200, {"ruleUuid": self._rules.put(rule, request.args[1])})

    def _set_state(self, request: HttpRequest) -> Reply:
        rule, state = self._rules.get(request.args[1]), request.json().get("value")
        if rule is None:
            return NOT_FOUND
        if state not in STATES:
            return UNREADABLE
        self._rules.put({**rule, "state": state}, request.args[1])
        return Reply(204)

    def _delete(self, request: HttpRequest) -> Reply:
        rule = self._rules.get(request.args[1])
        if rule is None:
            return NOT_FOUND
        if rule["state"] == "ENABLED":
            return Reply(400, {"errors": [{"message": "An enabled rule cannot be deleted"}]})
        self._rules.remove(request.args[1])
        return Reply(204)

    def _for_admins(self, handler: Callable[[HttpRequest], Reply]) -> Callable[[HttpRequest], Reply]:
        def guarded(request: HttpRequest) -> Reply:
            if bearer(request) is not None and not self.open_to_oauth:
                return SCOPE
            if request.args[0] != self._access.cloud_id:
                return NOT_FOUND
            return self._access.administers(request) or handler(request)

        return guarded


def _is_whole(rule: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(rule, dict) and all(name in rule for name in NEEDED) and rule["state"] in STATES


def _summary(rule: dict[str, Any]) -> dict[str, Any]:
    names = ("uuid", "name", "state", "authorAccountId", "ruleScopeARIs")
    return {name: rule[name] for name in names} | {"actorAccountId": rule["actor"].get("actor")}
