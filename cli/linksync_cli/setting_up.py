"""Both set-ups, put together: credentials proved and stored, then what each vendor needs."""

import os

from linksync_cli import credentials
from linksync_cli.changes import ChangeAction, Changes, rendered
from linksync_cli.command import Run
from linksync_cli.credentials import Credentials
from linksync_cli.failures import Failure
from linksync_cli.jira.api import JiraApi
from linksync_cli.jira.setup import JiraSetup
from linksync_cli.options import Options, Target
from linksync_cli.secret_store import API, SecretStore
from linksync_cli.stack import Stack
from linksync_cli.vendor_calls import jira_calls, zendesk_calls
from linksync_cli.zendesk.reads import ZendeskReads
from linksync_cli.zendesk.setup import ZendeskSetup


def zendesk(run: Run, stack: Stack, options: Options) -> Changes:
    """Sets Zendesk up.  Raises Failure and the errors of `linksync.errors`."""
    store = SecretStore(stack)
    found = _credentials(run, store, "zendesk")
    calls = zendesk_calls(stack.zendesk_url, found.entry, dry_run=run.dry_run)
    with run.screen.working("Asking Zendesk who we are …"):
        prove_zendesk(ZendeskReads(calls))
    changes = Changes() if options.one_time else _store(run, store, "zendesk", found)
    setup = ZendeskSetup(
        calls,
        store,
        endpoint=stack.output("ZendeskWebhookUrl"),
        field_id=stack.parameter("TicketFieldId"),
        options=options,
    )
    with run.screen.working("Setting up Zendesk …"):
        changes.extend(setup.run())
    return changes


def jira(run: Run, stack: Stack, options: Options) -> Changes:
    """Sets Jira up.  Raises Failure and the errors of `linksync.errors`."""
    store = SecretStore(stack)
    found = _credentials(run, store, "jira")
    site = os.environ.get("LINKSYNC_JIRA_URL", "") if options.one_time else ""
    calls = jira_calls(site or stack.jira_url, found.entry, dry_run=run.dry_run)
    with run.screen.working("Asking Jira who we are …"):
        JiraApi(calls).myself()
    changes = Changes() if options.one_time else _store(run, store, "jira", found)
    target = Target(
        webhook_url=stack.output("JiraWebhookUrl"),
        automation_url=stack.output("JiraAutomationUrl"),
        field_id=stack.parameter("IssueFieldId"),
        project_keys=stack.parameter("ProjectKeys"),
    )
    with run.screen.working("Setting up Jira …"):
        changes.extend(JiraSetup(calls, store, target, options).run())
    return changes


def prove_zendesk(reads: ZendeskReads) -> None:
    """Raises Failure unless the credentials are an admin's.  Zendesk answers 200 to anonymous callers, too."""
    user = reads.me()
    if user.id is None:
        mend = "Check LINKSYNC_ZENDESK_EMAIL and LINKSYNC_ZENDESK_API_TOKEN, or use an OAuth client."
        raise Failure(
            "zendesk_credentials",
            "Zendesk does not know these credentials: to it they are an anonymous caller's.",
            mend,
        )
    if not user.is_admin:
        mend = "Use an admin's: links, webhooks and triggers are for admins alone."
        raise Failure("zendesk_role", f"The user behind the Zendesk credentials is no admin ({user.role}).", mend)


def end(run: Run, changes: Changes) -> None:
    """Tells the changes, and ends the run: with findings where something is left to a person."""
    document = changes.document(dry_run=run.dry_run)
    run.end(document, *rendered(changes, run.screen, dry_run=run.dry_run), findings=bool(changes.by_hand))


def _credentials(run: Run, store: SecretStore, vendor: str) -> Credentials:
    found = credentials.find(vendor, store.read(API), run.prompts)
    run.screen.note_once(f"Credentials for {vendor.capitalize()}: from {found.origin}.")
    return found


def _store(run: Run, store: SecretStore, vendor: str, found: Credentials) -> Changes:
    """Puts proved credentials into the stack's secret, the other vendor's beside them kept."""
    changes, document = Changes(), store.read(API)
    what = f"credentials for {vendor.capitalize()}"
    if document.get(vendor) == dict(found.entry):
        changes.add(what, ChangeAction.UNCHANGED, "ApiCredentials")
        return changes
    changes.calls.append(f"PutSecretValue ApiCredentials: {vendor}")
    if not run.dry_run:
        store.write(API, document | {vendor: dict(found.entry)})
    changes.add(what, ChangeAction.UPDATED if vendor in document else ChangeAction.CREATED, "ApiCredentials")
    return changes
