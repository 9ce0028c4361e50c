"""Where the credentials for Zendesk and Jira come from: the environment, the stack's secret, or an answer.

In this order; whatever is used, its origin is told and its value is not.  No option ever holds one: options are seen in
the list of processes.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from linksync.errors import Misconfigured
from linksync.outbound.credentials import ApiToken, OAuthClient, credentials_of
from linksync_cli.failures import WrongUsage
from linksync_cli.prompts import Prompts

CLIENT, TOKEN = ("client_id", "client_secret"), ("email", "api_token")
_QUESTIONS = {
    "zendesk": "Zendesk: identifier of an OAuth client (or an e-mail address, for an API token)",
    "jira": "Jira: e-mail address of the account (or the client id of a service account)",
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """One vendor's entry of the secret, and where it was found.  `entry` is never to be shown."""

    entry: Mapping[str, str] = field(repr=False)
    origin: str

    @property
    def oauth(self) -> bool:
        """Whether it is an OAuth client."""
        return CLIENT[0] in self.entry


def find(vendor: str, stored: Mapping[str, object], prompts: Prompts) -> Credentials:
    """The credentials for `zendesk` or `jira`; `stored` is the secret's document, empty where there is none yet.

    Raises WrongUsage for half of a pair in the environment, Unanswered when nobody can be asked.
    """
    return _of_environment(vendor, os.environ) or _of_secret(vendor, stored) or _asked(vendor, prompts)


def _of_environment(vendor: str, environment: Mapping[str, str]) -> Credentials | None:
    for names in (CLIENT, TOKEN):
        variables = [f"LINKSYNC_{vendor}_{name}".upper() for name in names]
        values = [environment.get(variable, "").strip() for variable in variables]
        if all(values):
            return Credentials(dict(zip(names, values, strict=True)), f"{variables[0]} and {variables[1]}")
        if any(values):
            missing = variables[values.index("")]
            raise WrongUsage("credentials", f"{missing} is not set, and its pair is.", f"Set {missing}, or neither.")
    return None


def _of_secret(vendor: str, stored: Mapping[str, object]) -> Credentials | None:
    try:
        found = credentials_of(stored, vendor)
    except Misconfigured:
        return None
    match found:
        case OAuthClient(client_id=name, client_secret=secret):
            entry = dict(zip(CLIENT, (name, secret.get_secret_value()), strict=True))
        case ApiToken(email=name, api_token=secret):
            entry = dict(zip(TOKEN, (name, secret.get_secret_value()), strict=True))
    return Credentials(entry, "the stack's secret ApiCredentials")


def _asked(vendor: str, prompts: Prompts) -> Credentials:
    prefix = f"LINKSYNC_{vendor}".upper()
    flag = (
        f"{prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET (or {prefix}_EMAIL and {prefix}_API_TOKEN) in the environment"
    )
    name = prompts.text(_QUESTIONS[vendor], flag=flag)
    kind = TOKEN if "@" in name else CLIENT
    what = "API token" if kind is TOKEN else "client secret"
    return Credentials({kind[0]: name, kind[1]: prompts.secret(f"Its {what} (not shown)", flag=flag)}, "your answer")
