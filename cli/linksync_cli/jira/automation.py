"""Automation rules that send web requests: for those whose credentials may not make an administrator's webhook.

https://developer.atlassian.com/cloud/automation/rest/api-group-rule-management/
A rule must have all of its parts, is made disabled and enabled afterwards, and is deleted only while disabled.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from linksync.outbound.base_url import is_loopback
from linksync_cli.jira.api import JiraApi
from linksync_cli.jira.records import RuleMade, RuleResponse, RulesPage
from linksync_cli.vendor_calls import VendorCalls

GATEWAY_HOST = "https://api.atlassian.com"
_AT_SITE = "/gateway/api/automation/public/jira/{cloud_id}/rest/v1/rule"
_AT_GATEWAY = "/automation/public/jira/{cloud_id}/rest/v1/rule"
ACTION = "jira.issue.outgoing.webhook"
_PREFIX = "linksync: "
_MAYBE = frozenset({200, 401, 403, 404})


@dataclass(frozen=True, slots=True)
class RuleKind:
    """One of the rules: what it is called, what starts it, and what it sends.

    `everywhere`: it is for the whole site, whatever ProjectKeys says.  A rule for some projects would not start for an
    issue that was moved out of them.
    """

    name: str
    trigger: dict[str, Any]
    body: str
    everywhere: bool = False

    @property
    def title(self) -> str:
        """Its name in Jira."""
        return _PREFIX + self.name


def kinds(field_id: str) -> tuple[RuleKind, ...]:
    """The rules that linksync needs; those of the field are left out where that direction is off.

    A body with an event holds nothing that people write: a text could add an event of its own.
    """
    names = {"issue_id": "{{issue.id}}", "issue_key": "{{issue.key}}"}
    edited = _body(names | {"ticket_ids": f"{{{{issue.{field_id}}}}}"})
    watched = {"changeType": "ANY_CHANGE", "fields": [{"type": "field", "value": field_id}], "actions": []}
    of_field = (
        RuleKind("ticket numbers changed", _trigger("jira.issue.field.changed", watched), edited),
        RuleKind("issue created", _trigger("jira.issue.event.trigger:created"), edited),
    )
    of_issue = tuple(
        RuleKind(
            f"issue {event}",
            _trigger(f"jira.issue.event.trigger:{event}"),
            _body({"event": event} | names),
            everywhere=True,
        )
        for event in ("moved", "deleted")
    )
    return (*of_field, *of_issue) if field_id else of_issue


def _trigger(kind: str, value: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"component": "TRIGGER", "schemaVersion": 2, "type": kind, "value": value or {}}


def _body(fields: dict[str, str]) -> str:
    return json.dumps(fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """For whom and where rules are made: the account, the site, and the ids of the projects that count (none: all)."""

    account_id: str
    cloud_id: str
    projects: tuple[str, ...]

    def scopes(self, kind: RuleKind) -> list[str]:
        """The ARIs of what a rule applies to."""
        if self.projects and not kind.everywhere:
            return [f"ari:cloud:jira:{self.cloud_id}:project/{one}" for one in self.projects]
        return [f"ari:cloud:jira::site/{self.cloud_id}"]


def author_of(jira: JiraApi, project_keys: str) -> Author:
    """Who calls, with the projects of ProjectKeys.  Raises the errors of `linksync.errors`."""
    keys = [key for part in project_keys.split(",") if (key := part.strip())]
    return Author(
        account_id=jira.myself().account_id,
        cloud_id=jira.cloud_id(),
        projects=tuple(jira.project_id(key) for key in keys),
    )


def rule(kind: RuleKind, author: Author, *, url: str, token: str, state: str = "DISABLED") -> dict[str, Any]:
    """The whole rule."""
    action = {
        "url": url,
        "method": "POST",
        "headers": [{"name": "Authorization", "value": f"Bearer {token}", "headerSecure": True}],
        "sendIssue": False,
        "contentType": "custom",
        "customBody": kind.body,
    }
    return {
        "name": kind.title,
        "state": state,
        "notifyOnError": "FIRSTERROR",
        "canOtherRuleTrigger": True,
        "authorAccountId": author.account_id,
        "actor": {"type": "ACCOUNT_ID", "actor": author.account_id},
        "writeAccessType": "OWNER_ONLY",
        "trigger": kind.trigger,
        "components": [{"component": "ACTION", "schemaVersion": 1, "type": ACTION, "value": action}],
        "ruleScopeARIs": author.scopes(kind),
    }


def is_right(found: dict[str, Any], kind: RuleKind, url: str, author: Author) -> bool:
    """Whether a rule does what it should; its hidden header is not shown to anybody."""
    sent = [one.get("value", {}) for one in found.get("components", ()) if one.get("type") == ACTION]
    return (
        found.get("state") == "ENABLED"
        and found.get("trigger", {}).get("type") == kind.trigger["type"]
        and sorted(found.get("ruleScopeARIs") or ()) == sorted(author.scopes(kind))
        and any(one.get("url") == url and one.get("customBody") == kind.body for one in sent)
    )


class AutomationApi:
    """The rules of one site.  Everything raises the errors of `linksync.errors`; a dry run only tells its writes."""

    def __init__(self, calls: VendorCalls, cloud_id: str) -> None:
        base = calls.api.base_url
        site, gateway, _ = base.partition("/ex/jira/")
        self._calls = _at(calls, site if is_loopback(base) else GATEWAY_HOST) if gateway else calls
        self._path = _AT_GATEWAY if gateway else _AT_SITE
        self._cloud_id = cloud_id

    def ours(self) -> dict[str, dict[str, Any]] | None:
        """Our rules by their uuid; None where these credentials may not have any."""
        found: dict[str, dict[str, Any]] = {}
        for page in self._pages():
            if page is None:
                return None
            for summary in page.data:
                if summary.name.startswith(_PREFIX):
                    path = self._path + "/{uuid}"
                    shown = self._calls.read(path, RuleResponse, cloud_id=self._cloud_id, uuid=summary.uuid)
                    found[summary.uuid] = shown.rule
        return found

    def create(self, body: dict[str, Any]) -> str:
        """Makes a rule and enables it; its uuid, empty in a dry run."""
        response = self._calls.write("POST", self._path, {"rule": body}, cloud_id=self._cloud_id)
        made = response.read(RuleMade).rule_uuid if response else ""
        self._enable(made or "(new)", enabled=True)
        return made

    def replace(self, uuid: str, body: dict[str, Any]) -> None:
        """Writes the whole rule, enabled."""
        path = self._path + "/{uuid}"
        self._calls.write("PUT", path, {"rule": body | {"state": "ENABLED"}}, cloud_id=self._cloud_id, uuid=uuid)

    def delete(self, uuid: str) -> None:
        """Deletes a rule."""
        self._enable(uuid, enabled=False)
        self._calls.write("DELETE", self._path + "/{uuid}", cloud_id=self._cloud_id, uuid=uuid)

    def _enable(self, uuid: str, *, enabled: bool) -> None:
        body = {"value": "ENABLED" if enabled else "DISABLED"}
        self._calls.write("PUT", self._path + "/{uuid}/state", body, cloud_id=self._cloud_id, uuid=uuid)

    def _pages(self) -> Iterator[RulesPage | None]:
        query: dict[str, str] = {}
        while True:
            ids = {"cloud_id": self._cloud_id}
            response = self._calls.get(self._path + "/summary", ids=ids, query=query, accept=_MAYBE)
            if response.status != 200:
                yield None
                return
            page = response.read(RulesPage)
            yield page
            onward = dict(parse_qsl(urlsplit(page.links.get("next") or "").query))
            if not onward.get("cursor") or onward == query:
                return
            query = onward


def _at(calls: VendorCalls, host: str) -> VendorCalls:
    other = VendorCalls(replace(calls.api, base_url=host), dry_run=calls.dry_run)
    other.calls = calls.calls
    return other
