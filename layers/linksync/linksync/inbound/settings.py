"""What the template tells a webhook function, through its environment."""

from collections.abc import Mapping
from dataclasses import dataclass

from linksync.errors import Misconfigured
from linksync.references.fields import IssueField, NotProjectKeys, TicketField


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of both webhook functions."""

    queue_url: str
    secret_arn: str
    ticket_field: TicketField
    issue_field: IssueField


def settings_of(environ: Mapping[str, str]) -> Settings:
    """Reads the environment.  Raises Misconfigured, naming the variable or the parameter."""

    def value(name: str) -> str:
        return environ.get(name, "").strip()

    try:
        ticket_field = TicketField.configured(
            field_id=value("TICKET_FIELD_ID"),
            project_keys=value("PROJECT_KEYS"),
            jira_base_url=value("JIRA_BASE_URL"),
        )
        issue_field = IssueField.configured(
            field_id=value("ISSUE_FIELD_ID"),
            project_keys=value("PROJECT_KEYS"),
            zendesk_subdomain=value("ZENDESK_SUBDOMAIN"),
        )
    except NotProjectKeys as problem:
        raise Misconfigured(str(problem)) from problem
    return Settings(
        queue_url=_required(environ, "EVENT_QUEUE_URL"),
        secret_arn=_required(environ, "WEBHOOK_SECRET_ARN"),
        ticket_field=ticket_field,
        issue_field=issue_field,
    )


def _required(environ: Mapping[str, str], name: str) -> str:
    if not (value := environ.get(name, "").strip()):
        raise Misconfigured(f"the environment variable {name} is empty: deploy the template again")
    return value
