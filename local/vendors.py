"""The two vendors and their senders, wired together: everything of the laptop world that is not AWS."""

import ssl
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Literal, Self

from local.http.courier import CourierSettings
from local.http.messages import Json
from local.http.site_settings import SiteSettings
from local.jira import site as jira_site
from local.jira.issue import SimulatedIssue
from local.jira.site import CLOUD_ID, Jira
from local.jira_app import JiraApp
from local.senders import Senders
from local.zendesk import site as zendesk_site
from local.zendesk.links import LinkTable
from local.zendesk.site import Zendesk

SUBDOMAIN = "acme"
TICKET_FIELD = "360012345678"
ISSUE_FIELD = "customfield_10050"


type LinksApi = Literal["v1", "v2"]


class SimulatedVendors:
    """A Zendesk account and a Jira site that know each other through nothing but what is under test.

    `with SimulatedVendors() as vendors:` starts them on free ports.  `time_scale` multiplies the senders' waits between
    attempts; `links_api` is the version of the links API that a stack is told to use; `set_up` false leaves both
    accounts empty: no field, no webhook, no trigger, until somebody makes them; with `tls` both sites speak https.
    """

    def __init__(  # noqa: PLR0913  keywords that tests read as a sentence
        self,
        *,
        ticket_field: str = TICKET_FIELD,
        issue_field: str = ISSUE_FIELD,
        time_scale: float = 0.01,
        workers: int = 1,
        timeout: float | None = None,
        links_api: LinksApi = "v2",
        clock: Callable[[], float] = time.time,
        set_up: bool = True,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.ticket_field = ticket_field if set_up else ""
        self.issue_field = issue_field if set_up else ""
        self.links_api = links_api
        settings = SiteSettings(clock=clock, pace=CourierSettings(time_scale, workers, timeout), tls=tls)
        self.zendesk = Zendesk(CLOUD_ID, [ticket_field] if set_up else [], settings)
        self.jira = Jira([issue_field] if set_up else [], settings)
        self.senders = Senders(self.zendesk, self.jira, ticket_field, issue_field, set_up=set_up)
        self.app = JiraApp(self.zendesk, self.jira)
        self._open = ExitStack()

    def ticket(self, keys: str | None = None, *, ticket_id: int | None = None) -> int:
        """A new ticket, its field filled in where `keys` is given; its id."""
        return self.zendesk.tickets.create({self.ticket_field: keys} if keys else {}, ticket_id=ticket_id)

    def issue(self, key_or_project: str = "PROJ", tickets: Json = None) -> SimulatedIssue:
        """A new issue, its field filled in where `tickets` is given."""
        return self.jira.issues.create(key_or_project, {self.issue_field: tickets} if tickets else {})

    def write_keys(self, ticket_id: int, keys: Json) -> None:
        """Edits the ticket's field of issue keys, as an agent does."""
        self.zendesk.tickets.edit(ticket_id, {self.ticket_field: keys})

    def write_tickets(self, id_or_key: str, tickets: Json) -> None:
        """Edits the issue's field of ticket ids, as a developer does."""
        self.jira.issues.edit(id_or_key, {self.issue_field: tickets})

    def link_by_hand(self, ticket_id: int, id_or_key: str) -> bool:
        """Links them in Zendesk's Jira app, as an agent does; False when they were linked already."""
        return self.app.link(self.link_table, ticket_id, id_or_key)

    def unlink_by_hand(self, ticket_id: int, id_or_key: str) -> bool:
        """Unlinks them in Zendesk's Jira app, as an agent does; False when there was no link."""
        return self.app.unlink(self.link_table, ticket_id, id_or_key)

    def links(self) -> set[tuple[str, str]]:
        """Every link as (ticket id, issue key)."""
        return self.link_table.pairs()

    @property
    def link_table(self) -> LinkTable:
        """The links of the API that is in use."""
        return self.zendesk.links_v1 if self.links_api == "v1" else self.zendesk.links

    def parameters(self) -> dict[str, str]:
        """The template parameters that aim a stack at these vendors."""
        return {
            "ZendeskSubdomain": SUBDOMAIN,
            "ZendeskBaseUrl": self.zendesk.url,
            "JiraIntegrationExternalId": self.zendesk.links.external_id,
            "JiraBaseUrl": self.jira.url,
            "TicketFieldId": self.ticket_field,
            "IssueFieldId": self.issue_field,
        } | ({"LinksApiVersion": "v1"} if self.links_api == "v1" else {})

    def credentials(self) -> dict[str, dict[str, str]]:
        """The content of `ApiCredentials` for these vendors: OAuth for Zendesk, an API token for Jira."""
        return {
            "zendesk": {"client_id": zendesk_site.CLIENT_ID, "client_secret": zendesk_site.CLIENT_SECRET},
            "jira": {"email": jira_site.EMAIL, "api_token": jira_site.API_TOKEN},
        }

    def __enter__(self) -> Self:
        for part in (self.zendesk, self.jira, self.senders):
            self._open.enter_context(part)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._open.close()
