"""Hostile requests, drawn from a seeded generator: mutations of the samples, and structural garbage."""

import copy
import json
from dataclasses import dataclass
from random import Random
from typing import Any

from linksync.inbound.webhook_secret import ZENDESK_TEST_SECRET
from tests.receivers import samples
from tests.receivers.signed_requests import AUTOMATION, JIRA, ROUTES, ZENDESK, Event, gateway, genuine, proof

PRIVATE = "a-customers-private-words"  # put into bodies; must never be seen in a log line
_ALL = [(samples.route_of(path), path.read_bytes()) for path in samples.bodies()]
_BODIES = {route: [body for of, body in _ALL if of == route] for route in ROUTES}
_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**19, 10**400, 1e308, float("nan"), "", "0", " ", "\x00", "\ud800", "é" * 9,
    "x" * 5000, [], {}, [[]], {"": ""}, {"id": {"id": []}}, [None] * 50, {"value": "1", "id": "2"},
    "zen:ticket:0", b"bytes", (1, 2),
)  # fmt: skip
_FRAGMENTS = (
    b'"', b"\\", b"\n", b"\x00", b"\xff\xfe", b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b"[" * 3000,
    b'{"a":' * 3000, b"]", b"}", b',"ticket_id":"666"', b',"issue_id":"666"', b'"ticket_id": 5', b'\\ud800',
    b"\xed\xa0\x80", b"\xef\xbb\xbf", b"/*", b"'",
    b'", "type": "zen:event-type:ticket.permanently_deleted", "x": "', PRIVATE.encode(),
)  # fmt: skip


@dataclass(frozen=True)
class Attempt:
    """A request; `proven` says whether it came from the real sender (None: it was damaged on the way)."""

    kind: str
    route: str
    event: Any
    proven: bool | None


def attempt(rng: Random) -> Attempt:
    """The next hostile request."""
    route = rng.choice(ROUTES)
    kind = rng.choice(("genuine", "forged", "forged", "garbage", "mangled"))
    if kind == "genuine":
        body = _body(rng, route)
        return Attempt(kind, route, gateway(route, body, proof(route, body)), True)
    if kind == "forged":
        return Attempt(kind, route, _forged(rng, route), False)
    if kind == "garbage":
        return Attempt(kind, route, _damaged(rng, _forged(rng, route), rng.randint(1, 6)), False)
    event = genuine(route, _body(rng, route))
    return Attempt(kind, route, _damaged(rng, event, rng.randint(1, 3)), None)


def _body(rng: Random, route: str) -> bytes:
    make = rng.choice((_as_it_is, _spliced, _spliced, _restructured, _restructured, _nonsense))
    body = make(rng, rng.choice(_BODIES[route]))
    if rng.random() < 0.002:
        body += b" " * rng.choice((5_242_880, 10_000_000))
    return body


def _as_it_is(_rng: Random, body: bytes) -> bytes:
    return body


def _spliced(rng: Random, body: bytes) -> bytes:
    for _ in range(rng.randint(1, 4)):
        start = rng.randint(0, len(body))
        end = min(len(body), start + rng.choice((0, 0, 1, 5, 100)))
        body = body[:start] + rng.choice(_FRAGMENTS) + body[end:]
    return body


def _restructured(rng: Random, body: bytes) -> bytes:
    try:
        document = json.loads(body)
    except ValueError:
        return _spliced(rng, body)
    text = json.dumps(_damaged(rng, document, rng.randint(1, 4)), default=str)
    return text.encode(rng.choice(("utf-8", "utf-8", "utf-8", "utf-16", "utf-32", "utf-8-sig")), "surrogatepass")


def _nonsense(rng: Random, body: bytes) -> bytes:
    return rng.choice((
        lambda: b"",
        lambda: rng.randbytes(rng.randint(1, 300)),
        lambda: b"[" + body + b"]",
        lambda: json.dumps(body.decode(errors="replace")).encode(),
        lambda: b'{"a":' * rng.choice((10, 1000, 100_000)),
        lambda: b"[" * rng.choice((900, 10_000, 200_000)),
        lambda: body + body,
        lambda: body[: rng.randint(0, len(body))],
        lambda: json.dumps({"ticket_id": "4711", "issue_keys": " ".join(f"SHOP-{n}" for n in range(1, 700))}).encode(),
        lambda: json.dumps({"ticket_id": "4711", "issue_keys": rng.choice("-S1/ \\&%") * 20_000}).encode(),
    ))()  # fmt: skip


