"""The guard before the local AWS, run as the emulator's own process: `python -P guard.py`, settings by environment.

MiniStack takes a request without a signature, or one with a key that everybody knows, for the account's root, and root
makes functions, which are code on this machine.  A web page could send such requests to every port of the loopback.  So
the guard stands in the same process, before MiniStack's application sees a request, and there is no port beside it.

It lets in a request for this host that no page has sent (a page's has an Origin) and that is signed with the random
access key of this emulator's root, or with the session that the emulator gave one of its functions.  Nobody checks the
signature itself: the access key is the secret.  Deliveries to the deployed API need no key, as on AWS: who sends them
is what linksync checks.
"""

import hmac
import os
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

API = "/_aws/execute-api/"

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_REFUSED = b'{"message": "refused: sign with the access key that the local AWS was started with"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """An ASGI application in front of another one.

    `key` is root's access key; `hosts` are the Host headers that mean this server; `session` says whether an access key
    and a session token belong to a function of this emulator.
    """

    behind: Application
    key: str
    hosts: frozenset[str]
    session: Callable[[str, str], bool]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection's worth of ASGI."""
        if scope["type"] == "lifespan" or (scope["type"] == "http" and self._admits(scope)):
            await self.behind(scope, receive, send)
        else:
            await _refuse(scope, send)

    def _admits(self, scope: Scope) -> bool:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if not for_this_host(headers.get("host", ""), headers.get("origin"), hosts=self.hosts):
            return False
        access_key = _access_key(headers.get("authorization", ""))
        if hmac.compare_digest(access_key.encode(), self.key.encode()) or scope["path"].startswith(API):
            return True
        token = headers.get("x-amz-security-token", "")
        return bool(token) and self.session(access_key, token)


def for_this_host(
    host: str, origin: str | None, *, hosts: frozenset[str], origins: frozenset[str] = frozenset()
) -> bool:
    """Whether a request is for this server under a name of its own, and sent by none but a page of these origins."""
    return host.lower() in hosts and (origin is None or origin in origins)


def _access_key(authorization: str) -> str:
    """Who signs, by `AWS4-HMAC-SHA256 Credential=<access key>/<scope>, …`."""
    return authorization.partition("Credential=")[2].partition("/")[0]


async def _refuse(scope: Scope, send: Send) -> None:
    if scope["type"] != "http":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_REFUSED)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": _REFUSED})


def _known_session(access_key: str, token: str) -> bool:
    """Whether the emulator made this session for a role; its root has none."""
    from ministack.core.iam_evaluator import (  # noqa: PLC0415  only here: who tests the guard needs no emulator
        ResolvedCredential,
        is_root_access_key,
        resolve_credential,
    )

    if is_root_access_key(access_key):
        return False
    return isinstance(resolve_credential(access_key, session_token=token), ResolvedCredential)


def main() -> None:
    """Runs the emulator behind the guard."""
    from ministack import app  # noqa: PLC0415  only here: who tests the guard needs no emulator

    port = os.environ["GATEWAY_PORT"]
    hosts = frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost"))
    # MiniStack takes the key of its own environment for root's; its functions get others.
    app.app = Guard(behind=app.app, key=os.environ["AWS_ACCESS_KEY_ID"], hosts=hosts, session=_known_session)
    app.main()


if __name__ == "__main__":
    main()
