"""Options that several commands share, as dataclasses: see `command`."""

from dataclasses import dataclass
from typing import Annotated

import typer

Budget = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="PER_MINUTE", help="Most calls of Zendesk a minute. [dim]Default: half its limit[/dim]"
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the command line says of the stack's settings; empty where it says nothing."""

    zendesk_url: Annotated[
        str, typer.Option(envvar="LINKSYNC_ZENDESK_URL", metavar="URL", help="https://acme.zendesk.com")
    ] = ""
    jira_url: Annotated[
        str, typer.Option(envvar="LINKSYNC_JIRA_URL", metavar="URL", help="https://acme.atlassian.net")
    ] = ""
    ticket_field: Annotated[
        str, typer.Option(metavar="ID|TITLE", help="The ticket field for issue keys; [bold]none[/bold] leaves it off.")
    ] = ""
    issue_field: Annotated[
        str,
        typer.Option(metavar="ID|NAME", help="The issue field for ticket numbers; [bold]none[/bold] leaves it off."),
    ] = ""
    external_id: Annotated[
        str, typer.Option(metavar="ID", help="The Jira integration's external_id, if it is not found.")
    ] = ""
    links_api: Annotated[
        str, typer.Option(metavar="v1|v2", help="The version of Zendesk's Links API, if it is not found.")
    ] = ""
    project_keys: Annotated[str, typer.Option(metavar="KEYS", help="Only these Jira projects, comma-separated.")] = ""
    alarm_email: Annotated[str, typer.Option(metavar="ADDRESS", help="Who gets the alarms.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What both set-ups may be asked for besides."""

    drop_old_secrets: Annotated[
        bool, typer.Option("--drop-old-secrets", metavar="", help="Forget the secrets of earlier webhooks and rules.")
    ] = False
    remove_doubles: Annotated[
        bool, typer.Option("--remove-doubles", metavar="", help="Delete second webhooks that post to the same stack.")
    ] = False
    one_time: Annotated[
        bool,
        typer.Option("--one-time", metavar="", help="Use the environment's credentials for this run, and store none."),
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the stack has for Jira: its URLs and parameters.  An empty `field_id`: that direction is off."""

    webhook_url: str
    automation_url: str
    field_id: str
    project_keys: str