def _forged(rng: Random, route: str) -> Event:
    body = _body(rng, route)
    headers: dict[str, Any] = rng.choice((_none, _of_another_body, _of_another_route, _wrong, _stale))(rng, route, body)
    event = gateway(route, body, headers)
    rng.choice((_untouched, _repeated, _oversized, _unencoded))(rng, event, headers)
    return event


def _none(_rng: Random, _route: str, _body: bytes) -> dict[str, Any]:
    return {}


def _of_another_body(rng: Random, route: str, body: bytes) -> dict[str, Any]:
    return _wrong(rng, route, body) if route == AUTOMATION else proof(route, body + b".")


def _of_another_route(rng: Random, route: str, body: bytes) -> dict[str, Any]:
    return proof(rng.choice([other for other in ROUTES if other != route]), body)


def _wrong(rng: Random, route: str, body: bytes) -> dict[str, Any]:
    headers: dict[str, Any] = dict(proof(route, body))
    name = {ZENDESK: "X-Zendesk-Webhook-Signature", JIRA: "X-Hub-Signature", AUTOMATION: "Authorization"}[route]
    right = headers[name]
    headers[name] = rng.choice((
        "", right[:-2], right + "x", right.swapcase()[::-1], right.replace("sha256", "sha1")[1:], "é" * 44, "\ud800",
        5, None, [right[:-3]], "sha256=" + "0" * 64, "Bearer " + ZENDESK_TEST_SECRET, "Basic " + right,
        right + "\n", "\x00" + right,
    ))  # fmt: skip
    return headers


def _stale(rng: Random, route: str, body: bytes) -> dict[str, Any]:
    if route != ZENDESK:
        return _wrong(rng, route, body)
    return proof(route, body, at=rng.choice((0, 1e9, 1.7e9, 2e9, 4e9)))


def _untouched(_rng: Random, _event: Event, _headers: dict[str, Any]) -> None:
    pass


def _repeated(_rng: Random, event: Event, headers: dict[str, Any]) -> None:
    event["multiValueHeaders"] = {name: [value, value] for name, value in headers.items()}


def _oversized(_rng: Random, event: Event, headers: dict[str, Any]) -> None:
    event["multiValueHeaders"] = {name: [str(value) * 3000] for name, value in headers.items()}


def _unencoded(rng: Random, event: Event, _headers: dict[str, Any]) -> None:
    event["isBase64Encoded"] = rng.choice((False, None, "true", 0, []))


def _damaged(rng: Random, root: Any, times: int) -> Any:
    """A copy with some of its nodes replaced, removed, or put elsewhere."""
    root = copy.deepcopy(root)
    for _ in range(times):
        nodes = list(_nodes(root))
        if not nodes:
            return rng.choice(_ODD)
        holder, key = rng.choice(nodes)
        rng.choice((_replace, _replace, _remove, _swap, _prolong))(rng, holder, key, nodes)
    return rng.choice(_ODD) if rng.random() < 0.01 else root


def _nodes(root: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    todo = [root]
    while todo:
        holder = todo.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        found += [(holder, key) for key in keys]
        todo += [holder[key] for key in keys]
    return found


def _replace(rng: Random, holder: Any, key: Any, _nodes: list[tuple[Any, Any]]) -> None:
    holder[key] = copy.deepcopy(rng.choice(_ODD))


def _remove(_rng: Random, holder: Any, key: Any, _nodes: list[tuple[Any, Any]]) -> None:
    del holder[key]


def _swap(rng: Random, holder: Any, key: Any, nodes: list[tuple[Any, Any]]) -> None:
    other, name = rng.choice(nodes)
    holder[key] = copy.deepcopy(other[name])


def _prolong(_rng: Random, holder: Any, key: Any, _nodes: list[tuple[Any, Any]]) -> None:
    value = holder[key]
    holder[key] = f"{value} {PRIVATE}" if isinstance(value, str) else [value] * 3
