"""The simulated Zendesk: tickets, the Links API V2, OAuth client credentials and API tokens.

Beside Zendesk's own paths there are a few to play with, marked "invented": Zendesk's merge, undelete and permanent
deletion are jobs with an answer of their own; here they happen at once.
"""

import hmac
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.http.credentials import Tokens, basic, bearer
from local.http.messages import BadJson, Handler, HttpRequest, Reply
from local.http.server import Site
from local.zendesk.links_v2 import LinkTableV2
from local.zendesk.tickets import NoSuchTicket, SimulatedTicket, TicketClosed, TicketStore

CLIENT_ID, CLIENT_SECRET = "linksync_local", "zendesk-client-secret-of-the-laptop-world"
EMAIL, API_TOKEN = "admin@acme.example", "zendesk-api-token-of-the-laptop-world"
SHORTEST_TOKEN, LONGEST_TOKEN = 300, 172_800
RECORD_NOT_FOUND = Reply(404, {"error": "RecordNotFound", "description": "Not found"})
NOT_AUTHENTICATED = Reply(401, {"error": "Couldn't authenticate you"})
INVALID_TOKEN = Reply(
    401,
    {
        "error": "invalid_token",
        "error_description": "The access token provided is expired, revoked, malformed or invalid for other reasons.",
    },
)
TICKET = r"/api/v2/tickets/(\d+)(?:\.json)?"
LINKS = r"/api/v2/integrations/jira/([^/]+)/links"
LINK = LINKS + r"/ticket/([^/]+)/issue/([^/]+)"


@dataclass(slots=True)
class RateLimit:
    """The plan's requests a minute.  Always shown in the headers; refused with 429 only where `enforced`."""

    per_minute: int = 700
    enforced: bool = False
    _minute: int = 0
    _used: int = 0

    def count(self) -> tuple[bool, dict[str, str]]:
        """Counts a request: whether it is within the limit, and the headers to answer with."""
        minute, second = divmod(int(time.time()), 60)
        if minute != self._minute:
            self._minute, self._used = minute, 0
        self._used += 1
        left = str(max(0, self.per_minute - self._used))
        headers = {
            "X-Rate-Limit": str(self.per_minute),
            "X-Rate-Limit-Remaining": left,
            "ratelimit-limit": str(self.per_minute),
            "ratelimit-remaining": left,
            "ratelimit-reset": str(60 - second),
        }
        return not self.enforced or self._used <= self.per_minute, headers


