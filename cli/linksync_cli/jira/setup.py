"""`linksync setup jira`: the field on a screen, and who tells of issues: an administrator's webhook, else automation.

Webhooks are matched by their URL, rules by their name and URL.  What is there and right stays as it is.
"""

import secrets
from typing import Any

from linksync_cli import webhook_secrets
from linksync_cli.changes import NEW, ChangeAction, Changes
from linksync_cli.echo_fields import is_echo
from linksync_cli.failures import Failure
from linksync_cli.jira import automation, webhook_rules
from linksync_cli.jira.api import JiraApi
from linksync_cli.jira.automation import AutomationApi
from linksync_cli.jira.records import Webhook
from linksync_cli.options import Options, Target
from linksync_cli.secret_store import WEBHOOK, SecretStore, secrets_of
from linksync_cli.vendor_calls import VendorCalls


class JiraSetup:
    """One set-up.  `target` is what the stack has: its URLs, its IssueFieldId (empty: off), its ProjectKeys."""

    def __init__(self, calls: VendorCalls, store: SecretStore, target: Target, options: Options) -> None:
        self._calls, self._store, self._target, self._options = calls, store, target, options
        self._api = JiraApi(calls)
        self._changes = Changes(calls=calls.calls)

    def run(self) -> Changes:
        """Raises Failure for a field that cannot be, and the errors of `linksync.errors`."""
        if self._target.field_id:
            self._field(self._target.field_id)
        webhooks = self._api.webhooks()
        if webhooks is not None:
            self._webhook(webhook_rules.found(self._target.webhook_url, webhooks))
        else:
            self._automation()
        return self._changes

    def _field(self, field_id: str) -> None:
        field = next((one for one in self._api.fields() if one.id == field_id), None)
        configure = "Choose another with `linksync configure --issue-field`, then `make deploy`."
        if field is None:
            raise Failure("no_field", f"Jira shows no field {field_id} (IssueFieldId).", configure)
        if is_echo(field.name):
            raise Failure("echo_field", f'Zendesk\'s app for Jira writes the field "{field.name}" itself.', configure)
        off_screen = field.custom and self._api.is_on_a_screen(field_id) is False
        if off_screen:
            self._api.put_on_default_screen(field_id)
        what = f'issue field "{field.name}"' + (", put on the default screen" if off_screen else "")
        self._changes.add(what, ChangeAction.UPDATED if off_screen else ChangeAction.UNCHANGED, field_id)

    def _webhook(self, found: list[Webhook]) -> None:
        if not found:
            self._create_webhook()
            return
        webhook, *doubles = found
        body = webhook_rules.mended(webhook)
        if not webhook.is_signed or not secrets_of(self._store.read(WEBHOOK), "jira"):
            secret = self._put_secret("jira")  # Jira does not show the secret that it was made with
            body = (body or webhook_rules.whole(webhook)) | {"secret": secret}
        if body:
            self._api.replace_webhook(webhook.id, body)
        self._changes.add("webhook for issues", ChangeAction.UPDATED if body else ChangeAction.UNCHANGED, webhook.id)
        for double in doubles:
            self._double(double)

    def _create_webhook(self) -> None:
        """The secret is stored first, so that the webhook's first delivery proves itself."""
        secret = self._put_secret("jira")
        wanted = webhook_rules.wanted(self._target.webhook_url, secret=secret)
        try:
            made = self._api.create_webhook(wanted)
        except Exception:
            webhook_secrets.drop(self._store, "jira", secret)
            raise
        self._changes.add("webhook for issues", ChangeAction.CREATED, made or NEW)

    def _double(self, webhook: Webhook) -> None:
        delete = self._api.delete_webhook if self._options.remove_doubles else None
        self._changes.double("webhook for issues", webhook.name, webhook.id, delete=delete, vendor="jira")

    def _automation(self) -> None:
        rules = AutomationApi(self._calls, self._api.cloud_id())
        known = rules.ours()
        if known is None:
            self._by_hand()
            return
        author = automation.author_of(self._api, self._target.project_keys)
        url, kinds = self._target.automation_url, automation.kinds(self._target.field_id)
        uuids = {str(one.get("name")): uuid for uuid, one in known.items()}
        right = all(automation.is_right(known.get(uuids.get(kind.title, ""), {}), kind, url, author) for kind in kinds)
        tokens = secrets_of(self._store.read(WEBHOOK), "jira_automation")
        # Rules and token belong together: their hidden header cannot be read.
        token = "" if tokens and right else self._put_secret("jira_automation")
        for kind in kinds:
            wanted = automation.rule(kind, author, url=url, token=token) if token else None
            self._rule(rules, kind.title, uuids.get(kind.title, ""), wanted)

    def _rule(self, rules: AutomationApi, title: str, uuid: str, wanted: dict[str, Any] | None) -> None:
        """Makes or replaces a rule; where nothing is wanted it is right."""
        if wanted is None:
            self._changes.add(f'rule "{title}"', ChangeAction.UNCHANGED, uuid)
        elif uuid:
            rules.replace(uuid, wanted)
            self._changes.add(f'rule "{title}"', ChangeAction.UPDATED, uuid)
        else:
            self._changes.add(f'rule "{title}"', ChangeAction.CREATED, rules.create(wanted) or NEW)

    def _put_secret(self, name: str) -> str:
        """A new secret at the head of its list.  In a dry run none is made."""
        secret = NEW if self._calls.dry_run else secrets.token_urlsafe(32)
        webhook_secrets.put(
            self._store,
            self._changes,
            name,
            [secret],
            drop_old=self._options.drop_old_secrets,
            dry_run=self._calls.dry_run,
        )
        return secret

    def _by_hand(self) -> None:
        """These credentials may make neither: a person must, with a secret that is in the stack already."""
        if not secrets_of(self._store.read(WEBHOOK), "jira"):
            self._put_secret("jira")
        self._changes.by_hand += [
            "These credentials may make neither a webhook nor automation rules. Either run `linksync setup jira"
            " --one-time` with an administrator's unscoped API token in LINKSYNC_JIRA_EMAIL and LINKSYNC_JIRA_API_TOKEN"
            " and the site in LINKSYNC_JIRA_URL, or do this as an administrator:",
            "In Jira: Settings > System > WebHooks > Create a WebHook",
            f"URL: {self._target.webhook_url}",
            'Secret: the first entry of "jira" in the secret WebhookSecret (Secrets Manager > Retrieve secret value)',
            f"Events: {', '.join(webhook_rules.EVENTS)};  JQL: leave it empty;  Exclude body: no",
        ]
