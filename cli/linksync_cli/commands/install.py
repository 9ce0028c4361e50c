"""`linksync install`: from nothing to the first link."""

from linksync_cli.command import Run, command
from linksync_cli.commands.configure import (
    AlarmEmail,
    ExternalId,
    IssueField,
    JiraUrl,
    LinksApi,
    ProjectKeys,
    TicketField,
    ZendeskUrl,
)


@command(writes=True)
def install(
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
    """From nothing to the first link: configure, deploy, set up Zendesk and Jira, and look whether all is well.

    Each step shows what it will do. Run it again at any time: it goes on where it stopped, and makes nothing twice.
    """
    from linksync_cli.commands.doctor import told
    from linksync_cli.configuring import Given
    from linksync_cli.doctor.checks import Status
    from linksync_cli.installation import Installation

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
    installation = Installation(run, given)
    steps = list(installation.steps())
    findings = any(check.status is Status.FAILED for check in installation.checks)
    end = "Write an issue's key into a ticket: the link appears within seconds."
    lines = (*told(run, installation.checks), "" if findings else end) if installation.checks else ()
    run.end({"steps": steps}, *lines, findings=findings)
