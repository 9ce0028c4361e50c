"""Who calls the simulated Jira.

Follows Atlassian's pages on API tokens and service accounts: a caller with bad Basic credentials is taken for an
anonymous one, who sees no issue (404, not 401); a bad bearer token is 401 everywhere; a scoped token is good at the
gateway's path (`/ex/jira/{cloudId}`) alone, and nobody but a person's unscoped token may manage webhooks.
"""

import hmac

from local.http.credentials import Accounts, basic, bearer
from local.http.messages import HttpRequest, Reply

EMAIL, API_TOKEN = "bot@acme.example", "jira-api-token-of-the-laptop-world"
CLIENT_ID, CLIENT_SECRET = "jira-client-of-the-laptop-world", "jira-client-secret-of-the-laptop-world"
ACCOUNT_ID = "5b10a2844c20165700ede21g"
TOKEN_SECONDS = 3600
GATEWAY = "/ex/jira/"
AUTOMATION = "/automation/public/"  # Atlassian's own host as well
UNKNOWN_CLIENT = Reply(401, {"error": "access_denied", "error_description": "Unauthorized"})
UNAUTHORIZED = Reply(401, "Client must be authenticated to access this resource.")
BAD_TOKEN = Reply(401, {"code": 401, "message": "Unauthorized"})
NOT_ALLOWED = Reply(403, {"errorMessages": ["You do not have permission to perform this operation."], "errors": {}})


class Access:
    """The site's credentials.

    scoped: whether the API token is a scoped one.  oauth_at_gateway_only: whether OAuth's tokens are good at the
    gateway's path alone, as they are at Atlassian.  admin: whether the user administers Jira.
    """

    def __init__(self, cloud_id: str) -> None:
        self.accounts = Accounts(clients={CLIENT_ID: CLIENT_SECRET}, api_tokens={EMAIL: API_TOKEN})
        self.cloud_id = cloud_id
        self.scoped = False
        self.oauth_at_gateway_only = False
        self.admin = True

    def known(self, request: HttpRequest) -> bool:
        """Whether the caller is somebody, not anonymous."""
        gateway = request.path.startswith((GATEWAY, AUTOMATION))
        if bearer(request) is not None:
            token = self.accounts.tokens.grant(bearer(request) or "")
            return token is not None and (gateway or not self.oauth_at_gateway_only)
        user = basic(request)
        if user is None or (self.scoped and not gateway):
            return False
        token_of_user = self.accounts.api_tokens.get(user[0], "")
        return bool(token_of_user) and hmac.compare_digest(token_of_user.encode(), user[1].encode())

    def refusal(self, request: HttpRequest) -> Reply | None:
        """401 for a bad bearer token, whatever it asks for; 404 at another site's gateway path."""
        if bearer(request) is not None and not self.known(request):
            return BAD_TOKEN
        if request.path.startswith(GATEWAY) and request.path.split("/")[3] != self.cloud_id:
            return Reply(404, {"code": 404, "message": "Not Found"})
        return None

    def writes(self, request: HttpRequest) -> Reply | None:
        """What keeps the caller from writing, if anything does."""
        return None if self.known(request) else UNAUTHORIZED

    def administers(self, request: HttpRequest) -> Reply | None:
        """What keeps the caller from administering, if anything does."""
        return self.writes(request) or (None if self.admin else NOT_ALLOWED)

    def manages_webhooks(self, request: HttpRequest) -> Reply | None:
        """As `administers`, and only with a person's unscoped token."""
        unscoped = bearer(request) is None and not self.scoped
        return self.administers(request) or (None if unscoped else NOT_ALLOWED)

    def issue_token(self, request: HttpRequest) -> Reply:
        """POST /oauth/token, for client credentials alone."""
        if refusal := self.accounts.client_refusal(request.json(), UNKNOWN_CLIENT):
            return refusal
        token = self.accounts.tokens.issue(TOKEN_SECONDS)
        return Reply(200, {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS})
