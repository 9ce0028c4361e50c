"""Zendesk's Webhooks API over the registry of webhooks.

Follows https://developer.zendesk.com/api-reference/webhooks/webhooks-api/webhooks/ and recorded answers: create answers
201, writes and deletion 204; PUT replaces everything, PATCH what it names; a POST to the signing secret resets it; the
kind of subscription cannot be changed.  `foreign_host` is what the links of the list of invocations name: a host that
need not be the account's.
"""

from collections.abc import Callable, Mapping
from typing import Any

from local.http.deliveries import Delivery, attempt
from local.http.messages import HttpRequest, Reply, Route
from local.zendesk.invocations import PAGE, attempts_of, headers, listed
from local.zendesk.replies import make_cursor, read_cursor
from local.zendesk.signing import PUBLIC_TEST_SECRET, TIMEOUT, signed
from local.zendesk.webhook_json import DETAILS, BadWebhook, apply, check, kinds_of, shown
from local.zendesk.webhooks import ZendeskWebhook, ZendeskWebhooks, new_id

WEBHOOKS = "/api/v2/webhooks"
WEBHOOK = WEBHOOKS + r"/([0-9A-Z]+)"
NOT_FOUND = Reply(404, {"errors": [{"code": "WebhookNotFound", "title": "Webhook not found"}]})


