"""What can be found in Zendesk so that nobody has to be asked: the field, the Links API, the connection to Jira."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from linksync_cli.echo_fields import is_echo
from linksync_cli.zendesk.reads import ZendeskReads
from linksync_cli.zendesk.records import Connection, TicketField

FIELD_TITLE = "Jira issue keys"
HOLDS_KEYS = frozenset({"text", "textarea", "regexp", "multiselect", "tagger", "integer"})
_TITLES = frozenset({"jira issue keys", "jira issue key", "jira keys", "jira key", "jira issues", "jira issue"})
_ZENDESK_HOST = ".zendesk.com"
WHERE_EXTERNAL_ID_IS = "Admin Center > Apps and integrations > Integrations > Jira > Edit"


@dataclass(frozen=True, slots=True)
class LinksChoice:
    """Which version of the Links API, version 2's external_id, and how that was found."""

    version: str
    external_id: str
    why: str


def subdomain_of(base_url: str) -> str:
    """`acme` of https://acme.zendesk.com; of any other host something that CloudFormation takes in its place."""
    host = (urlsplit(base_url).hostname or "").lower()
    return host.removesuffix(_ZENDESK_HOST) if host.endswith(_ZENDESK_HOST) else host.replace(".", "-")


def is_plain_account(base_url: str) -> bool:
    """Whether the subdomain alone tells the URL."""
    return base_url.rstrip("/") == f"https://{subdomain_of(base_url)}{_ZENDESK_HOST}"


def usable_fields(fields: Iterable[TicketField]) -> list[TicketField]:
    """The fields that could hold issue keys: active, of a fitting type, not the vendor's own."""
    return [one for one in fields if one.active and one.removable and one.type in HOLDS_KEYS and not is_echo(one.title)]


def named_like_keys(fields: Iterable[TicketField]) -> list[TicketField]:
    """Those whose title says that they hold issue keys."""
    return [one for one in fields if one.title.strip().casefold() in _TITLES]


def links_choice(reads: ZendeskReads, *, jira_url: str, cloud_id: str) -> LinksChoice | None:
    """What the account tells of itself; None when it does not tell.

    A 200 from version 1 alone does not prove that it is the live store, and 403 and 404 do not tell the versions apart:
    so version 2 goes first, by the undocumented list of connections and by the site's cloud id.
    """
    connections = reads.connections() or ()
    if connection := _connection(connections, jira_url=jira_url, cloud_id=cloud_id):
        return LinksChoice("v2", connection.external_id, "as Zendesk lists the connection")
    if cloud_id and reads.links_v2_status(cloud_id) == 200:
        return LinksChoice("v2", cloud_id, "by the Jira site's cloud id")
    if not connections and reads.links_v1_status() == 200:
        return LinksChoice("v1", "", "Zendesk answers version 1 alone")
    return None


def _connection(connections: Iterable[Connection], *, jira_url: str, cloud_id: str) -> Connection | None:
    connections = tuple(connections)
    by_id = [one for one in connections if one.external_id == cloud_id]
    by_url = [one for one in connections if str(one.metadata.get("base_url", "")).rstrip("/") == jira_url.rstrip("/")]
    for found in (by_id, by_url, connections):
        if len(found) == 1:
            return found[0]
    return None
