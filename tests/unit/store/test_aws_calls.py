"""The calls of SQS and Secrets Manager, to a server on the loopback that answers, fails and hangs up as it is told."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

import pytest

from linksync.errors import AwsUnavailable
from linksync.store import aws_calls
from linksync.store.aws_calls import Caller, CallLimits, JsonProtocol
from linksync.store.dynamodb_calls import DynamoDbCalls
from linksync.store.secrets_manager_calls import SecretsManagerCalls
from linksync.store.sqs_calls import SqsCalls

SQS = JsonProtocol(service="sqs", target="AmazonSQS", version="1.0")
LIMITS = CallLimits(connect=0.5, read=0.3, attempts=2)
TOKEN, SECRET_KEY, CUSTOMER = "session-token-value", "secret-key-value", "Jane's text"
CLOSE = "close"
OK = b'{"MessageId": "1"}'


def http(status: int, body: bytes, *, headers: str = "", length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status} X\r\nContent-Length: {size}\r\n{headers}\r\n".encode() + body


def error(status: int, code: object) -> bytes:
    return http(status, json.dumps({"__type": code, "message": CUSTOMER}).encode())


@dataclass
class Server:
    """Gives the next of `answers` to each request: bytes are sent, None is silence, CLOSE hangs up.

    After an answer that is in `closing`, it closes the connection without saying so.
    """

    answers: list[bytes | str | None]
    closing: set[int] = field(default_factory=set)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    connections: int = 0
    address: str = ""
    hung_up: threading.Event = field(default_factory=threading.Event)

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            while stream.readline():
                headers = {}
                while (line := stream.readline()) not in {b"\r\n", b""}:
                    name, _, value = line.decode().strip().partition(": ")
                    headers[name.lower()] = value
                number = len(self.requests)
                self.requests.append((headers, stream.read(int(headers["content-length"]))))
                answer = self.answers[min(number, len(self.answers) - 1)]
                if isinstance(answer, bytes):
                    connection.sendall(answer)
                if answer is None:
                    time.sleep(0.6)
                if answer == CLOSE or answer is None or number in self.closing:
                    break
            connection.shutdown(socket.SHUT_RDWR)
        self.hung_up.set()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_SECRETS_MANAGER", "_X_AMZN_TRACE_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    return monkeypatch


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server([http(200, OK)])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=server.serve, args=(listener,), daemon=True)
        thread.start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def caller(server: Server, pauses: list[float] | None = None, attempts: int = 2) -> Caller:
    limits = CallLimits(connect=LIMITS.connect, read=LIMITS.read, attempts=attempts)
    return Caller(SQS, server.address, limits, sleep=([] if pauses is None else pauses).append)


def refusal(call: Caller) -> str:
    with pytest.raises(AwsUnavailable) as refused:
        call("SendMessage", {"MessageBody": CUSTOMER})
    shown = f"{refused.value!r}{refused.value.__cause__!r}{refused.value.__context__!r}"
    assert not [secret for secret in (TOKEN, SECRET_KEY, CUSTOMER, "Jane") if secret in shown]
    return str(refused.value)


# ── a wrong clock ──────────────────────────────────────────────────────────────────────────────────────────────────


def expired(at: float) -> bytes:
    told = json.dumps({"__type": "com.amazon.coral.service#InvalidSignatureException", "message": "Signature expired"})
    return http(403, told.encode(), headers=f"Date: {formatdate(at, usegmt=True)}\r\n")


def test_a_machine_whose_clock_is_an_hour_slow_is_taken_at_the_second_attempt(server: Server) -> None:
    now = 1_795_000_000.0
    server.answers = [expired(now), http(200, OK)]
    call = Caller(SQS, server.address, LIMITS, sleep=[].append, clock=lambda: now - 3600)
    assert call("SendMessage", {}) == {"MessageId": "1"}
    call("SendMessage", {})
    signed_at = [headers["x-amz-date"] for headers, _ in server.requests]
    assert signed_at == ["20261118T100640Z", "20261118T110640Z", "20261118T110640Z"]  # and it stays corrected


def test_a_refusal_at_the_right_time_is_not_asked_again(server: Server) -> None:
    server.answers = [expired(time.time())]
    assert refusal(caller(server)) == (
        "sqs answered SendMessage with 403 InvalidSignatureException; it will be tried again"
    )
    assert len(server.requests) == 1


# ── what is asked ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_call_and_its_answer_over_one_kept_connection(server: Server, environment: pytest.MonkeyPatch) -> None:
    call = caller(server)
    assert call("SendMessage", {"MessageBody": "ü\n"}) == {"MessageId": "1"}
    environment.setenv("_X_AMZN_TRACE_ID", "Root=1-0;Sampled=0\r\nx: y")
    call("SendMessage", {})
    (first, body), (second, _) = server.requests
    assert json.loads(body) == {"MessageBody": "ü\n"}
    assert (first["content-type"], first["x-amz-target"]) == ("application/x-amz-json-1.0", "AmazonSQS.SendMessage")
    assert first["host"] in server.address
    assert first["x-amz-security-token"] == TOKEN
    assert "/eu-central-1/sqs/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz" in first["authorization"]
    assert "x-amzn-trace-id" not in first
    assert second["x-amzn-trace-id"] == "Root=1-0;Sampled=0%0D%0Ax:%20y"
    assert server.connections == 1


def test_the_operations(server: Server) -> None:
    sqs, secrets = SqsCalls(server.address + "/1/q", LIMITS), SecretsManagerCalls
    sqs.send_message(QueueUrl="u")
    sqs.send_message_batch(QueueUrl="u", Entries=[])
    server.answers = [http(200, b"")]
    assert sqs.change_message_visibility(QueueUrl="u") == {}
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", server.address)
        server.answers = [http(200, b'{"ARN": "arn", "SecretString": "{}"}')]
        secrets("arn", LIMITS).get_secret_value(SecretId="arn")
    assert [headers["x-amz-target"] for headers, _ in server.requests] == [
        "AmazonSQS.SendMessage",
        "AmazonSQS.SendMessageBatch",
        "AmazonSQS.ChangeMessageVisibility",
        "secretsmanager.GetSecretValue",
    ]
    assert server.requests[-1][0]["content-type"] == "application/x-amz-json-1.1"


# ── what is tried again ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("attempts", [1, 2])
def test_a_kept_connection_that_was_closed_meanwhile_is_no_attempt(server: Server, attempts: int) -> None:
    server.closing, pauses = {0, 1, 2}, []
    call = caller(server, pauses, attempts)
    for _ in range(3):
        call("SendMessage", {})
        server.hung_up.wait(1)
        server.hung_up.clear()
    assert (len(server.requests), server.connections, pauses) == (3, 3, [])


def test_a_kept_connection_that_is_hung_up_on_when_asked(server: Server) -> None:
    server.answers = [http(200, OK), CLOSE, http(200, OK)]
    call = caller(server, attempts=1)
    call("SendMessage", {})
    assert call("SendMessage", {}) == {"MessageId": "1"}
    assert (len(server.requests), server.connections) == (3, 2)


def test_an_answer_that_closes_its_connection(server: Server) -> None:
    server.answers = [http(200, OK, headers="Connection: close\r\n")]
    call = caller(server)
    call("SendMessage", {})
    call("SendMessage", {})
    assert (len(server.requests), server.connections) == (2, 2)


@pytest.mark.parametrize(
    "passing",
    [
        CLOSE,
        None,
        b"nonsense\r\n\r\n",
        http(200, OK[:5], length=500, headers="Connection: close\r\n"),
        http(200, b"<html>"),
        http(200, b"[]"),
        http(200, b"[" * 100_000),
        http(500, b""),
        error(503, "ServiceUnavailable"),
        error(429, None),
        error(400, "ThrottlingException"),
        error(403, "RequestThrottled"),
        error(400, "com.amazonaws.secretsmanager#TooManyRequestsException"),
    ],
)
def test_what_may_pass_is_tried_again_after_a_pause(server: Server, passing: bytes | str | None) -> None:
    server.answers, pauses = [passing, http(200, OK)], []
    assert caller(server, pauses)("SendMessage", {}) == {"MessageId": "1"}
    assert len(server.requests) == 2
    assert len(pauses) == 1
    assert 0 <= pauses[0] <= 0.2


def test_the_attempts_are_counted_and_the_pauses_grow(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answers, pauses = [error(503, "ServiceUnavailable")], []
    monkeypatch.setattr(aws_calls.random, "uniform", lambda _, most: most)  # type: ignore[attr-defined]
    message = refusal(caller(server, pauses, attempts=3))
    assert message == "sqs answered SendMessage with 503 ServiceUnavailable; it will be tried again"
    assert (len(server.requests), pauses) == (3, [0.2, 0.4])


# ── what is not ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (error(400, "com.amazon.coral.service#AccessDeniedException"), "400 AccessDeniedException"),
        (error(403, "AccessDenied"), "403 AccessDenied"),
        (error(400, "com.amazonaws.sqs#QueueDoesNotExist"), "400 QueueDoesNotExist"),
        (error(400, "AWS.SimpleQueueService.NonExistentQueue"), "400 AWS.SimpleQueueService.NonExistentQueue"),
        (error(400, CUSTOMER), "400"),
        (error(400, f"x#{TOKEN}"), "400"),
        (error(400, "A" * 65), "400"),
        (error(400, "Denied\n"), "400"),
        (error(400, [CUSTOMER]), "400"),
        (http(400, CUSTOMER.encode()), "400"),
        (http(301, b"", headers="Location: http://127.0.0.1:1/\r\n"), "301"),
        (http(204, b""), "204"),
    ],
)
def test_what_will_not_pass_is_named_by_its_code_alone(server: Server, answer: bytes, named: str) -> None:
    server.answers = [answer]
    assert refusal(caller(server)) == f"sqs answered SendMessage with {named}; it will be tried again"
    assert len(server.requests) == 1


def test_silence_is_given_up_in_time(server: Server) -> None:
    server.answers = [None]
    began = time.monotonic()
    assert "with nothing (TimeoutError)" in refusal(caller(server))
    assert 0.6 <= time.monotonic() - began < 1.2
    server.answers = [http(200, OK)]
    assert caller(server)("SendMessage", {}) == {"MessageId": "1"}


def test_a_call_after_a_failed_one_starts_afresh(server: Server) -> None:
    server.answers = [http(200, OK), None, http(200, OK)]
    call = caller(server, attempts=1)
    call("SendMessage", {})
    refusal(call)
    assert call("SendMessage", {}) == {"MessageId": "1"}
    assert server.connections == 2


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        gone = f"http://127.0.0.1:{listener.getsockname()[1]}"
    pauses: list[float] = []
    assert "with nothing (ConnectionRefusedError)" in refusal(Caller(SQS, gone, LIMITS, sleep=pauses.append))
    assert len(pauses) == 1


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 10**12])
def test_an_answer_is_read_only_so_far(server: Server, size: int) -> None:
    server.answers = [http(200, b" " * (1024 * 1024 + 1), length=size)]
    assert "with nothing (HTTPException)" in refusal(caller(server))


def test_the_largest_answer(server: Server) -> None:
    secret = "ü" * 32_768
    server.answers = [http(200, json.dumps({"SecretString": secret}).encode())]
    assert caller(server)("GetSecretValue", {})["SecretString"] == secret
    server.answers = [http(200, b" " * (1024 * 1024 - len(OK)) + OK)]
    assert caller(server)("SendMessage", {}) == {"MessageId": "1"}


def test_a_broken_answer_with_a_secret_is_not_quoted(server: Server) -> None:
    server.answers = [http(200, b'{"SecretString": "' + CUSTOMER.encode())]
    assert "with no JSON" in refusal(caller(server))


NOBODYS = [b"", b"{}", b"[]", b"<html>Sign in</html>", b'{"message": "ok"}']


@pytest.mark.parametrize("body", NOBODYS)
@pytest.mark.parametrize(
    "ask",
    [
        lambda url: SqsCalls(url + "/1/q", LIMITS).send_message(QueueUrl="u"),
        lambda url: SqsCalls(url + "/1/q", LIMITS).get_queue_attributes(QueueUrl="u"),
        lambda _: SecretsManagerCalls("arn", LIMITS).get_secret_value(SecretId="arn"),
        lambda _: DynamoDbCalls("arn", LIMITS).query(TableName="t"),
        lambda _: DynamoDbCalls("arn", LIMITS).batch_write_item(RequestItems={}),
    ],
    ids=["SendMessage", "GetQueueAttributes", "GetSecretValue", "Query", "BatchWriteItem"],
)
def test_a_200_that_is_nobodys_answer_did_nothing(
    server: Server, environment: pytest.MonkeyPatch, ask: Callable[[str], object], body: bytes
) -> None:
    """A proxy's, say.  An accepted delivery and a dead letter are in a queue that said so; a lane is not empty."""
    environment.setenv("AWS_ENDPOINT_URL", server.address)
    server.answers = [http(200, body)]
    with pytest.raises(AwsUnavailable, match="no JSON of its kind"):
        ask(server.address)


def test_an_answer_that_is_announced_first_is_no_answer_to_the_next_call(server: Server) -> None:
    server.answers = [b"HTTP/1.1 103 Early Hints\r\n\r\n", http(200, OK)]
    assert caller(server)("SendMessage", {}) == {"MessageId": "1"}
    assert server.connections == 2


# ── whom it trusts ───────────────────────────────────────────────────────────────────────────────────────────────


def test_certificates_and_host_names_are_verified() -> None:
    connections: Any = [
        SqsCalls("https://sqs.eu-central-1.amazonaws.com/1/q", LIMITS)._call._connection,
        SecretsManagerCalls("arn:aws:secretsmanager:eu-central-1:1:secret:x", LIMITS)._call._connection,
    ]
    contexts = {connection._context for connection in connections}
    (context,) = contexts
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
