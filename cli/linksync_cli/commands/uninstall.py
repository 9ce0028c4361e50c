"""`linksync uninstall`: takes linksync out of Zendesk and Jira, and tells how to delete the stack."""

from dataclasses import replace
from typing import TYPE_CHECKING

from linksync_cli.command import Run, command

if TYPE_CHECKING:
    from linksync_cli.changes import Changes
    from linksync_cli.stack import Stack


@command(writes=True)
def uninstall(run: Run) -> None:
    """Take webhooks, trigger and rules out of Zendesk and Jira; then tell how to delete the stack, and what stays.

    It asks twice. Links, fields, secrets and the ledger stay.
    """
    from linksync_cli.changes import rendered
    from linksync_cli.failures import WrongUsage
    from linksync_cli.stack import deployed

    stack = deployed(run)
    planned = _removed(replace(run, dry_run=True), stack)
    if not run.dry_run and planned.any:
        for line in rendered(planned, run.screen, dry_run=True):
            run.screen.note(line)
        if not run.prompts.confirm("Take these out of Zendesk and Jira?"):
            raise WrongUsage("declined", "Nothing was changed.", "Run it again when you mean it.")
        question = f"Type the stack's name, {stack.name}, to go on"
        if not run.yes and run.prompts.text(question, flag="--yes") != stack.name:
            raise WrongUsage("declined", "That is not its name; nothing was changed.", "Run it again when you mean it.")
    changes = planned if run.dry_run else _removed(run, stack)
    document = changes.document(dry_run=run.dry_run)
    lines = (*rendered(changes, run.screen, dry_run=run.dry_run), _what_is_left(stack))
    run.end(document, *lines, findings=bool(changes.by_hand))


def _removed(run: Run, stack: "Stack") -> "Changes":
    from linksync_cli import credentials, removal
    from linksync_cli.secret_store import API, SecretStore
    from linksync_cli.vendor_calls import jira_calls, zendesk_calls

    stored = SecretStore(stack).read(API)
    entries = {vendor: credentials.find(vendor, stored, run.prompts).entry for vendor in ("zendesk", "jira")}
    with run.screen.working("Looking at Zendesk and Jira …"):
        zendesk = zendesk_calls(stack.zendesk_url, entries["zendesk"], dry_run=run.dry_run)
        changes = removal.from_zendesk(zendesk, stack.output("ZendeskWebhookUrl"))
        changes.extend(
            removal.from_jira(
                jira_calls(stack.jira_url, entries["jira"], dry_run=run.dry_run),
                webhook_url=stack.output("JiraWebhookUrl"),
                automation_url=stack.output("JiraAutomationUrl"),
            )
        )
    return changes


def _what_is_left(stack: "Stack") -> str:
    delete = f"aws cloudformation delete-stack --stack-name {stack.name} --region {stack.aws.region}"
    return (
        f"\nDelete the stack:\n  {delete}\n"
        f"These stay, and are yours to delete: the ledger ({stack.output('LedgerTableName')}), the dead-letter queue,"
        " both secrets, the role for API Gateway's logs.  Links in Zendesk, and the fields, stay as they are."
    )
