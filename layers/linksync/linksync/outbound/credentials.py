"""What the secret `ApiCredentials` holds for each vendor: an OAuth client, or an e-mail address with an API token.

Zendesk: https://developer.zendesk.com/api-reference/introduction/security-and-auth/
Jira: https://developer.atlassian.com/cloud/jira/platform/basic-auth-for-rest-apis/
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, StringConstraints, ValidationError

from linksync.errors import Misconfigured

SECRET = "ApiCredentials"  # noqa: S105  the secret's name, as the stack's outputs give it

# Pasted secrets often end in a newline.
type Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
type Secret = Annotated[
    SecretStr, BeforeValidator(lambda value: value.strip() if isinstance(value, str) else value), Field(min_length=1)
]


class CredentialsSource(Protocol):
    """The secret's document, from a cache of at most a minute; `fresh` asks for it to be read anew."""

    def __call__(self, *, fresh: bool = False) -> Mapping[str, object]:
        """May raise AwsUnavailable."""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True)


class OAuthClient(_Entry):
    """OAuth 2.0 client credentials: Zendesk's OAuth client, or an Atlassian service account's."""

    client_id: Name
    client_secret: Secret


class ApiToken(_Entry):
    """A person's or a service account's API token."""

    email: Name
    api_token: Secret


def credentials_of(document: Mapping[str, object], vendor: str) -> OAuthClient | ApiToken:
    """The credentials for `zendesk` or `jira`; an OAuth client goes first where both are given.

    Raises Misconfigured, naming secret and fields and nothing that was found in them.
    """
    kinds: tuple[type[OAuthClient | ApiToken], ...] = (OAuthClient, ApiToken)
    for kind in kinds:
        with suppress(ValidationError):
            return kind.model_validate(document.get(vendor))
    raise Misconfigured(
        f'The secret {SECRET} has no usable "{vendor}" entry: put {{"client_id", "client_secret"}} or '
        '{"email", "api_token"} there, each a string that is not empty'
    )