class WebhooksApi:
    """The handlers.  `own_secret_signs_tests` is whether a test of a saved webhook is signed with its own secret."""

    def __init__(self, webhooks: ZendeskWebhooks, clock: Callable[[], float]) -> None:
        self.own_secret_signs_tests = True
        self.foreign_host = "https://another-account.zendesk.com:443"
        self._webhooks = webhooks
        self._clock = clock

    def routes(self) -> list[Route]:
        """The documented paths."""
        return [
            ("GET", WEBHOOKS, self._list),
            ("POST", WEBHOOKS, self._create),
            ("POST", WEBHOOKS + "/test", self._test),
            ("GET", WEBHOOK, self._show),
            ("PUT", WEBHOOK, self._replace),
            ("PATCH", WEBHOOK, self._patch),
            ("DELETE", WEBHOOK, self._delete),
            ("GET", WEBHOOK + "/signing_secret", self._show_secret),
            ("POST", WEBHOOK + "/signing_secret", self._reset_secret),
            ("GET", WEBHOOK + "/invocations", self._invocations),
            ("GET", WEBHOOK + r"/invocations/([0-9A-Z]+)/attempts", self._attempts),
        ]

    def _list(self, request: HttpRequest) -> Reply:
        wanted = request.query.get("filter[name_contains]", "")
        status = request.query.get("filter[status]", "")
        rows = [shown(one) for one in reversed(self._webhooks.all()) if wanted in one.name]
        rows = [row for row in rows if status in ("", row["status"])]
        start, size = read_cursor(request.query.get("page[after]", "")), int(request.query.get("page[size]") or PAGE)
        more = len(rows) > start + size
        meta = {"has_more": more} | ({"after_cursor": make_cursor(start + size)} if more else {})
        return Reply(200, {"meta": meta, "webhooks": rows[start : start + size]})

    def _create(self, request: HttpRequest) -> Reply:
        if original := request.query.get("clone_webhook_id"):
            webhook = self._webhooks.get(original)
            if webhook is None:
                return NOT_FOUND
            asked = shown(webhook) | {"name": f"{webhook.name} (copy)"}
        else:
            asked = request.json()["webhook"]
        kinds = kinds_of(asked.get("subscriptions") or [])
        check(asked)
        webhook = self._webhooks.add(str(asked["name"]), kinds=kinds)
        apply(webhook, asked)
        webhook.created_at = self._clock()
        return Reply(201, {"webhook": shown(webhook)})

    def _show(self, request: HttpRequest) -> Reply:
        return self._with(request, lambda webhook: Reply(200, {"webhook": shown(webhook)}))

    def _replace(self, request: HttpRequest) -> Reply:
        asked = request.json()["webhook"]
        check(asked)
        blank = dict.fromkeys(DETAILS) | {"status": "active"}
        return self._with(request, lambda webhook: self._changed(webhook, blank | asked))

    def _patch(self, request: HttpRequest) -> Reply:
        return self._with(request, lambda webhook: self._changed(webhook, request.json()["webhook"]))

    def _changed(self, webhook: ZendeskWebhook, asked: Mapping[str, Any]) -> Reply:
        if "subscriptions" in asked:
            kinds = kinds_of(asked["subscriptions"])
            if bool(kinds) != bool(webhook.kinds):
                raise BadWebhook("Subscriptions cannot change their kind")
            webhook.kinds = kinds
        apply(webhook, asked)
        webhook.updated_at = self._clock()
        return Reply(204)

    def _delete(self, request: HttpRequest) -> Reply:
        def delete(webhook: ZendeskWebhook) -> Reply:
            self._webhooks.remove(webhook)
            return Reply(204)

        return self._with(request, delete)

    def _show_secret(self, request: HttpRequest) -> Reply:
        return self._with(request, lambda webhook: Reply(200, _secret(webhook)))

    def _reset_secret(self, request: HttpRequest) -> Reply:
        def reset(webhook: ZendeskWebhook) -> Reply:
            webhook.reset_secret()
            return Reply(201, _secret(webhook))

        return self._with(request, reset)

    def _invocations(self, request: HttpRequest) -> Reply:
        def page(webhook: ZendeskWebhook) -> Reply:
            rows = [row for row in listed(webhook.courier.deliveries) if _passes(row, request)]
            start, size = (
                read_cursor(request.query.get("page[after]", "")),
                int(request.query.get("page[size]") or PAGE),
            )
            more, after = len(rows) > start + size, make_cursor(start + size)
            url = f"{self.foreign_host}{request.path}?page[after]={after}"
            meta = {"has_more": more} | ({"after_cursor": after} if more else {})
            return Reply(200, {"meta": meta, "links": {"next": url if more else None, "prev": None},
                               "invocations": rows[start : start + size]})  # fmt: skip

        return self._with(request, page)

    def _attempts(self, request: HttpRequest) -> Reply:
        def attempts(webhook: ZendeskWebhook) -> Reply:
            found = [one for one in webhook.courier.deliveries if one.id == request.args[1]]
            rows = [row for one in found for row in attempts_of(webhook.webhook_id, one)]
            return Reply(200, {"attempts": rows}) if found else NOT_FOUND

        return self._with(request, attempts)

    def _test(self, request: HttpRequest) -> Reply:
        """Sends one request at once and answers what came back."""
        asked = request.json().get("request") or {}
        webhook = self._webhooks.get(request.query.get("webhook_id", ""))
        if webhook is None and "endpoint" not in asked:
            return NOT_FOUND
        body = str(asked.get("payload") or "{}").encode()
        own = webhook is not None and self.own_secret_signs_tests
        secret = webhook.secret if webhook and own else PUBLIC_TEST_SECRET
        proof = signed(webhook.webhook_id if webhook else new_id(), new_id(), secret, body)
        url = str(asked.get("endpoint") or (webhook.url if webhook else ""))
        method = str(asked.get("http_method") or "POST")
        delivery = Delivery("", "test", url, body, lambda _n: proof, method)
        tried = attempt(delivery, self._webhooks.pace.resolve(url), TIMEOUT)
        told = {"status_code": tried.status or 0, "headers": headers(tried.headers), "payload": tried.body}
        return Reply(200, {"response": told})

    def _with(self, request: HttpRequest, answer: Callable[[ZendeskWebhook], Reply]) -> Reply:
        webhook = self._webhooks.get(request.args[0])
        return answer(webhook) if webhook else NOT_FOUND


def _passes(row: Mapping[str, Any], request: HttpRequest) -> bool:
    at, query = str(row["latest_completed_at"]), request.query
    in_time = query.get("filter[from_ts]", "") <= at <= query.get("filter[to_ts]", "9")
    return in_time and query.get("filter[status]", "") in ("", row["status"])


def _secret(webhook: ZendeskWebhook) -> dict[str, Any]:
    return {"signing_secret": {"secret": webhook.secret, "algorithm": "SHA256"}}
