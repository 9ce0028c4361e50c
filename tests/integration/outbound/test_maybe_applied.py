"""Every failure against the question that ownership hangs on: whether the call may have been applied all the same."""

import os
import socket

import pytest
import responses

from linksync.core.issue import Issue
from linksync.errors import LinksyncError, UpstreamThrottled, UpstreamUnavailable
from linksync.outbound import connections
from linksync.outbound.http_api import HttpApi
from linksync.outbound.links_v2 import LinksV2
from linksync.outbound.vendor_apis import VendorApis
from tests.integration.outbound.simulated_vendors import Act, Loopback, Vault, sends, waits

LINKS = "https://acme.zendesk.com/api/v2/integrations/jira/ext-1/links"
LINK = f"{LINKS}/ticket/5001/issue/10001"
ISSUE = Issue("10001", "PROJ-123")

RESPONSES = {
    (200, "an unpromised success"): True,
    (202, "an unpromised success"): True,
    (408, "the server stopped waiting"): True,
    (409, "a conflict"): False,
    (425, "the server did not want to begin"): False,
    (429, "throttled"): False,
    (500, "may come after the commit"): True,
    (501, "any other 5xx"): True,
    (502, "a gateway's"): True,
    (503, "a gateway's, whose connection broke"): True,
    (504, "a gateway's"): True,
    (520, "an edge's"): True,
    (599, "any other 5xx"): True,
}


def maybe_applied(error: LinksyncError) -> bool:
    """As the worker asks it."""
    return isinstance(error, UpstreamUnavailable) and error.maybe_applied


def failures(api: HttpApi, count: int = 2) -> list[LinksyncError]:
    """What a create and a delete raise."""
    links = LinksV2(zendesk=api, external_id="ext-1").of_ticket("5001")
    calls = (
        lambda: links.create(ISSUE),
        lambda: links.delete("10001"),
    )
    errors = []
    for call in calls[:count]:
        with pytest.raises((UpstreamUnavailable, UpstreamThrottled)) as caught:
            call()
        errors.append(caught.value)
    return errors


@pytest.mark.parametrize(("status", "expected"), [(status, expected) for (status, _), expected in RESPONSES.items()])
@pytest.mark.parametrize("body", ["<html>", '{"error": "SomeWord"}'])
def test_every_status(
    recorded: responses.RequestsMock, zendesk: HttpApi, status: int, expected: bool, body: str
) -> None:
    recorded.post(LINKS, status=status, body=body)
    recorded.delete(LINK, status=status, body=body)
    assert [maybe_applied(error) for error in failures(zendesk)] == [expected, expected]


@pytest.mark.parametrize("value", ["7", "0", "Tue, 14 Nov 2023 22:15:20 GMT", "soon"])
def test_a_503_that_says_when_to_come_again_was_not_applied(
    recorded: responses.RequestsMock, zendesk: HttpApi, value: str
) -> None:
    recorded.post(LINKS, status=503, headers={"Retry-After": value})
    recorded.delete(LINK, status=503, headers={"Retry-After": value})
    assert [maybe_applied(error) for error in failures(zendesk)] == [False, False]


def test_a_201_whose_body_broke_off_made_the_link(loopback: Loopback, apis: VendorApis) -> None:
    loopback.answers(b"HTTP/1.1 201 Created\r\nContent-Length: 200\r\n\r\n{")
    (error,) = failures(apis.zendesk(loopback.url), count=1)
    assert maybe_applied(error) is True


def resets(connection: socket.socket) -> bool:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    return False


SENT = {
    "closed without a response": sends(b""),
    "reset": resets,
    "no response in time": waits(1.2),
    "a cut status line": sends(b"HTTP/1.1 2"),
    "a garbled response": sends(b"\x00garbage\r\n\r\n"),
    "another protocol's": sends(b"SSH-2.0-OpenSSH_9.9\r\n"),
}