class Zendesk(Site):
    """One Zendesk account.  `tickets` and `links` are its state, to be edited and read in-process."""

    def __init__(self, external_id: str, field_ids: Iterable[str] = ()) -> None:
        super().__init__()
        self.tickets = TicketStore(field_ids)
        self.links = LinkTableV2(external_id)
        self.tokens = Tokens()
        self.clients: dict[str, str] = {CLIENT_ID: CLIENT_SECRET}
        self.api_tokens: dict[str, str] = {EMAIL: API_TOKEN}
        self.rate_limit = RateLimit()

    def routes(self) -> list[tuple[str, str, Handler]]:
        """Zendesk's paths, then the invented ones."""
        return [
            ("POST", "/oauth/tokens", self._issue_token),
            ("GET", TICKET, self._show_ticket),
            ("PUT", TICKET, self._edit_ticket),
            ("DELETE", TICKET, self._delete_ticket),
            ("POST", r"/api/v2/tickets(?:\.json)?", self._create_ticket),
            ("GET", LINKS, self.links.list),
            ("POST", LINKS, self.links.create),
            ("GET", LINK, self.links.show),
            ("DELETE", LINK, self.links.delete),
            ("POST", r"/_invented/tickets/(\d+)/(undelete|permanently_delete|mark_as_spam)", self._live),
            ("POST", r"/_invented/tickets/(\d+)/merge_into/(\d+)", self._merge),
        ]

    def guard(self, request: HttpRequest, handler: Handler) -> Reply:
        """Credentials, the rate limit and the links' own gate; then the handler."""
        within, headers = self.rate_limit.count()
        reply = Reply(429, "Too Many Requests", {"Retry-After": headers["ratelimit-reset"]})
        if within:
            reply = self._refusal(request) or self._handled(request, handler)
        return Reply(reply.status, reply.body, {**headers, **reply.headers})

    def _refusal(self, request: HttpRequest) -> Reply | None:
        if request.path == "/oauth/tokens" or request.path.startswith("/_invented/"):
            return None
        refusal = self._unauthenticated(request)
        if refusal is None and request.path.startswith("/api/v2/integrations/jira/"):
            return self.links.gate(request)
        return refusal

    def _unauthenticated(self, request: HttpRequest) -> Reply | None:
        token, user = bearer(request), basic(request)
        if token is not None:
            grant = self.tokens.grant(token)
            scope = "read" if request.method == "GET" else "write"
            if grant is None:
                return INVALID_TOKEN
            return None if scope in grant.scopes else Reply(403, {"error": "Forbidden", "description": "Missing scope"})
        if user is None or not user[0].endswith("/token"):
            return NOT_AUTHENTICATED
        secret = self.api_tokens.get(user[0].removesuffix("/token"), "")
        return None if secret and hmac.compare_digest(secret.encode(), user[1].encode()) else NOT_AUTHENTICATED

    def _handled(self, request: HttpRequest, handler: Handler) -> Reply:
        try:
            return handler(request)
        except NoSuchTicket:
            return RECORD_NOT_FOUND
        except TicketClosed:
            return Reply(422, {"error": "RecordInvalid", "description": "Status: closed prevents ticket update"})
        except (BadJson, KeyError, TypeError, ValueError):
            return Reply(400, {"error": "BadRequest", "description": "Unprocessable request body"})

    def _issue_token(self, request: HttpRequest) -> Reply:
        asked = request.json()
        if asked.get("grant_type") != "client_credentials":
            return Reply(400, {"error": "unsupported_grant_type"})
        secret = self.clients.get(str(asked.get("client_id")))
        if secret is None or secret != asked.get("client_secret"):
            return Reply(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
        seconds = int(asked.get("expires_in", LONGEST_TOKEN))
        if not SHORTEST_TOKEN <= seconds <= LONGEST_TOKEN:
            return Reply(400, {"error": "invalid_request", "error_description": "expires_in is out of range"})
        scope = str(asked.get("scope") or "read")
        token = self.tokens.issue(seconds, scope)
        return Reply(200, {"access_token": token, "token_type": "bearer", "scope": scope, "expires_in": seconds})

    def _show_ticket(self, request: HttpRequest) -> Reply:
        return Reply(200, {"ticket": _shown(self.tickets.get(int(request.args[0])))})

    def _edit_ticket(self, request: HttpRequest) -> Reply:
        asked = request.json()["ticket"]
        ticket = self.tickets.edit(
            int(request.args[0]), _fields(asked), status=asked.get("status"), tags=asked.get("tags")
        )
        return Reply(200, {"ticket": _shown(ticket)})

    def _create_ticket(self, request: HttpRequest) -> Reply:
        number = self.tickets.create(_fields(request.json()["ticket"]))
        return Reply(201, {"ticket": _shown(self.tickets.get(number))})

    def _delete_ticket(self, request: HttpRequest) -> Reply:
        self.tickets.soft_delete(int(request.args[0]))
        return Reply(204)

    def _live(self, request: HttpRequest) -> Reply:
        getattr(self.tickets, request.args[1])(int(request.args[0]))
        return Reply(204)

    def _merge(self, request: HttpRequest) -> Reply:
        self.tickets.merge(int(request.args[0]), int(request.args[1]))
        return Reply(204)


def _fields(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {str(one["id"]): one["value"] for one in asked.get("custom_fields", [])}


def _shown(ticket: SimulatedTicket) -> dict[str, Any]:
    fields = [{"id": int(field_id), "value": value} for field_id, value in ticket.fields.items()]
    return {
        "id": ticket.id,
        "subject": f"Ticket {ticket.id}",
        "status": ticket.status,
        "tags": ticket.tags,
        "custom_fields": fields,
        "fields": fields,
        "created_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ticket.created_at)),
        "updated_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ticket.updated_at)),
    }
