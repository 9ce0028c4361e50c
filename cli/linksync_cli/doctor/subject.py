"""What doctor looks at: the stack and, with the stack's own credentials, both vendors.  Each is asked for once."""

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

from linksync.errors import Misconfigured
from linksync.outbound.credentials import ApiToken, OAuthClient, credentials_of
from linksync_cli.credentials import CLIENT, TOKEN
from linksync_cli.jira.api import JiraApi
from linksync_cli.secret_store import API, WEBHOOK, SecretStore
from linksync_cli.stack import Stack
from linksync_cli.vendor_calls import jira_calls, zendesk_calls
from linksync_cli.zendesk.reads import ZendeskReads
from linksync_cli.zendesk.records import Trigger, User, Webhook


@dataclass
class Subject:
    """One stack under examination."""

    stack: Stack

    def clock(self) -> float:
        """Our own clock, in seconds since the epoch."""
        return time.time()

    def wait(self, seconds: float) -> None:
        """Pauses for so many seconds."""
        time.sleep(seconds)

    @cached_property
    def store(self) -> SecretStore:
        """The stack's secrets."""
        return SecretStore(self.stack)

    @cached_property
    def webhook_secret(self) -> dict[str, Any]:
        """What senders prove themselves with."""
        return self.store.read(WEBHOOK)

    @cached_property
    def api_credentials(self) -> dict[str, Any]:
        """What the stack proves itself with."""
        return self.store.read(API)

    @cached_property
    def zendesk(self) -> ZendeskReads:
        """Zendesk, as the stack calls it."""
        return ZendeskReads(zendesk_calls(self.stack.zendesk_url, self.entry("zendesk"), dry_run=True))

    @cached_property
    def jira(self) -> JiraApi:
        """Jira, as the stack calls it."""
        return JiraApi(jira_calls(self.stack.jira_url, self.entry("jira"), dry_run=True))

    @cached_property
    def zendesk_user(self) -> User:
        """Who the stack is for Zendesk."""
        return self.zendesk.me()

    @cached_property
    def zendesk_clock(self) -> float | None:
        """Zendesk's clock; None where it tells none."""
        return time_of(self.zendesk.calls.get("/api/v2/users/me.json").headers.get("Date"))

    @cached_property
    def webhooks(self) -> list[Webhook]:
        """Zendesk's webhooks that post to the stack."""
        return self.zendesk.webhooks_at(self.stack.output("ZendeskWebhookUrl"))

    @cached_property
    def triggers(self) -> list[Trigger]:
        """Zendesk's triggers that use one of these."""
        return self.zendesk.triggers_of(frozenset(one.id for one in self.webhooks))

    def parameter(self, name: str, default: str = "") -> str:
        """A parameter of the stack."""
        return self.stack.parameter(name, default)

    def secret_changed_at(self, output: str) -> float:
        """When a secret was last written, in seconds since the epoch."""
        described = self.stack.aws.client("secretsmanager").describe_secret(SecretId=self.stack.output(output))
        changed = described.get("LastChangedDate")
        return float(changed.timestamp()) if changed else 0.0

    def entry(self, vendor: str) -> dict[str, str]:
        """One vendor's credentials, as they are stored.  Raises Misconfigured."""
        match credentials_of(self.api_credentials, vendor):
            case OAuthClient(client_id=name, client_secret=secret):
                return dict(zip(CLIENT, (name, secret.get_secret_value()), strict=True))
            case ApiToken(email=name, api_token=secret):
                return dict(zip(TOKEN, (name, secret.get_secret_value()), strict=True))
        raise Misconfigured(f"the secret has no entry for {vendor}")


def time_of(date: str | None) -> float | None:
    """The time that a header tells, in seconds since the epoch; None where it tells none."""
    try:
        return parsedate_to_datetime(date or "").timestamp()
    except ValueError:
        return None
