"""Zendesk and Jira as the stack itself calls them: with its credentials, its parameters and its two fields."""

from dataclasses import replace
from functools import cached_property

from linksync.core.links import UnlinkPolicy
from linksync.core.listed_links import LinksApiVersion
from linksync.core.projects import ProjectList
from linksync.outbound.existence import VendorExistence
from linksync.outbound.http_api import Call, HttpApi, Pace
from linksync.outbound.jira_issues import JiraIssues, MyselfResponse
from linksync.outbound.jira_search import JiraSearch
from linksync.outbound.links_api import LinksApi
from linksync.outbound.links_v1 import LinksV1
from linksync.outbound.links_v2 import LinksV2
from linksync.outbound.zendesk_exports import ZendeskExports
from linksync.outbound.zendesk_tickets import ZendeskTickets
from linksync.parameters import ReferenceFields, reference_fields
from linksync_cli.doctor.subject import Subject
from linksync_cli.stack import Stack
from linksync_cli.vendor_calls import PatientApi, jira_calls, zendesk_calls

_ENVIRONMENT = {
    "TICKET_FIELD_ID": "TicketFieldId",
    "ISSUE_FIELD_ID": "IssueFieldId",
    "PROJECT_KEYS": "ProjectKeys",
    "JIRA_BASE_URL": "JiraBaseUrl",
    "ZENDESK_SUBDOMAIN": "ZendeskSubdomain",
}


class StackVendors:
    """What the stack reads and writes upstream.  Nothing is asked before it is used.

    Each call may raise the errors of `linksync.errors`; what is put off is tried again.
    """

    def __init__(self, stack: Stack, *, pace: Pace | None = None) -> None:
        """`pace`, where given, tells when Zendesk may be called."""
        self._stack, self._pace = stack, pace

    @cached_property
    def fields(self) -> ReferenceFields:
        """The two fields.  Raises Misconfigured."""
        return reference_fields({ours: self._stack.parameter(name) for ours, name in _ENVIRONMENT.items()})

    @property
    def projects(self) -> ProjectList:
        """ProjectKeys.  Raises Misconfigured."""
        return ProjectList(self.fields.issue.projects)

    @property
    def policy(self) -> UnlinkPolicy:
        """UnlinkPolicy."""
        return UnlinkPolicy(self._stack.parameter("UnlinkPolicy", UnlinkPolicy.OWNED))

    @cached_property
    def tickets(self) -> ZendeskTickets:
        """The tickets' field."""
        field = self.fields.ticket
        return ZendeskTickets(zendesk=self.zendesk, field_id=field.id, parse=field.text_keys)

    @cached_property
    def issues(self) -> JiraIssues:
        """The issues, and their field."""
        return JiraIssues(jira=self.jira, field_id=self.fields.issue.id, parse=self.fields.issue.ids)

    @cached_property
    def existence(self) -> VendorExistence:
        """Which tickets and issues there are, many at a time."""
        return VendorExistence(zendesk=self.zendesk, jira=self.jira)

    @cached_property
    def exports(self) -> ZendeskExports:
        """The tickets in bulk."""
        field = self.fields.ticket
        return ZendeskExports(zendesk=self.zendesk, field_id=field.id, parse=field.text_keys)

    @cached_property
    def search(self) -> JiraSearch:
        """The issues in bulk."""
        return JiraSearch(jira=self.jira, field_id=self.fields.issue.id, parse=self.fields.issue.ids)

    @cached_property
    def links(self) -> LinksApi:
        """The Links API, in the stack's version."""
        return self.links_of(self.version)

    @property
    def version(self) -> LinksApiVersion:
        """LinksApiVersion."""
        return LinksApiVersion(self._stack.parameter("LinksApiVersion", LinksApiVersion.V2))

    def links_of(self, version: LinksApiVersion) -> LinksApi:
        """The Links API, in this version.  Raises Misconfigured when version 2 has no external_id."""
        if version is LinksApiVersion.V1:
            return LinksV1(zendesk=self.zendesk)
        return LinksV2(zendesk=self.zendesk, external_id=self._stack.parameter("JiraIntegrationExternalId"))

    @cached_property
    def zendesk(self) -> HttpApi:
        """Zendesk's API."""
        api = PatientApi.of(zendesk_calls(self._stack.zendesk_url, self._entry("zendesk")).api)
        return replace(api, pace=self._pace)

    @cached_property
    def jira(self) -> HttpApi:
        """Jira's API."""
        return PatientApi.of(jira_calls(self._stack.jira_url, self._entry("jira")).api)

    def prove_jira(self) -> None:
        """Raises UpstreamForbidden unless Jira knows us: to whom it does not know, it shows no issue at all."""
        self.jira.send(Call(method="GET", path="/rest/api/3/myself"), accept=frozenset({200})).read(MyselfResponse)

    def _entry(self, vendor: str) -> dict[str, str]:
        return Subject(self._stack).entry(vendor)
