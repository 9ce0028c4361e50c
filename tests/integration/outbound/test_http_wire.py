"""What goes over the wire, and what happens when the wire breaks: on a real socket."""

import gzip
import socket
import time

import pytest

from linksync.errors import Misconfigured, UpstreamForbidden, UpstreamRefused, UpstreamThrottled, UpstreamUnavailable
from linksync.observability import correlated
from linksync.outbound.http_api import MOST_BODY_BYTES, Call, HttpApi
from linksync.outbound.responses import ResponseModel
from linksync.outbound.vendor_apis import VendorApis
from tests.integration.outbound.simulated_vendors import Loopback, Shown, waits

GET = Call(method="GET", path="/things")
OK = frozenset({200})
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
WHOLE = HEAD + b"Content-Length: 2\r\n\r\n{}"


@pytest.fixture
def api(apis: VendorApis, loopback: Loopback) -> HttpApi:
    return apis.zendesk(loopback.url + "/base/")


def unavailable(api: HttpApi, call: Call = GET) -> UpstreamUnavailable:
    with pytest.raises(UpstreamUnavailable) as caught:
        api.send(call, accept=OK).read(ResponseModel)
    return caught.value


def test_connections_are_kept_and_used_again(api: HttpApi, loopback: Loopback) -> None:
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    loopback.answers(WHOLE, chunked, b"HTTP/1.1 204 No Content\r\n\r\n", WHOLE, keep=True)
    bodies = [api.send(GET, accept=frozenset({200, 204})).body for _ in range(4)]
    assert bodies == [b"{}", b"{}", b"", b"{}"]
    assert loopback.connections == 1


def test_a_204_that_has_a_body_all_the_same_spoils_nothing(api: HttpApi, loopback: Loopback) -> None:
    loopback.answers(b"HTTP/1.1 204 No Content\r\nContent-Type: application/json\r\n\r\nnull", WHOLE, keep=True)
    call = Call(method="DELETE", path="/things")
    assert api.send(call, accept=frozenset({204})).body == b""
    assert api.send(GET, accept=OK).body == b"{}"


@pytest.mark.parametrize("interim", [b"100 Continue", b"102 Processing", b"103 Early Hints", b"199 Unheard Of"])
def test_an_answer_that_is_announced_first_is_no_answer_to_the_next_call(
    api: HttpApi, loopback: Loopback, interim: bytes
) -> None:
    """While Zendesk still works on the one, the next call must not get what was meant for the one before."""

    def announces(connection: socket.socket) -> bool:
        connection.sendall(b"HTTP/1.1 " + interim + b"\r\nLink: </style.css>; rel=preload\r\n\r\n")
        time.sleep(0.2)
        connection.sendall(HEAD + b'Content-Length: 7\r\n\r\n"first"')
        return True

    loopback.acts.append(announces)
    loopback.answers(HEAD + b'Content-Length: 8\r\n\r\n"second"', keep=True)
    assert [api.send(GET, accept=OK).body for _ in range(2)] == [b'"first"', b'"second"']
    assert loopback.connections == 1


def test_each_request_carries_what_the_vendors_ask_for(api: HttpApi, loopback: Loopback) -> None:
    loopback.answers(WHOLE, WHOLE, WHOLE, keep=True)
    api.send(Call(method="GET", path="/{id}", ids={"id": "a/b"}, query={"fields": "x"}), accept=OK)
    api.send(Call(method="POST", path="/things", body={"a": 1}), accept=OK)
    api.send(Call(method="DELETE", path="/things"), accept=OK)
    get, post, delete = loopback.seen
    assert get.startswith("GET /base/a%2Fb?fields=x HTTP/1.1\r\n")
    assert "Content-Type" not in get
    assert all("User-Agent: linksync/" in sent and "Accept: application/json" in sent for sent in loopback.seen)
    assert all("Authorization: Basic Ym90QGFjbWUuZXhhbXBsZS90b2tlbj" in sent for sent in loopback.seen)
    assert "Content-Type: application/json\r\n" in post
    assert post.endswith('{"a": 1}')
    assert "Content-Type: application/json\r\n" in delete


def test_a_call_carries_the_id_of_the_delivery_that_led_to_it(api: HttpApi, loopback: Loopback) -> None:
    loopback.answers(WHOLE, WHOLE, WHOLE, keep=True)
    with correlated("0e7f2a52-8d0c-4d7e-9a64-3f1f1a2b3c4d"):
        api.send(GET, accept=OK)
    api.send(GET, accept=OK)
    with correlated("no\r\nheader"):
        api.send(GET, accept=OK)
    assert "X-Correlation-Id: 0e7f2a52-8d0c-4d7e-9a64-3f1f1a2b3c4d\r\n" in loopback.seen[0]
    assert not any("Correlation" in sent for sent in loopback.seen[1:])


