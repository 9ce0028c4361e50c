"""What can be found in Jira so that nobody has to be asked: where its API is for these credentials, and the field."""

from collections.abc import Iterable

from linksync.errors import LinksyncError, UpstreamForbidden
from linksync.outbound.base_url import is_loopback
from linksync_cli.credentials import Credentials
from linksync_cli.echo_fields import is_echo
from linksync_cli.jira.api import JiraApi
from linksync_cli.jira.records import JiraField
from linksync_cli.vendor_calls import jira_calls

FIELD_NAME = "Zendesk tickets"
GATEWAY = "https://api.atlassian.com/ex/jira/"
_NAMES = frozenset({"zendesk tickets", "zendesk ticket", "zendesk ticket number", "zendesk ticket numbers"})


def base_url_for(site: str, found: Credentials, *, dry_run: bool) -> str:
    """Where Jira's API answers these credentials: at the site, or at Atlassian's gateway for scoped tokens and OAuth.

    Raises UpstreamForbidden where they are good at neither.
    """
    if "/ex/jira/" in site:
        JiraApi(jira_calls(site, found.entry, dry_run=dry_run)).myself()
        return site
    at_site = JiraApi(jira_calls(site, found.entry, dry_run=dry_run))
    try:
        at_site.myself()
    except UpstreamForbidden as refusal:
        gateway = _gateway(site, cloud_id(at_site))
        try:
            JiraApi(jira_calls(gateway, found.entry, dry_run=dry_run)).myself()
        except LinksyncError:
            raise refusal from None
        return gateway
    return site


def cloud_id(api: JiraApi) -> str:
    """The site's cloud id; empty where it tells none, as a Data Center does."""
    try:
        return api.cloud_id()
    except LinksyncError:
        return ""


def _gateway(site: str, cloud_id: str) -> str:
    return f"{site}/ex/jira/{cloud_id}" if is_loopback(site) else GATEWAY + cloud_id


def usable_fields(fields: Iterable[JiraField]) -> list[JiraField]:
    """The fields that could hold ticket numbers: people's own, not the vendor's."""
    return [one for one in fields if one.custom and not is_echo(one.name)]


def named_like_tickets(fields: Iterable[JiraField]) -> list[JiraField]:
    """Those whose name says that they hold ticket numbers."""
    return [one for one in fields if one.name.strip().casefold() in _NAMES]
