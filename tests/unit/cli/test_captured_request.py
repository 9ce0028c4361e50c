"""`verify-signature` names the part of a captured request that is wrong."""

import base64
import hashlib
import hmac
from pathlib import Path

import pytest

from linksync.inbound.webhook_secret import ZENDESK_TEST_SECRET
from linksync_cli.captured_request import SignatureCheck, check_signature
from tests.unit.cli.conftest import RunCli

SECRET = b"c2lnbmluZyBzZWNyZXQgb2YgYSB0ZXN0"
AT = "2026-11-24T09:30:00Z"
BODY = b'{"ticket_id": "5001", "issue_keys": "PROJ-1"}'


def zendesk(secret: bytes = SECRET, timestamp: str = AT, body: bytes = BODY) -> str:
    return base64.b64encode(hmac.digest(secret, timestamp.encode() + body, "sha256")).decode()


def jira(secret: bytes = SECRET, body: bytes = BODY) -> str:
    return f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"


def of(signature: str, *, body: bytes = BODY, secret: bytes = SECRET, timestamp: str = AT) -> SignatureCheck:
    return check_signature(body=body, secret=secret, signature=signature, timestamp=timestamp)


def test_what_belongs_together_is_valid() -> None:
    assert of(zendesk()).valid
    assert of(jira(), timestamp="").valid
    assert of(zendesk(), secret=SECRET + b"\n").valid  # as linksync takes it: pasted secrets end in a newline


@pytest.mark.parametrize(
    ("signature", "changed", "why"),
    [
        (zendesk(), {"body": BODY + b"\n"}, "without the newline at its end"),
        (zendesk(body=BODY + b"\n"), {}, "with a newline at its end"),
        (zendesk(body=b""), {}, "when it is empty"),
        (zendesk(), {"body": base64.b64encode(BODY)}, "decoded from base64"),
        (zendesk(body=b'{"ticket_id":"5001","issue_keys":"PROJ-1"}'), {}, "before its JSON was formatted anew"),
        (jira(), {"body": BODY + b"\r\n", "timestamp": ""}, "without the newline at its end"),
        (zendesk(base64.b64decode(SECRET)), {}, "the secret decoded from base64"),
        (zendesk(), {"secret": b'"' + SECRET + b'"'}, "without the quotes"),
        (zendesk(timestamp="2026-11-24T09:33:20Z"), {}, "the signature belongs to 2026-11-24T09:33:20Z"),
        (zendesk(timestamp=""), {}, "left it out"),
        (zendesk(b"another"), {}, "The secret is another's"),
        (zendesk(ZENDESK_TEST_SECRET.encode()), {}, "public secret of Zendesk's test button"),
        (zendesk(), {"timestamp": ""}, "--timestamp"),
        (zendesk(), {"timestamp": "24 November 2026"}, "not of the form"),
        (zendesk()[:-3], {}, "This is no signature"),
        (jira().replace("sha256", "sha1"), {}, "sha1"),
        (zendesk(), {"secret": b" \n"}, "file is empty"),
    ],
)
def test_the_wrong_part_is_named(signature: str, changed: dict[str, bytes], why: str) -> None:
    found = of(signature, **changed)  # type: ignore[arg-type]
    assert not found.valid
    assert why in found.why


def test_the_command_tells_and_ends_with_a_status(cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(SECRET)
    (tmp_path / "body").write_bytes(BODY)
    arguments = [
        "verify-signature",
        "--secret-file",
        str(tmp_path / "secret"),
        "--timestamp",
        AT,
        str(tmp_path / "body"),
    ]
    good = cli(*arguments, "--signature", zendesk(), "--json")
    bad = cli(*arguments, "--signature", zendesk(b"x"), "--json")
    assert (good.status, good.document["valid"]) == (0, True)
    assert (bad.status, bad.document["valid"]) == (1, False)
    assert set(bad.document) == {"valid", "why"}
    assert SECRET.decode() not in good.out + bad.out + good.err + bad.err


def test_a_file_that_is_not_there_is_wrong_usage(cli: RunCli, tmp_path: Path) -> None:
    ended = cli("verify-signature", "--secret-file", "none", "--signature", zendesk(), str(tmp_path / "none"))
    assert ended.status == 2
    assert "none cannot be read" in " ".join(ended.err.split())
