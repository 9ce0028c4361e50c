"""`linksync install`: from nothing to the first link."""

from linksync_cli.command import Run, command
from linksync_cli.options import Given


@command(writes=True, options=Given)
def install(run: Run, given: Given) -> None:
    """From nothing to the first link: configure, deploy, set up Zendesk and Jira, and look whether all is well.

    Each step shows what it will do. Run it again at any time: it goes on where it stopped, and makes nothing twice.
    """
    from linksync_cli.commands.doctor import rendered
    from linksync_cli.doctor.checks import Status
    from linksync_cli.installation import Installation

    installation = Installation(run, given)
    steps = list(installation.steps())
    findings = any(check.status is Status.FAILED for check in installation.checks)
    end = "Write an issue's key into a ticket: the link appears within seconds."
    lines = (*rendered(run, installation.checks), "" if findings else end) if installation.checks else ()
    run.end({"steps": steps}, *lines, findings=findings)
