"""The simulated Zendesk: tickets, fields, both versions of the links API, credentials and limits."""

from collections.abc import Iterable

from local.http.messages import BadJson, Handler, HttpRequest, Reply, Route
from local.http.server import Site
from local.http.site_settings import SiteSettings
from local.zendesk.about import AboutApi
from local.zendesk.access import API_TOKEN, CLIENT_ID, CLIENT_SECRET, EMAIL, Access
from local.zendesk.exports import ExportsApi
from local.zendesk.fields import FieldsApi
from local.zendesk.limits import Limits
from local.zendesk.links_v1 import LinkTableV1
from local.zendesk.links_v2 import LinkTableV2
from local.zendesk.replies import BAD_REQUEST, NOT_FOUND, invalid
from local.zendesk.search_api import SearchApi
from local.zendesk.ticket import NoSuchTicket, TicketClosed
from local.zendesk.tickets import TicketStore
from local.zendesk.tickets_api import TicketsApi
from local.zendesk.triggers import TriggerRegistry
from local.zendesk.triggers_api import TriggersApi
from local.zendesk.webhooks import ZendeskWebhooks
from local.zendesk.webhooks_api import WebhooksApi

__all__ = ["API_TOKEN", "CLIENT_ID", "CLIENT_SECRET", "EMAIL", "Zendesk"]


class Zendesk(Site):
    """One Zendesk account.

    `tickets`, `links` (version 2), `links_v1`, `webhooks` and `triggers` are its state, to be edited and read
    in-process; `access`, `limits`, `fields`, `about`, `exports`, `search`, `webhooks_api` and `triggers_api` hold its
    settings, and switches for what the vendor leaves open.
    """

    def __init__(
        self,
        external_id: str,
        field_ids: Iterable[str] = (),
        settings: SiteSettings | None = None,
    ) -> None:
        super().__init__(settings)
        clock, pace = self.settings.clock, self.settings.pace
        self.tickets = TicketStore(field_ids, clock)
        self.links = LinkTableV2(external_id, clock)
        self.links_v1 = LinkTableV1(clock)
        self.access = Access()
        self.accounts = self.access.accounts
        self.limits = Limits(clock)
        self.fields = FieldsApi(self.tickets)
        self.about = AboutApi(self.access, external_id)
        self.exports = ExportsApi(self.tickets)
        self.search = SearchApi(self.tickets)
        self.webhooks = ZendeskWebhooks(pace)
        self.webhooks_api = WebhooksApi(self.webhooks, clock)
        self.triggers = TriggerRegistry(self.webhooks)
        self.triggers_api = TriggersApi(self.triggers, self.fields.titles, clock)
        self.tickets.listeners += [self.triggers.on_change, self.webhooks.on_change]
        self._tickets_api = TicketsApi(self.tickets)
        for part in (self.fields, self.about, self.exports, self.search, self.triggers_api, self._tickets_api):
            part.base_url = self.url
        self.links_v1.base_url = self.url

    def routes(self) -> list[Route]:
        """Every path of the account."""
        return [
            ("POST", "/oauth/tokens", self.access.issue_token),
            *self.about.routes(),
            *self._tickets_api.routes(),
            *self.fields.routes(),
            *self.exports.routes(),
            *self.search.routes(),
            *self.webhooks_api.routes(),
            *self.triggers_api.routes(),
            *self.links.routes(),
            *self.links_v1.routes(),
        ]

    def guard(self, request: HttpRequest, handler: Handler) -> Reply:
        """The limits, credentials and the links' own gate; then the handler."""
        return self.limits.guard(request, lambda: self._refusal(request, handler) or _handled(request, handler))

    def _refusal(self, request: HttpRequest, handler: Handler) -> Reply | None:
        refusal = self.access.refusal(request)
        table = getattr(handler, "__self__", None)
        if refusal is None and isinstance(table, LinkTableV1 | LinkTableV2):
            return table.gate(request)
        return refusal


def _handled(request: HttpRequest, handler: Handler) -> Reply:
    try:
        return handler(request)
    except NoSuchTicket:
        return NOT_FOUND
    except TicketClosed:
        return invalid("status", "Status: closed prevents ticket update")
    except (BadJson, KeyError, TypeError, ValueError):
        return BAD_REQUEST
