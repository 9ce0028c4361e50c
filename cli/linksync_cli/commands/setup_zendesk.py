"""`linksync setup zendesk`: everything that linksync needs in Zendesk."""

from linksync_cli.command import Run, command
from linksync_cli.options import Options


@command(writes=True, options=Options)
def setup_zendesk(run: Run, given: Options) -> None:
    """Set up Zendesk: credentials, webhooks with their secrets, the trigger, the field on its form.

    A second run changes nothing. Credentials come from LINKSYNC_ZENDESK_CLIENT_ID and LINKSYNC_ZENDESK_CLIENT_SECRET
    (or LINKSYNC_ZENDESK_EMAIL and LINKSYNC_ZENDESK_API_TOKEN), else from the stack's secret, else they are asked for.
    """
    from linksync_cli import setting_up
    from linksync_cli.stack import deployed

    changes = setting_up.zendesk(run, deployed(run), given)
    setting_up.end(run, changes)
