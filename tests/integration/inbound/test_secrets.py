# ruff: noqa: N803 - clients are untyped here; AWS names its parameters so
"""The cached secret, on moto's Secrets Manager and on a store that fails."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from moto import mock_aws

from linksync.errors import AwsUnavailable, LinksyncError, Misconfigured
from linksync.store.aws_calls import CallLimits
from linksync.store.secrets import CachedSecret
from linksync.store.secrets_manager_calls import SecretsManagerCalls

OLD, NEW = '{"jira": ["old"]}', '{"jira": ["new"]}'


@dataclass
class Store:
    """A store that can be out of reach, and a clock."""

    text: str | None = OLD
    reachable: bool = True
    now: float = 1_000_000.0
    reads: int = field(default=0)
    reported: list[LinksyncError] = field(default_factory=list)

    def get_secret_value(self, *, SecretId: str) -> dict[str, Any]:
        assert SecretId == "arn"
        self.reads += 1
        if not self.reachable:
            raise AwsUnavailable("out of reach")
        return {"SecretString": self.text} if self.text is not None else {"SecretBinary": b"{}"}

    def secret(self) -> CachedSecret:
        return CachedSecret(self, "arn", clock=lambda: self.now, report=self.reported.append)


def test_it_is_read_at_most_once_a_minute() -> None:
    store = Store()
    secret = store.secret()
    for store.now in (1_000_000.0, 1_000_030.0, 1_000_059.9):
        assert secret.get() == {"jira": ["old"]}
    assert store.reads == 1
    store.text, store.now = NEW, 1_000_060.0
    assert secret.get() == {"jira": ["new"]}
    assert store.reads == 2


def test_fresh_is_read_now() -> None:
    store = Store()
    secret = store.secret()
    secret.get()
    store.text = NEW
    assert secret.get(fresh=True) == secret.get() == {"jira": ["new"]}
    store.reachable = False
    with pytest.raises(AwsUnavailable):
        secret.get(fresh=True)
    assert secret.get() == {"jira": ["new"]}


def test_an_empty_secret_is_read_again_soon() -> None:
    store = Store(text="{}")
    secret = store.secret()
    assert secret.get() == {}
    store.text, store.now = NEW, store.now + 4.9
    assert secret.get() == {}
    store.now += 0.1
    assert secret.get() == {"jira": ["new"]}


@pytest.mark.parametrize("broken", [{"reachable": False}, {"text": "not json"}, {"text": None}])
def test_an_older_copy_is_good_for_five_minutes(broken: dict[str, Any]) -> None:
    store = Store()
    secret = store.secret()
    secret.get()
    for name, value in broken.items():
        setattr(store, name, value)
    for store.now in (1_000_060.0, 1_000_064.9, 1_000_299.9):
        assert secret.get() == {"jira": ["old"]}
    assert store.reads == 3  # tried again every 5 seconds, not at every request
    assert len(store.reported) == 2  # though nobody was refused yet
    store.now = 1_000_300.0
    with pytest.raises((AwsUnavailable, Misconfigured)):
        secret.get()


def test_a_clock_that_went_back_makes_no_copy_younger() -> None:
    store = Store()
    secret = store.secret()
    secret.get()
    store.text, store.now = NEW, store.now - 3600
    assert secret.get() == {"jira": ["new"]}


def test_an_emptied_secret_is_in_force_within_a_minute() -> None:
    store = Store()
    secret = store.secret()
    secret.get()
    store.text, store.now = "{}", store.now + 60
    assert secret.get() == {}


@pytest.mark.parametrize("text", ["", "x", "[]", "null", '"secret"', "[" * 100_000, None])
def test_what_is_no_object_is_an_operators_matter_and_is_not_quoted(text: str | None) -> None:
    with pytest.raises(Misconfigured, match="is not a JSON object") as problem:
        Store(text=text).secret().get()
    assert problem.value.__context__ is None


def test_without_any_copy_an_unreachable_store_is_ours_to_mend() -> None:
    with pytest.raises(AwsUnavailable, match="out of reach"):
        Store(reachable=False).secret().get()


@pytest.fixture
def secrets_manager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client("secretsmanager", region_name="eu-central-1")


def test_on_secrets_manager(secrets_manager: Any, over_http: CallLimits) -> None:
    arn = secrets_manager.create_secret(Name="webhooks", SecretString=OLD)["ARN"]
    calls = SecretsManagerCalls(arn, over_http)
    assert CachedSecret(calls, arn).get() == {"jira": ["old"]}
    secrets_manager.put_secret_value(SecretId=arn, SecretString=NEW)
    assert CachedSecret(calls, arn).get() == {"jira": ["new"]}
    with pytest.raises(AwsUnavailable, match="ResourceNotFoundException"):
        CachedSecret(calls, arn.replace("webhooks", "absent")).get()
