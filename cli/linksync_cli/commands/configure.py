"""`linksync configure`: finds the stack's parameters and writes them to samconfig.local.toml."""

from typing import TYPE_CHECKING, Annotated

import typer

from linksync_cli.command import Run, command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from linksync_cli.configuring import Found, Given

ZendeskUrl = Annotated[
    str, typer.Option("--zendesk-url", envvar="LINKSYNC_ZENDESK_URL", metavar="URL", help="https://acme.zendesk.com")
]
JiraUrl = Annotated[
    str, typer.Option("--jira-url", envvar="LINKSYNC_JIRA_URL", metavar="URL", help="https://acme.atlassian.net")
]
TicketField = Annotated[
    str, typer.Option(metavar="ID|TITLE", help="The ticket field for issue keys; [bold]none[/bold] leaves it off.")
]
IssueField = Annotated[
    str, typer.Option(metavar="ID|NAME", help="The issue field for ticket numbers; [bold]none[/bold] leaves it off.")
]
ExternalId = Annotated[str, typer.Option(metavar="ID", help="The Jira integration's external_id, if it is not found.")]
LinksApi = Annotated[str, typer.Option(metavar="v1|v2", help="The version of Zendesk's Links API, if it is not found.")]
ProjectKeys = Annotated[str, typer.Option(metavar="KEYS", help="Only these Jira projects, comma-separated.")]
AlarmEmail = Annotated[str, typer.Option(metavar="ADDRESS", help="Who gets the alarms.")]


@command(writes=True)
def configure(
    run: Run,
    zendesk_url: ZendeskUrl = "",
    jira_url: JiraUrl = "",
    ticket_field: TicketField = "",
    issue_field: IssueField = "",
    external_id: ExternalId = "",
    links_api: LinksApi = "",
    project_keys: ProjectKeys = "",
    alarm_email: AlarmEmail = "",
) -> None:
    """Find the stack's settings and write them to samconfig.local.toml, for `make deploy`.

    Nothing is asked that Zendesk, Jira or an earlier run can tell. Fields that are missing are made, once you agree.
    """
    from linksync_cli.configuring import Given

    given = Given(
        zendesk_url=zendesk_url,
        jira_url=jira_url,
        ticket_field=ticket_field,
        issue_field=issue_field,
        external_id=external_id,
        links_api=links_api,
        project_keys=project_keys,
        alarm_email=alarm_email,
    )
    found = configured(run, given)
    run.end({"parameters": found.parameters}, *told(found))


def configured(run: Run, given: "Given", *, agreed: str = "") -> "Found":
    """Finds, shows, and once somebody agrees writes the parameters.

    `agreed` is the question that is asked in any case; without one, only where fields are to be made.
    """
    from linksync_cli import settings_file
    from linksync_cli.configuring import Configuration
    from linksync_cli.failures import WrongUsage
    from linksync_cli.secret_store import API, SecretStore
    from linksync_cli.stack import find

    stack = find(run)
    known = (dict(stack.parameters) if stack else {}) | settings_file.parameters()
    stored = SecretStore(stack).read(API) if stack and stack.outputs.get(API) else {}
    found = Configuration(run, given, known, stored).find()
    changes = settings_file.changes(run, found.parameters)
    if run.dry_run or not (changes or agreed):
        return found
    if agreed or found.to_make:
        for line in told(found):
            run.screen.note(line)
        if not run.questions.confirm(agreed or "Make what is to be made, and write these settings?"):
            raise WrongUsage("declined", "Nothing was changed.", "Run it again when you agree.")
    with run.screen.working("Making the fields …"):
        found.make()
    if changes:
        settings_file.write(run, found.parameters)
    return found


def told(found: "Found") -> "Iterator[RenderableType]":
    """The parameters as a table."""
    from linksync_cli.tables import table

    rows = ([name, value or "(empty)", found.why[name]] for name, value in found.parameters.items())
    yield table("Parameter", "Value", "How it was found", rows=rows)
