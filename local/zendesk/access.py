"""Who calls the simulated Zendesk, and what they may do.

Follows https://developer.zendesk.com/api-reference/introduction/security-and-auth/ and the page on OAuth's client
credentials: a bad bearer token is 401 everywhere; bad Basic credentials are 401 but at `users/me`, which answers for
"Anonymous user"; an unknown scope still yields a token, which then may do nothing.
"""

import hmac
import re

from local.http.credentials import Accounts, basic, bearer
from local.http.messages import HttpRequest, Reply
from local.zendesk.replies import forbidden

CLIENT_ID, CLIENT_SECRET = "linksync_local", "zendesk-client-secret-of-the-laptop-world"
EMAIL, API_TOKEN = "admin@acme.example", "zendesk-api-token-of-the-laptop-world"
SHORTEST_TOKEN, LONGEST_TOKEN = 300, 172_800
USUAL_TOKEN = 1_800
UNKNOWN_CLIENT = Reply(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
NOT_AUTHENTICATED = Reply(401, {"error": "Couldn't authenticate you"})
INVALID_TOKEN = Reply(
    401,
    {
        "error": "invalid_token",
        "error_description": "The access token provided is expired, revoked, malformed or invalid for other reasons.",
    },
)
NOT_ADMIN = "You do not have access to this page. Please contact the account owner of this help desk for further help."
FOR_ADMINS = re.compile(
    r"/api/v2/(incremental|webhooks|triggers|integrations|jira|ticket_forms|deleted_tickets)\b.*|/api/(v2/)?services/.*"
)
ME = re.compile(r"/api/v2/users/me(\.json)?")


class Access:
    """The account's credentials.

    `role` is what the user behind them is: `admin` or `agent`.  `allowed_scopes`, where set, are the only ones that the
    OAuth client may ask for.
    """

    def __init__(self) -> None:
        self.accounts = Accounts(clients={CLIENT_ID: CLIENT_SECRET}, api_tokens={EMAIL: API_TOKEN})
        self.role = "admin"
        self.allowed_scopes: frozenset[str] | None = None

    def refusal(self, request: HttpRequest) -> Reply | None:
        """What keeps the caller from this path, if anything does."""
        if request.path == "/oauth/tokens":
            return None
        refusal = self._token_refusal(request) if bearer(request) is not None else None
        if refusal is None and not self.known(request) and not ME.fullmatch(request.path):
            refusal = NOT_AUTHENTICATED
        if refusal is None and self.role != "admin" and FOR_ADMINS.fullmatch(request.path):
            refusal = forbidden(NOT_ADMIN)
        return refusal

    def known(self, request: HttpRequest) -> bool:
        """Whether the caller is who they say, and not anonymous."""
        token, user = bearer(request), basic(request)
        if token is not None:
            return self.accounts.tokens.grant(token) is not None
        if user is None or not user[0].endswith("/token"):
            return False
        secret = self.accounts.api_tokens.get(user[0].removesuffix("/token"), "")
        return bool(secret) and hmac.compare_digest(secret.encode(), user[1].encode())

    def _token_refusal(self, request: HttpRequest) -> Reply | None:
        grant = self.accounts.tokens.grant(bearer(request) or "")
        if grant is None:
            return INVALID_TOKEN
        kind = "read" if request.method == "GET" else "write"
        resource = request.path.removeprefix("/api/v2/").partition("/")[0].removesuffix(".json")
        return None if grant.scopes & {kind, f"{resource}:{kind}"} else forbidden("Missing scope")

    def issue_token(self, request: HttpRequest) -> Reply:
        """POST /oauth/tokens, for client credentials alone."""
        asked = request.json()
        if refusal := self.accounts.client_refusal(asked, UNKNOWN_CLIENT):
            return refusal
        seconds = int(asked.get("expires_in", USUAL_TOKEN))
        if not SHORTEST_TOKEN <= seconds <= LONGEST_TOKEN:
            return Reply(400, {"error": "invalid_request", "error_description": "expires_in is out of range"})
        scope = str(asked.get("scope") or "read")
        if self.allowed_scopes is not None and not self.allowed_scopes.issuperset(scope.split()):
            return Reply(400, {"error": "invalid_scope", "error_description": "The requested scope is invalid"})
        token = self.accounts.tokens.issue(seconds, scope)
        return Reply(200, {"access_token": token, "token_type": "bearer", "scope": scope, "expires_in": seconds})
