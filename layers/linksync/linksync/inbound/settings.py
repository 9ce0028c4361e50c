"""What the template tells a webhook function, through its environment."""

from collections.abc import Mapping
from dataclasses import dataclass

from linksync.errors import Misconfigured
from linksync.parameters import ReferenceFields, reference_fields, value


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of both webhook functions."""

    queue_url: str
    secret_arn: str
    fields: ReferenceFields


def settings_of(environ: Mapping[str, str]) -> Settings:
    """Reads the environment.  Raises Misconfigured, naming the variable or the parameter."""
    return Settings(
        queue_url=_required(environ, "EVENT_QUEUE_URL"),
        secret_arn=_required(environ, "WEBHOOK_SECRET_ARN"),
        fields=reference_fields(environ),
    )


def _required(environ: Mapping[str, str], name: str) -> str:
    if not (found := value(environ, name)):
        raise Misconfigured(f"the environment variable {name} is empty: deploy the template again")
    return found
