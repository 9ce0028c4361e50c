"""Who is let in, and who is not."""

import base64
import hmac
import re

import pytest

from linksync.errors import NotAuthentic
from linksync.inbound import signatures
from linksync.inbound.webhook_secret import ZENDESK_TEST_SECRET

NOW = 1_793_611_800.0  # 2026-11-02T09:30:00Z
SECRET, OTHER = b"signing secret", b"another"


def zendesk_signature(secret: bytes, timestamp: str, body: bytes) -> str:
    return base64.b64encode(hmac.digest(secret, timestamp.encode() + body, "sha256")).decode()


def refuses_zendesk(
    timestamp: str, signature: str, body: bytes = b"{}", secrets: tuple[bytes, ...] = (SECRET,)
) -> bool:
    try:
        signatures.zendesk(timestamp=timestamp, signature=signature, body=body, secrets=secrets, now=NOW)
    except NotAuthentic as refusal:
        return str(refusal) == signatures.ZENDESK_REFUSAL
    return False


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        # Each by `printf '%s' "$TIMESTAMP$BODY" | openssl dgst -sha256 -hmac "$SECRET" -binary | base64`.
        ('{"ticket_id": "4711", "issue_keys": "SHOP-12"}', "J0VHQlOeRUsrYKKpe+U9rrp9LpQ+vKSP5WqZHhprzxo="),
        ("", "MTOgFuPPK8xvrq4i0+miv+/xZftVWbakYaeIwpShVio="),
        ('{"issue_keys": "K\u00e4se-1 \u2602"}', "Ic00mtXhhj7gkUHGp2he6POFtMqzWL8mJoGSHYKqyic="),
    ],
)
def test_zendesk_signs_timestamp_and_body(body: str, signature: str) -> None:
    attempted_at = signatures.zendesk(
        timestamp="2026-11-02T09:30:00Z",
        signature=signature,
        body=body.encode(),
        secrets=(OTHER, ZENDESK_TEST_SECRET.encode()),
        now=NOW + 299,
    )
    assert attempted_at == NOW


@pytest.mark.parametrize(
    ("timestamp", "let_in"),
    [
        ("2026-11-02T09:30:00Z", True),
        ("2026-11-02T09:30:00.123456789Z", True),
        ("2026-11-02T09:25:00Z", True),
        ("2026-11-02T09:35:00Z", True),
        ("2026-11-02T09:24:59Z", False),
        ("2026-11-02T09:35:01Z", False),
        ("2026-11-02T09:30:00+00:00", False),
        ("2026-11-02T09:30:00", False),
        ("2026-11-02 09:30:00Z", False),
        ("2026-11-02T09:30:00z", False),
        ("2026-11-02T09:30:00Z ", False),
        ("2026-11-02T09:30:00Z\n", False),
        ("2026-13-02T09:30:00Z", False),
        ("0000-00-00T00:00:00Z", False),
        ("9999-12-31T23:59:59Z", False),
        ("20261102T093000Z", False),
        ("\u0662\u0660\u0662\u0666-11-02T09:30:00Z", False),
        ("1793611800", False),
        ("", False),
    ],
)
def test_zendesk_timestamp_is_strict_and_fresh(timestamp: str, *, let_in: bool) -> None:
    assert refuses_zendesk(timestamp, zendesk_signature(SECRET, timestamp, b"{}")) is not let_in


GOOD = zendesk_signature(SECRET, "2026-11-02T09:30:00Z", b"{}")


@pytest.mark.parametrize(
    "signature",
    [
        "",
        GOOD[:-1],
        GOOD + "=",
        " " + GOOD,
        GOOD.lower(),
        GOOD.rstrip("=") + "\u003d\u003d",
        "A" * 44,
        "\ud800",
        "é" * 44,
        base64.b64decode(GOOD).hex(),
        f"sha256={GOOD}",
    ],
)
def test_zendesk_signature_is_exact(signature: str) -> None:
    assert refuses_zendesk("2026-11-02T09:30:00Z", signature)


def test_zendesk_needs_a_secret() -> None:
    assert refuses_zendesk("2026-11-02T09:30:00Z", GOOD, secrets=())
    assert refuses_zendesk("2026-11-02T09:30:00Z", GOOD, secrets=(OTHER,))
    assert refuses_zendesk("2026-11-02T09:30:00Z", GOOD, body=b"{} ")
    assert not refuses_zendesk("2026-11-02T09:30:00Z", GOOD, secrets=(OTHER, SECRET, OTHER))


ATLASSIAN = "a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"


def refuses_jira(signature: str, secrets: tuple[bytes, ...] = (b"It's a Secret to Everybody",)) -> bool:
    try:
        signatures.jira(signature=signature, body=b"Hello World!", secrets=secrets)
    except NotAuthentic as refusal:
        return str(refusal) == signatures.JIRA_REFUSAL
    return False


def test_jira_vector_of_atlassian() -> None:
    assert not refuses_jira(f"sha256={ATLASSIAN}")
    assert not refuses_jira(f"SHA256={ATLASSIAN.upper()}")


@pytest.mark.parametrize(
    "signature",
    [
        "",
        ATLASSIAN,
        f"sha1={ATLASSIAN}",
        f"sha512={ATLASSIAN}",
        f"md5={ATLASSIAN}",
        f"sha256={ATLASSIAN}0",
        "sha256=",
        f"sha256={ATLASSIAN[:-1]}",
        f"sha256= {ATLASSIAN[:-1]}",
        f"sha256={ATLASSIAN},sha256={ATLASSIAN}",
        f"={ATLASSIAN}",
        f"sha256={'0' * 64}",
        f"sha256={'\u0660' * 64}",
        "sha256=\ud800",
    ],
)
def test_jira_signature_is_exact(signature: str) -> None:
    assert refuses_jira(signature)


def test_jira_needs_a_secret() -> None:
    assert refuses_jira(f"sha256={ATLASSIAN}", secrets=())
    assert refuses_jira(f"sha256={ATLASSIAN}", secrets=(OTHER,))


@pytest.mark.parametrize(
    ("authorization", "let_in"),
    [
        ("Bearer signing secret", True),
        ("bearer signing secret", True),
        ("Bearer signing secre", False),
        ("Bearer signing secret2", False),
        ("Bearer  signing secret", False),
        ("Basic signing secret", False),
        ("signing secret", False),
        ("Bearer", False),
        ("Bearer ", False),
        ("", False),
    ],
)
def test_automation_token(authorization: str, *, let_in: bool) -> None:
    if let_in:
        signatures.bearer(authorization=authorization, secrets=(OTHER, SECRET))
        return
    with pytest.raises(NotAuthentic, match=re.escape(signatures.AUTOMATION_REFUSAL)):
        signatures.bearer(authorization=authorization, secrets=(OTHER, SECRET))


def test_every_secret_is_tried_whether_or_not_one_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    compare = hmac.compare_digest

    def counting(given: bytes, expected: bytes) -> bool:
        compared.append(expected)
        return compare(given, expected)

    monkeypatch.setattr(hmac, "compare_digest", counting)
    signatures.bearer(authorization="Bearer signing secret", secrets=(SECRET, OTHER, OTHER))
    assert len(compared) == 3
