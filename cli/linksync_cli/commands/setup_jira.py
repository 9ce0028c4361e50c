"""`linksync setup jira`: everything that linksync needs in Jira."""

from linksync_cli.command import Run, command
from linksync_cli.options import Options


@command(writes=True, options=Options)
def setup_jira(run: Run, given: Options) -> None:
    """Set up Jira: credentials, the webhook with its secret, the field on a screen.

    Where the credentials may not make an administrator's webhook, automation rules are made instead; where they may
    not do that either, it tells what to do by hand. A second run changes nothing. Credentials come from
    LINKSYNC_JIRA_EMAIL and LINKSYNC_JIRA_API_TOKEN (or LINKSYNC_JIRA_CLIENT_ID and LINKSYNC_JIRA_CLIENT_SECRET), else
    from the stack's secret, else they are asked for.
    """
    from linksync_cli import setting_up
    from linksync_cli.stack import deployed

    changes = setting_up.jira(run, deployed(run), given)
    setting_up.end(run, changes)
