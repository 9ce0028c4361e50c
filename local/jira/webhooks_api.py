"""Jira's API for administrators' webhooks, over the registry of webhooks.

Follows https://developer.atlassian.com/cloud/jira/platform/webhooks/#registering-a-webhook-via-the-jira-rest-api-for-admins
and what public tools show: the list is a bare array, an id is the end of `self`, a secret is written and never read, at
most 100 webhooks are active.
"""

from collections.abc import Callable, Mapping
from typing import Any

from local.http.messages import HttpRequest, Reply, Route
from local.jira.access import ACCOUNT_ID, Access
from local.jira.webhooks import JiraWebhook, JiraWebhooks

PATH = r"(?:/ex/jira/[^/]+)?/rest/webhooks/1\.0/webhook"
FILTER = "issue-related-events-section"
MOST = 100
NOT_FOUND = Reply(404, {"messages": [{"key": "Webhook not found", "arguments": []}]})


class WebhooksApi:
    """The handlers, for administrators with an unscoped token."""

    def __init__(self, webhooks: JiraWebhooks, access: Access, base_url: str, clock: Callable[[], float]) -> None:
        self._webhooks = webhooks
        self._access = access
        self._base_url = base_url
        self._clock = clock

    def routes(self) -> list[Route]:
        """The documented paths."""
        handlers: list[Route] = [
            ("GET", PATH + "/?", self._list),
            ("POST", PATH + "/?", self._create),
            ("GET", PATH + r"/(\d+)", self._show),
            ("PUT", PATH + r"/(\d+)", self._update),
            ("DELETE", PATH + r"/(\d+)", self._delete),
        ]
        return [(method, path, self._for_admins(handler)) for method, path, handler in handlers]

    def _list(self, _request: HttpRequest) -> Reply:
        return Reply(200, [self._shown(webhook) for webhook in self._webhooks.all()])

    def _create(self, request: HttpRequest) -> Reply:
        asked = request.json()
        if refusal := _refusal(asked):
            return refusal
        if sum(webhook.enabled for webhook in self._webhooks.all()) >= MOST:
            return _invalid("The limit of webhooks is reached.")
        webhook = self._webhooks.add(
            str(asked["name"]), str(asked.get("secret") or ""), events=asked.get("events") or []
        )
        self._apply(webhook, asked)
        return Reply(201, self._shown(webhook))

    def _show(self, request: HttpRequest) -> Reply:
        webhook = self._webhooks.get(int(request.args[0]))
        return Reply(200, self._shown(webhook)) if webhook else NOT_FOUND

    def _update(self, request: HttpRequest) -> Reply:
        webhook, asked = self._webhooks.get(int(request.args[0])), request.json()
        if webhook is None:
            return NOT_FOUND
        if refusal := _refusal({"name": webhook.name, "url": webhook.url} | asked):
            return refusal
        if asked.get("secret"):
            webhook.secret = str(asked["secret"])
        self._apply(webhook, asked)
        return Reply(200, self._shown(webhook))

    def _delete(self, request: HttpRequest) -> Reply:
        webhook = self._webhooks.get(int(request.args[0]))
        if webhook is None:
            return NOT_FOUND
        self._webhooks.remove(webhook)
        return Reply(204)

    def _apply(self, webhook: JiraWebhook, asked: Mapping[str, Any]) -> None:
        webhook.name = str(asked.get("name") or webhook.name)
        webhook.url = str(asked.get("url") or webhook.url)
        webhook.events = list(asked.get("events", webhook.events))
        webhook.description = str(asked.get("description", webhook.description))
        webhook.jql = str((asked.get("filters") or {FILTER: webhook.jql}).get(FILTER, ""))
        webhook.exclude_body = bool(asked.get("excludeBody", webhook.exclude_body))
        webhook.enabled = bool(asked.get("enabled", webhook.enabled))
        webhook.updated_at = self._clock()

    def _shown(self, webhook: JiraWebhook) -> dict[str, Any]:
        return {
            "name": webhook.name,
            "description": webhook.description,
            "url": webhook.url,
            "excludeBody": webhook.exclude_body,
            "filters": {FILTER: webhook.jql},
            "events": webhook.events,
            "enabled": webhook.enabled,
            "isSigned": bool(webhook.secret),
            "self": f"{self._base_url}/rest/webhooks/1.0/webhook/{webhook.number}",
            "lastUpdatedUser": ACCOUNT_ID,
            "lastUpdatedDisplayName": "Agent One",
            "lastUpdated": int(webhook.updated_at * 1000),
        }

    def _for_admins(self, handler: Callable[[HttpRequest], Reply]) -> Callable[[HttpRequest], Reply]:
        return lambda request: self._access.manages_webhooks(request) or handler(request)


def _refusal(asked: Mapping[str, Any]) -> Reply | None:
    if not asked.get("name"):
        return _invalid("The name of the webhook cannot be empty.")
    if not str(asked.get("url", "")).startswith(("http://", "https://")):
        return _invalid("The URL of the webhook is not valid.")
    return None


def _invalid(why: str) -> Reply:
    return Reply(400, {"messages": [{"key": why, "arguments": []}]})
