"""What the template tells every function, through its environment: the two fields that hold references."""

from collections.abc import Mapping
from dataclasses import dataclass

from linksync.errors import Misconfigured
from linksync.references.fields import IssueField, NotProjectKeys, TicketField


@dataclass(frozen=True, slots=True)
class ReferenceFields:
    """The ticket field that holds issue keys, and the issue field that holds ticket ids."""

    ticket: TicketField
    issue: IssueField


def reference_fields(environ: Mapping[str, str]) -> ReferenceFields:
    """From TicketFieldId, IssueFieldId, ProjectKeys, JiraBaseUrl and ZendeskSubdomain.

    Raises Misconfigured, naming the parameter.
    """
    project_keys = value(environ, "PROJECT_KEYS")
    try:
        ticket = TicketField.configured(
            field_id=value(environ, "TICKET_FIELD_ID"),
            project_keys=project_keys,
            jira_base_url=value(environ, "JIRA_BASE_URL"),
        )
        issue = IssueField.configured(
            field_id=value(environ, "ISSUE_FIELD_ID"),
            project_keys=project_keys,
            zendesk_subdomain=value(environ, "ZENDESK_SUBDOMAIN"),
        )
    except NotProjectKeys as error:
        raise Misconfigured(str(error)) from error
    return ReferenceFields(ticket, issue)


def value(environ: Mapping[str, str], name: str) -> str:
    """A variable without the white space around it; empty when there is none."""
    return environ.get(name, "").strip()
