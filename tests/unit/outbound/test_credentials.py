"""What the secret ApiCredentials may hold."""

import pytest
from pydantic import SecretStr, ValidationError

from linksync.errors import Misconfigured
from linksync.outbound.credentials import ApiToken, OAuthClient, credentials_of

CLIENT = {"client_id": "linksync", "client_secret": "hunter2"}
TOKEN = {"email": "bot@acme.example", "api_token": "hunter2"}


def test_an_oauth_client() -> None:
    expected = OAuthClient(client_id="linksync", client_secret=SecretStr("hunter2"))
    assert expected == credentials_of({"zendesk": CLIENT, "jira": TOKEN}, "zendesk")


def test_an_api_token() -> None:
    expected = ApiToken(email="bot@acme.example", api_token=SecretStr("hunter2"))
    assert expected == credentials_of({"zendesk": CLIENT, "jira": TOKEN}, "jira")


def test_an_oauth_client_goes_first_where_both_are_given_whole() -> None:
    assert isinstance(credentials_of({"jira": TOKEN | CLIENT}, "jira"), OAuthClient)
    assert isinstance(credentials_of({"jira": TOKEN | {"client_id": "linksync"}}, "jira"), ApiToken)


def test_the_newline_of_a_pasted_secret_is_dropped() -> None:
    found = credentials_of({"jira": {"email": "bot@acme.example ", "api_token": "hunter2\n"}}, "jira")
    assert found == ApiToken(email="bot@acme.example", api_token=SecretStr("hunter2"))


@pytest.mark.parametrize(
    "entry",
    [
        None,
        {},
        "hunter2",
        ["hunter2"],
        {"client_id": "linksync"},
        {"client_secret": "hunter2"},
        {"hunter2": "hunter2"},
        CLIENT | {"client_secret": " "},
        CLIENT | {"client_id": ""},
        TOKEN | {"api_token": 7},
        TOKEN | {"email": None},
    ],
)
def test_anything_else_is_misconfigured_and_not_shown(entry: object) -> None:
    for document in ({"zendesk": entry}, {"zendesk": entry, "jira": TOKEN}, {}):
        with pytest.raises(Misconfigured) as caught:
            credentials_of(document, "zendesk")
        assert str(caught.value).startswith('The secret ApiCredentials has no usable "zendesk" entry: put {"client_id"')
        assert '"client_secret"' in str(caught.value)
        assert "hunter2" not in repr(caught.value)


def test_a_secret_is_never_in_a_repr() -> None:
    assert "hunter2" not in repr([credentials_of({"x": CLIENT}, "x"), credentials_of({"x": TOKEN}, "x")])


@pytest.mark.parametrize("kind", [OAuthClient, ApiToken])
def test_a_secret_is_not_in_the_error_of_an_entry_that_is_not_taken(kind: type[OAuthClient | ApiToken]) -> None:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate({"client_id": ["hunter2"], "email": ["hunter2"]} | {"api_token": 7, "client_secret": 7})
    assert "hunter2" not in str(caught.value)
