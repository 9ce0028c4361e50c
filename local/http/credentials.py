"""How the simulated vendors know a caller: OAuth client credentials and Basic authentication."""

import base64
import binascii
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.http.messages import HttpRequest, Reply


@dataclass(frozen=True, slots=True)
class Grant:
    """A token that was issued: until when (seconds since the epoch) and for which scopes it is good."""

    until: float
    scopes: frozenset[str]


@dataclass(slots=True)
class Tokens:
    """The access tokens that a site has issued."""

    _grants: dict[str, Grant] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def issue(self, seconds: float, scopes: str = "") -> str:
        """A new token, good for so long."""
        token = secrets.token_hex(24)
        with self._lock:
            self._grants[token] = Grant(time.time() + seconds, frozenset(scopes.split()))
        return token

    def grant(self, token: str) -> Grant | None:
        """What the token is good for; None when it is unknown, revoked or over."""
        with self._lock:
            grant = self._grants.get(token)
        return grant if grant and grant.until > time.time() else None

    def revoke_all(self) -> None:
        """Makes every token that was issued so far worthless, as an administrator can at any time."""
        with self._lock:
            self._grants.clear()


@dataclass(slots=True)
class Accounts:
    """Whom a site knows: OAuth clients and API tokens with their secrets, and the access tokens that it issued."""

    clients: dict[str, str]
    api_tokens: dict[str, str]
    tokens: Tokens = field(default_factory=Tokens)

    def client_refusal(self, asked: Mapping[str, Any], unknown: Reply) -> Reply | None:
        """Why a request for client credentials gets no token: `unknown` when id and secret do not belong together."""
        if asked.get("grant_type") != "client_credentials":
            return Reply(400, {"error": "unsupported_grant_type"})
        secret = self.clients.get(str(asked.get("client_id")))
        return unknown if secret is None or secret != asked.get("client_secret") else None


def bearer(request: HttpRequest) -> str | None:
    """The bearer token of the request, or None."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def basic(request: HttpRequest) -> tuple[str, str] | None:
    """User and password of the request's Basic authentication, or None."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return user, password
