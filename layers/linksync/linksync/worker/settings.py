"""What the template tells the link worker, through its environment."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from linksync.core.link_row import LinksApiVersion
from linksync.core.links import UnlinkPolicy
from linksync.errors import Misconfigured

type Required = Annotated[str, Field(min_length=1)]


class Settings(BaseModel):
    """The environment variables of the link worker, by their lower-case names; see `parameters` for its two fields."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, str_strip_whitespace=True)

    event_queue_url: Required
    dead_letter_queue_url: Required
    ledger_table: Required
    idempotency_table: Required
    api_credentials_arn: Required
    zendesk_subdomain: Required
    zendesk_base_url: str = ""
    links_api_version: LinksApiVersion = LinksApiVersion.V2
    jira_integration_external_id: str = ""  # version 2's alone
    jira_base_url: Required
    unlink_policy: UnlinkPolicy = UnlinkPolicy.OWNED
    history_days: Annotated[int, Field(ge=0)] = 0

    @property
    def zendesk_url(self) -> str:
        """Where Zendesk's API is."""
        return self.zendesk_base_url or f"https://{self.zendesk_subdomain}.zendesk.com"


def settings_of(environ: Mapping[str, str]) -> Settings:
    """Reads the environment.  Raises Misconfigured, naming the variables."""
    try:
        return Settings.model_validate({name.lower(): value for name, value in environ.items()})
    except ValidationError as problem:
        names = sorted({str(error["loc"][0]).upper() for error in problem.errors() if error["loc"]})
    raise Misconfigured(f"check the parameters behind {', '.join(names)} and deploy the template again")