@pytest.mark.parametrize("act", SENT.values(), ids=SENT)
def test_what_breaks_after_the_request_was_sent(loopback: Loopback, apis: VendorApis, act: Act) -> None:
    loopback.acts += [act, act]
    assert [maybe_applied(error) for error in failures(apis.zendesk(loopback.url))] == [True, True]


def breaks_tls(connection: socket.socket) -> bool:
    """Bytes that are no TLS record, past the encryption."""
    with socket.socket(fileno=os.dup(connection.fileno())) as plain:
        plain.sendall(b"this is no TLS record at all, and no alert either")
    return False


@pytest.mark.parametrize("act", [breaks_tls, *SENT.values()], ids=["TLS breaks", *SENT])
def test_what_breaks_inside_tls_after_the_request_was_sent(loopback: Loopback, tls_api: HttpApi, act: Act) -> None:
    loopback.acts += [act, act]
    assert [maybe_applied(error) for error in failures(tls_api)] == [True, True]
    assert len(loopback.seen) == 2


HANDSHAKES = {
    "closed": lambda connection: connection.shutdown(socket.SHUT_RDWR),
    "reset": lambda connection: (resets(connection), connection.close()),
    "no TLS": lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "an alert": lambda connection: connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28"),
    "silence": waits(1.0),
}


@pytest.mark.parametrize("greet", HANDSHAKES.values(), ids=HANDSHAKES)
def test_a_handshake_that_fails_sends_nothing(loopback: Loopback, tls_api: HttpApi, greet: Act) -> None:
    loopback.greet = greet
    assert [maybe_applied(error) for error in failures(tls_api)] == [False, False]


def test_a_certificate_that_is_not_trusted_gets_no_request(loopback: Loopback, tls_api: HttpApi) -> None:
    tls_api.session.verify = True
    errors = failures(tls_api)
    assert [maybe_applied(error) for error in errors] == [False, False]
    assert "SSLCertVerificationError" in str(errors[0])
    assert loopback.seen == []


def test_nobody_there(apis: VendorApis) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        api = apis.zendesk(f"http://127.0.0.1:{nobody.getsockname()[1]}")
    assert [maybe_applied(error) for error in failures(api)] == [False, False]


@pytest.mark.parametrize("failure", [TimeoutError, PermissionError, OSError(101, "Network is unreachable")])
def test_no_connection(apis: VendorApis, monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    def connect(*_: object, **__: object) -> socket.socket:
        raise failure

    monkeypatch.setattr(connections, "create_connection", connect)
    assert [maybe_applied(error) for error in failures(apis.zendesk("http://127.0.0.1:9"))] == [False, False]


def test_a_name_that_nobody_knows(apis: VendorApis, monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    errors = failures(apis.zendesk("https://acme.zendesk.com"))
    assert [maybe_applied(error) for error in errors] == [False, False]
    assert "(gaierror)" in str(errors[0])


@pytest.mark.parametrize("status", [429, 500, 503, 504])
def test_a_token_that_cannot_be_had_leaves_the_call_unsent(
    recorded: responses.RequestsMock, zendesk: HttpApi, vault: Vault, status: int
) -> None:
    vault.cached = {"zendesk": {"client_id": "linksync", "client_secret": "zd-secret-hunter2"}}
    for _ in range(2):
        recorded.post("https://acme.zendesk.com/oauth/tokens", status=status)
    assert [maybe_applied(error) for error in failures(zendesk)] == [False, False]


def test_a_second_try_that_cannot_be_sent_follows_one_that_was_refused(
    recorded: responses.RequestsMock, zendesk: HttpApi, vault: Vault
) -> None:
    recorded.post(LINKS, status=401)
    vault.stored = {"zendesk": {"client_id": "linksync", "client_secret": "rotated-hunter2"}}
    recorded.post("https://acme.zendesk.com/oauth/tokens", status=503)
    assert [maybe_applied(error) for error in failures(zendesk, count=1)] == [False]
