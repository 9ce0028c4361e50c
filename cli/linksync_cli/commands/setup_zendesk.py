"""`linksync setup zendesk`: everything that linksync needs in Zendesk."""

from typing import Annotated

import typer

from linksync_cli.command import Run, command


@command(writes=True)
def setup_zendesk(
    run: Run,
    drop_old_secrets: Annotated[
        bool, typer.Option("--drop-old-secrets", help="Forget the signing secrets of webhooks that are gone.")
    ] = False,
    remove_doubles: Annotated[
        bool, typer.Option("--remove-doubles", help="Delete second webhooks that post to the same stack.")
    ] = False,
    one_time: Annotated[
        bool, typer.Option("--one-time", help="Use the environment's credentials for this run, and store none.")
    ] = False,
) -> None:
    """Set up Zendesk: credentials, webhooks with their secrets, the trigger, the field on its form.

    A second run changes nothing. Credentials come from LINKSYNC_ZENDESK_CLIENT_ID and LINKSYNC_ZENDESK_CLIENT_SECRET
    (or LINKSYNC_ZENDESK_EMAIL and LINKSYNC_ZENDESK_API_TOKEN), else from the stack's secret, else they are asked for.
    """
    from linksync_cli import setting_up
    from linksync_cli.options import Options
    from linksync_cli.stack import deployed

    options = Options(drop_old_secrets=drop_old_secrets, remove_doubles=remove_doubles, one_time=one_time)
    changes = setting_up.zendesk(run, deployed(run), options)
    setting_up.end(run, changes)
