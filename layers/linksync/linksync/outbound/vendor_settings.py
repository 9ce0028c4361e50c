"""What the template tells a function of Zendesk and Jira, through its environment."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from linksync.errors import Misconfigured

type Required = Annotated[str, Field(min_length=1)]


class VendorSettings(BaseModel):
    """The environment variables by their lower-case names; functions add theirs.  See `parameters` for the fields."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, str_strip_whitespace=True)

    event_queue_url: Required
    ledger_table: Required
    api_credentials_arn: Required
    zendesk_subdomain: Required
    zendesk_base_url: str = ""
    jira_base_url: Required

    @property
    def zendesk_url(self) -> str:
        """Where Zendesk's API is."""
        return self.zendesk_base_url or f"https://{self.zendesk_subdomain}.zendesk.com"


def read_settings[S: VendorSettings](model: type[S], environ: Mapping[str, str]) -> S:
    """Reads the environment.  Raises Misconfigured, naming the variables."""
    try:
        return model.model_validate({name.lower(): value for name, value in environ.items()})
    except ValidationError as problem:
        names = sorted({str(error["loc"][0]).upper() for error in problem.errors() if error["loc"]})
    raise Misconfigured(f"check the parameters behind {', '.join(names)} and deploy the template again")