def test_no_cookie_is_kept(api: HttpApi, loopback: Loopback) -> None:
    loopback.answers(HEAD + b"Set-Cookie: session=x; Path=/\r\nContent-Length: 2\r\n\r\n{}", WHOLE, keep=True)
    api.send(GET, accept=OK)
    api.send(GET, accept=OK)
    assert "Cookie" not in loopback.seen[1]


def test_nothing_is_taken_from_the_environment(
    api: HttpApi, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    loopback.answers(WHOLE)
    assert api.send(GET, accept=OK).status == 200


def test_nobody_there(apis: VendorApis, shown: Shown) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        api = apis.zendesk(f"http://127.0.0.1:{nobody.getsockname()[1]}")
    error = unavailable(api)
    assert "Zendesk: GET /things got no answer (ConnectionRefusedError)" in shown(error)
    assert error.retry_after is None


def test_cut_before_any_response_is_not_tried_again_here(api: HttpApi, loopback: Loopback, shown: Shown) -> None:
    loopback.answers(b"", WHOLE)
    shown(unavailable(api, Call(method="POST", path="/things", body={"token": "hunter2"})))
    assert len(loopback.seen) == 1


def test_reset_before_any_response(api: HttpApi, loopback: Loopback) -> None:
    def reset(connection: socket.socket) -> bool:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        return False

    loopback.acts.append(reset)
    unavailable(api)


@pytest.mark.parametrize(
    "cut",
    [
        b"HTTP/1.1 200",
        b"garbage\r\n\r\n",
        HEAD + b"\r\n{",
        HEAD + b"Content-Length: 200\r\n\r\n{",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\n{",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{",
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nno gzip !",
    ],
)
def test_cut_or_garbled_in_the_middle_of_a_response(api: HttpApi, loopback: Loopback, shown: Shown, cut: bytes) -> None:
    loopback.answers(cut)
    shown(unavailable(api))
    assert len(loopback.seen) == 1


def test_a_refusal_whose_body_broke_off_is_still_what_its_status_says(api: HttpApi, loopback: Loopback) -> None:
    loopback.answers(b"HTTP/1.1 429 Slow Down\r\nRetry-After: 9\r\nContent-Length: 200\r\n\r\nNumb")
    with pytest.raises(UpstreamThrottled) as caught:
        api.send(GET, accept=OK)
    assert caught.value.retry_after == 9.0


def test_no_response_in_time(api: HttpApi, loopback: Loopback) -> None:
    loopback.acts.append(waits(1.5))
    assert "(ReadTimeout)" in str(unavailable(api))


def huge(connection: socket.socket, head: bytes) -> bool:
    connection.sendall(head)
    for _ in range(1000):  # up to 64 MB: the reader leaves long before
        connection.sendall(b" " * 65536)
    return False


@pytest.mark.parametrize("length", [b"", b"Content-Length: 65536000\r\n"])
def test_a_body_without_end_is_left(api: HttpApi, loopback: Loopback, length: bytes) -> None:
    loopback.acts.append(lambda connection: huge(connection, HEAD + length + b"\r\n"))
    assert f"with a body over {MOST_BODY_BYTES} bytes" in str(unavailable(api))


def test_a_small_body_that_unpacks_to_a_huge_one_is_left(api: HttpApi, loopback: Loopback) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    loopback.answers(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb)
    assert "with a body over" in str(unavailable(api))


def test_a_body_just_within_the_bound_is_read(api: HttpApi, loopback: Loopback) -> None:
    loopback.answers(HEAD + b"Content-Length: %d\r\n\r\n" % MOST_BODY_BYTES + b" " * MOST_BODY_BYTES)
    assert len(api.send(GET, accept=OK).body) == MOST_BODY_BYTES


def test_a_redirect_is_not_followed_and_its_body_not_swallowed(api: HttpApi, loopback: Loopback) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: " + loopback.url.encode() + b"/steal\r\n\r\n"
    loopback.acts.append(lambda connection: huge(connection, head))
    with pytest.raises(UpstreamRefused):
        api.send(GET, accept=OK)
    assert len(loopback.seen) == 1


def test_a_401_is_tried_again_once(api: HttpApi, loopback: Loopback) -> None:
    loopback.answers(*[b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"] * 3, keep=True)
    with pytest.raises(UpstreamForbidden):
        api.send(GET, accept=OK)
    assert len(loopback.seen) == 2


@pytest.mark.usefixtures("recorded")
def test_plain_http_to_another_machine_is_never_tried(apis: VendorApis) -> None:
    with pytest.raises(Misconfigured, match="ZendeskBaseUrl"):
        apis.zendesk("http://acme.zendesk.com")
    with pytest.raises(Misconfigured, match="JiraBaseUrl"):
        apis.jira("http://acme.atlassian.net")
