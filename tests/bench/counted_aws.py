"""The laptop's AWS behind a counter: whatever client the functions use, its calls pass here, and are counted."""

import http.client
import json
import tempfile
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from local.aws.emulator import Emulator

LEDGER, IDEMPOTENCY, QUEUE, DEAD_LETTERS = "ledger", "idempotency", "events.fifo", "dead.fifo"
_FIFO = {"FifoQueue": "true", "DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}
_KEPT_HEADERS = ("x-amz-target", "content-type", "authorization", "x-amz-date")


@dataclass(frozen=True, slots=True)
class Asked:
    """One call: the table, how many records it wrote, and how many it was given back.

    `write_units` and `read_units` are what DynamoDB bills, those of the index included.
    """

    operation: str
    table: str = ""
    written: int = 0
    read: int = 0
    write_units: int = 0
    read_units: int = 0


class CountedAws:
    """`with CountedAws() as aws:` is an AWS with the stack's tables and queues; `aws.asked` is its log."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.indexed: set[str] = set()
        self.queue_url = self.dead_letter_url = ""
        self._open = ExitStack()
        self._emulator: Emulator | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Counter, self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """The endpoint that counts."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def emulator(self) -> Emulator:
        """The AWS behind it, where calls are not counted."""
        if self._emulator is None:
            raise RuntimeError("enter it first")
        return self._emulator

    def environment(self) -> dict[str, str]:
        """What the functions' clients read."""
        return {**self.emulator.environment(), "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": self.url}

    def make_secret(self, name: str, content: object) -> str:
        """A secret; its ARN."""
        secrets = self.emulator.client("secretsmanager")
        return str(secrets.create_secret(Name=name, SecretString=json.dumps(content))["ARN"])

    def __enter__(self) -> Self:
        home = self._open.enter_context(tempfile.TemporaryDirectory(prefix="linksync-bench-"))
        self._emulator = self._open.enter_context(Emulator(Path(home)))
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self._make_tables()
        sqs = self.emulator.client("sqs")
        self.queue_url = sqs.create_queue(QueueName=QUEUE, Attributes=_FIFO)["QueueUrl"]
        self.dead_letter_url = sqs.create_queue(QueueName=DEAD_LETTERS, Attributes=_FIFO)["QueueUrl"]
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._open.close()

    def _make_tables(self) -> None:
        """As template.yaml has them."""
        index = {
            "IndexName": "by_issue",
            "KeySchema": _keys("issue_id", "lane"),
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
        dynamodb = self.emulator.client("dynamodb")
        dynamodb.create_table(
            TableName=LEDGER,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=_attributes("lane", "record", "issue_id"),
            KeySchema=_keys("lane", "record"),
            GlobalSecondaryIndexes=[index],
        )
        dynamodb.create_table(
            TableName=IDEMPOTENCY,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=_attributes("id"),
            KeySchema=_keys("id"),
        )


def _attributes(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def _keys(partition: str, *sort: str) -> list[dict[str, str]]:
    names = [(partition, "HASH"), *((name, "RANGE") for name in sort)]
    return [{"AttributeName": name, "KeyType": kind} for name, kind in names]


def _asked(operation: str, body: bytes, answer: bytes, indexed: set[str]) -> Asked:
    """`indexed` are the records that the index has, and is kept up to date."""
    said = json.loads(body) if body else {}
    match operation:
        case "BatchWriteItem":
            ((table, writes),) = said["RequestItems"].items()
            units = sum(_units(write) + _index_units(write, indexed) for write in writes)
            return Asked(operation, table, written=len(writes), write_units=units)
        case "Query":
            items = json.loads(answer).get("Items", ())
            units = max(1, -(-sum(map(_size, items)) // 4096))
            return Asked(operation, said["TableName"], read=len(items), read_units=units)
        case "GetItem":
            return Asked(operation, said["TableName"], read=1, read_units=1)
        case "PutItem" | "UpdateItem" | "DeleteItem":
            return Asked(operation, said["TableName"], written=1, write_units=1)
    return Asked(operation, said.get("TableName", ""))


def _units(write: dict[str, Any]) -> int:
    """A unit for each kilobyte begun."""
    return -(-_size(write["PutRequest"]["Item"]) // 1024) if "PutRequest" in write else 1


def _index_units(write: dict[str, Any], indexed: set[str]) -> int:
    """The index holds keys alone: it is written when a record with `issue_id` comes or goes, not when it changes."""
    key = write["PutRequest"]["Item"] if "PutRequest" in write else write["DeleteRequest"]["Key"]
    name = json.dumps([key["lane"], key["record"]])
    there, was = "issue_id" in key, name in indexed
    (indexed.add if there else indexed.discard)(name)
    return int(there != was)


def _size(item: dict[str, dict[str, Any]]) -> int:
    """About what DynamoDB counts: names and values."""
    return sum(len(name) + len(json.dumps(value)) - len('{"S": ""}') for name, value in item.items())


class _Counter(BaseHTTPRequestHandler):
    """Hands every call on to the emulator, and notes it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one packet

    def __init__(self, aws: CountedAws, *arguments: Any) -> None:
        self._aws = aws
        super().__init__(*arguments)

    def setup(self) -> None:
        super().setup()
        self._behind = http.client.HTTPConnection("127.0.0.1", self._aws.emulator.port, timeout=60)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            answer = self._answer(body)
        except (ConnectionError, http.client.HTTPException):  # it was idle for too long
            self._behind.close()
            answer = self._answer(body)
        data = answer.read()
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        self._aws.asked.append(_asked(operation, body, data, self._aws.indexed))
        self.send_response(answer.status)
        for name in ("Content-Type", "x-amzn-errortype", "x-amzn-query-error"):
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _answer(self, body: bytes) -> http.client.HTTPResponse:
        kept = {name: self.headers[name] for name in _KEPT_HEADERS if name in self.headers}
        self._behind.request("POST", self.path, body, kept)
        return self._behind.getresponse()

    def finish(self) -> None:
        self._behind.close()
        super().finish()

    def log_message(self, *_arguments: object) -> None:
        """Keeps still."""
