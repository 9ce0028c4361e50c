"""The laptop's AWS is nobody's but whose it is: no request without its key reaches the emulator."""

import http.client
import json
from pathlib import Path

import pytest

from local.aws.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

FUNCTIONS = "/2015-03-31/functions"


def ask(stack: Stack, path: str, *, key: str = "test", **headers: str) -> tuple[int, bytes]:
    """Asks as root; `test` is what MiniStack's documentation says."""
    signed = (
        f"AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0"
    )
    connection = http.client.HTTPConnection("127.0.0.1", stack.emulator.port, timeout=10)
    try:
        connection.request("GET", path, headers={"Authorization": signed, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_who_guesses_the_port_sees_nothing(stack: Stack) -> None:
    for path in (FUNCTIONS, "/_ministack/health", "/restapis"):
        status, answer = ask(stack, path)
        assert (status, b"refused" in answer) == (403, True)


def test_the_key_opens_but_to_no_page_and_under_no_other_name(stack: Stack) -> None:
    key = stack.emulator.key
    status, answer = ask(stack, FUNCTIONS, key=key)
    assert (status, len(json.loads(answer)["Functions"])) == (200, len(stack.functions))
    assert ask(stack, FUNCTIONS, key=key, Origin="https://evil.example")[0] == 403
    assert ask(stack, FUNCTIONS, key=key, Host="evil.example")[0] == 403


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked at through Linux' /proc")
def test_no_function_knows_the_key(stack: Stack) -> None:
    stack.client("lambda").invoke(FunctionName=stack.functions[stack.worker], Payload=b'{"Records": []}')
    environments = [
        set(Path(f"/proc/{process}/environ").read_bytes().split(b"\0"))
        for process in (one.name for one in Path("/proc").iterdir() if one.name.isdigit())
        if _readable(process)
    ]
    worker = f"AWS_LAMBDA_FUNCTION_NAME={stack.functions[stack.worker]}".encode()
    ours = [environment for environment in environments if worker in environment]
    assert ours, "the worker's process"
    for environment in ours:
        assert not any(stack.emulator.key.encode() in variable for variable in environment)


def _readable(process: str) -> bool:
    try:
        return bool(Path(f"/proc/{process}/environ").read_bytes())
    except OSError:
        return False
