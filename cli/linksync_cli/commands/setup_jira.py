"""`linksync setup jira`: everything that linksync needs in Jira."""

from typing import Annotated

import typer

from linksync_cli.command import Run, command


@command(writes=True)
def setup_jira(
    run: Run,
    drop_old_secrets: Annotated[
        bool, typer.Option("--drop-old-secrets", help="Forget the secrets of earlier webhooks and rules.")
    ] = False,
    remove_doubles: Annotated[
        bool, typer.Option("--remove-doubles", help="Delete second webhooks that post to the same stack.")
    ] = False,
    one_time: Annotated[
        bool, typer.Option("--one-time", help="Use the environment's credentials for this run, and store none.")
    ] = False,
) -> None:
    """Set up Jira: credentials, the webhook with its secret, the field on a screen.

    Where the credentials may not make an administrator's webhook, automation rules are made instead; where they may
    not do that either, it tells what to do by hand. A second run changes nothing. Credentials come from
    LINKSYNC_JIRA_EMAIL and LINKSYNC_JIRA_API_TOKEN (or LINKSYNC_JIRA_CLIENT_ID and LINKSYNC_JIRA_CLIENT_SECRET), else
    from the stack's secret, else they are asked for.
    """
    from linksync_cli import setting_up
    from linksync_cli.options import Options
    from linksync_cli.stack import deployed

    options = Options(drop_old_secrets=drop_old_secrets, remove_doubles=remove_doubles, one_time=one_time)
    changes = setting_up.jira(run, deployed(run), options)
    setting_up.end(run, changes)
