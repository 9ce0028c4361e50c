"""What the template tells the link worker, through its environment."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from linksync.core.links import UnlinkPolicy
from linksync.core.listed_links import LinksApiVersion
from linksync.core.wrong_references import WrongReferenceNotice
from linksync.outbound.vendor_settings import Required, VendorSettings, read_settings


class Settings(VendorSettings):
    """The environment variables of the link worker, by their lower-case names; see `parameters` for its two fields."""

    dead_letter_queue_url: Required
    idempotency_table: Required
    links_api_version: LinksApiVersion = LinksApiVersion.V2
    jira_integration_external_id: str = ""  # version 2's alone
    unlink_policy: UnlinkPolicy = UnlinkPolicy.OWNED
    wrong_reference_notice: WrongReferenceNotice = WrongReferenceNotice.OFF
    history_days: Annotated[int, Field(ge=0)] = 0


def settings_of(environ: Mapping[str, str]) -> Settings:
    """Reads the environment.  Raises Misconfigured, naming the variables."""
    return read_settings(Settings, environ)
