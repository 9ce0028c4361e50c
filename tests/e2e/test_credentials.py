"""Secrets put, replaced and revoked while everything runs."""

from collections.abc import Iterator

import pytest

from local.aws.stack import Stack
from local.http.deliveries import Delivery
from local.jira import site as jira_site
from local.jira.site import Jira
from local.zendesk import site as zendesk_site
from local.zendesk.site import Zendesk
from tests.e2e.scene import Scene, answered, document, restart

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

# The vendors start with an OAuth client for Zendesk and an API token for Jira.
ZENDESK_TOKEN = {"email": zendesk_site.EMAIL, "api_token": zendesk_site.API_TOKEN}
JIRA_CLIENT = {"client_id": jira_site.CLIENT_ID, "client_secret": jira_site.CLIENT_SECRET}


@pytest.fixture
def restored(stack: Stack) -> Iterator[None]:
    """Puts the vendors' own secrets back, and lets them know them again."""
    sites: tuple[Zendesk | Jira, ...] = (stack.vendors.zendesk, stack.vendors.jira)
    known = [(dict(site.accounts.clients), dict(site.accounts.api_tokens)) for site in sites]
    yield
    for site, (clients, api_tokens) in zip(sites, known, strict=True):
        site.accounts.clients, site.accounts.api_tokens = clients, api_tokens
    stack.put_secrets()
    restart(stack)


def test_an_empty_secret_authenticates_nobody(before_secrets: list[Delivery]) -> None:
    assert [document(delivery)[0] for delivery in before_secrets] == [401, 401, 401]
    assert {document(delivery)[1]["error"]["code"] for delivery in before_secrets} == {"NotAuthentic"}


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize(
    ("side", "credentials"),
    [
        pytest.param("zendesk", ZENDESK_TOKEN, id="Zendesk API token"),
        pytest.param("jira", JIRA_CLIENT, id="Jira OAuth"),
    ],
)
def test_new_credentials_serve_from_the_moment_at_which_the_old_ones_fail(
    scene: Scene, side: str, credentials: dict[str, str]
) -> None:
    """Whoever replaces credentials revokes the old ones, and must not lose the deliveries of the next minute."""
    (one, two), (issue,) = scene.cast(tickets=2)
    scene.write_keys(one, issue.key)
    _revoke_all_but(scene, side, credentials)
    scene.stack.put_secrets(credentials=scene.vendors.credentials() | {side: credentials})
    scene.write_keys(two, issue.key)
    assert scene.linked(one, two) == {(one, issue.key), (two, issue.key)}
    assert scene.stack.dead_letters() == []


@pytest.mark.usefixtures("restored")
def test_two_signing_secrets_are_good_at_once_and_a_removed_one_no_more(scene: Scene) -> None:
    trigger, old = scene.vendors.senders.trigger, scene.vendors.senders.secrets()
    scene.stack.put_secrets(webhook=old | {"zendesk": ["the next one, 24 letters", *old["zendesk"]]})
    restart(scene.stack)
    assert _signed_with(scene, "the next one, 24 letters", trigger.secret) == [200, 200]
    scene.stack.put_secrets(webhook=old | {"zendesk": ["the next one, 24 letters"]})
    restart(scene.stack)
    assert _signed_with(scene, "the next one, 24 letters", trigger.secret) == [200, 401]


def _revoke_all_but(scene: Scene, side: str, kept: dict[str, str]) -> None:
    site: Zendesk | Jira = scene.vendors.zendesk if side == "zendesk" else scene.vendors.jira
    site.accounts.tokens.revoke_all()
    site.accounts.clients = {kept["client_id"]: kept["client_secret"]} if "client_id" in kept else {}
    site.accounts.api_tokens = {kept["email"]: kept["api_token"]} if "email" in kept else {}


def _signed_with(scene: Scene, *secrets: str) -> list[int | None]:
    senders = scene.vendors.senders
    before, answers = senders.events.secret, []
    for secret in secrets:
        senders.events.secret = secret
        delivery = senders.events.send(b'{"type": "zen:event-type:ticket.comment_added"}')
        answers.append(answered(delivery).attempts[-1].status)
    senders.events.secret = before
    return answers
