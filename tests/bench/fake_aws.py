"""AWS, Zendesk and Jira as far as one event needs them: every call is answered at once, and counted."""

import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

WEBHOOK_SECRETS = {"zendesk": ["a signing secret"], "jira": ["a signing secret"], "jira_automation": ["a token"]}
CREDENTIALS = {
    "zendesk": {"email": "a@example.com", "api_token": "token"},
    "jira": {"email": "a@example.com", "api_token": "token"},
}


class FakeAws:
    """`with FakeAws() as aws:` serves on a free port of the loopback; `aws.calls` counts by operation.

    `aws.seconds` tells how long an operation takes, `aws.at_first_call` is called before the first is answered.
    """

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.seconds: Callable[[str], float] = lambda _: 0.0
        self.at_first_call: Callable[[], None] = lambda: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """The endpoint of every service."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, operation: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and document."""
        if not self.calls:
            self.at_first_call()
        self.calls[operation] += 1
        time.sleep(self.seconds(operation))
        match operation:
            case "SendMessage":
                digest = hashlib.md5(asked["MessageBody"].encode(), usedforsecurity=False).hexdigest()
                return 200, {"MessageId": "1", "MD5OfMessageBody": digest, "SequenceNumber": "1"}
            case "GetSecretValue":
                return 200, {"ARN": asked["SecretId"], "Name": "secret", "SecretString": _secret(asked["SecretId"])}
            case "Query":
                return 200, {"Items": [], "Count": 0, "ScannedCount": 0}
            case "BatchWriteItem":
                return 200, {"UnprocessedItems": {}}
            case "POST /rest/api/3/issue/bulkfetch":
                keys = asked["issueIdsOrKeys"]
                return 200, {"issues": [{"id": key.split("-")[1], "key": key, "fields": {}} for key in keys]}
            case _ if operation.startswith("POST /api/v2/"):
                return 201, {"link": {"id": "1"}}
        return 200, {}

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _secret(name: str) -> str:
    match name:
        case "webhook":
            return json.dumps(WEBHOOK_SECRETS)
        case "credentials":
            return json.dumps(CREDENTIALS)
    return WEBHOOK_SECRETS["zendesk"][0]


def _handler_of(aws: FakeAws) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # head and body leave in one packet

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            target = self.headers.get("X-Amz-Target", "")
            operation = target.rpartition(".")[2] or f"POST {self.path}"
            status, document = aws.answer(operation, json.loads(body) if body else {})
            data = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_DELETE = do_POST  # noqa: N815  http.server's names

        def log_message(self, *_arguments: object) -> None:
            """Keeps still."""

    return Handler
