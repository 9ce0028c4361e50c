"""How linksync proves who it is: Basic with an API token, or a bearer token got with OAuth client credentials.

Zendesk: https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/
Jira: https://support.atlassian.com/user-management/docs/create-oauth-2-0-credential-for-service-accounts/
"""

import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import Field

from linksync.errors import Misconfigured, UpstreamForbidden, UpstreamUnavailable
from linksync.outbound.credentials import ApiToken, CredentialsSource, OAuthClient, credentials_of
from linksync.outbound.http_api import Call, HttpApi
from linksync.outbound.responses import ResponseModel

# 400 is how RFC 6749 has a token endpoint refuse a client.
TOKEN_REFUSALS = frozenset({400, 401, 403})
_EARLY = 60.0  # seconds before its end that a token is replaced
_DEFAULT_LIFE = 600.0  # seconds that a token is used for when its endpoint does not tell its life


class _TokenResponse(ResponseModel):
    access_token: str = Field(pattern=r"^[!-~]+$", repr=False)
    expires_in: float | None = Field(default=None, gt=0)


@dataclass(frozen=True, slots=True)
class _Token:
    value: str = field(repr=False)
    client: OAuthClient
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEndpoint:
    """Where bearer tokens come from.  `extra` joins grant type, client id and client secret in the request's body."""

    api: HttpApi
    path: str
    extra: Mapping[str, object] = field(default_factory=dict)

    def fetch(self, client: OAuthClient) -> tuple[str, float]:
        """A new token and its seconds of life.  Raises UpstreamForbidden when the client is refused."""
        body = {
            "grant_type": "client_credentials",
            "client_id": client.client_id,
            "client_secret": client.client_secret.get_secret_value(),
            **self.extra,
        }
        try:
            response = self.api.send(Call(method="POST", path=self.path, body=body), accept=frozenset({200, 201}))
            token = response.read(_TokenResponse)
        except UpstreamUnavailable as error:  # whatever the token was for has not been sent
            raise UpstreamUnavailable(str(error), retry_after=error.retry_after, maybe_applied=False) from None
        return token.access_token, token.expires_in or _DEFAULT_LIFE


class CredentialsAuth:
    """Authorization headers for one vendor, from whatever the secret holds for it at the moment."""

    def __init__(
        self,
        *,
        vendor: str,
        source: CredentialsSource,
        tokens: TokenEndpoint,
        basic_user: Callable[[str], str],
        clock: Callable[[], float] = time.time,  # not a monotonic one, which may stand still while a function is frozen
    ) -> None:
        """`vendor` is its name in the secret; `basic_user` turns an e-mail address into Basic's user name."""
        self._vendor = vendor
        self._source = source
        self._tokens = tokens
        self._basic_user = basic_user
        self._clock = clock
        self._token: _Token | None = None

    def header(self) -> str:
        """The Authorization header's value.

        A secret that does not serve is read anew first, for it may have been changed; only then are Misconfigured and
        UpstreamForbidden raised.
        """
        document = self._source()
        try:
            return self._header(document)
        except (Misconfigured, UpstreamForbidden):
            fresh = self._source(fresh=True)
            if fresh == document:
                raise
        return self._header(fresh)

    def renew(self) -> None:
        """After a 401: drop the token, and have the secret read anew."""
        self._token = None
        self._source(fresh=True)

    def _header(self, document: Mapping[str, object]) -> str:
        match credentials_of(document, self._vendor):
            case OAuthClient() as client:
                return f"Bearer {self._bearer(client)}"
            case ApiToken(email=email, api_token=token):
                pair = f"{self._basic_user(email)}:{token.get_secret_value()}"
                return f"Basic {b64encode(pair.encode()).decode()}"

    def _bearer(self, client: OAuthClient) -> str:
        held = self._token
        if held is None or held.client != client or self._clock() >= held.until:
            asked_at = self._clock()
            value, life = self._tokens.fetch(client)
            held = self._token = _Token(value, client, asked_at + life - min(_EARLY, life / 2))
        return held.value
