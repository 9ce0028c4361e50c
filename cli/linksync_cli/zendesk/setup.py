"""`linksync setup zendesk`: the field on its form, both webhooks, their secrets, the trigger.

Everything is looked for first, webhooks by their URL.  What is there and right stays as it is, what is broken is
mended, what is missing is made; so a second run changes nothing.
"""

from collections.abc import Callable

from linksync_cli import webhook_secrets
from linksync_cli.changes import NEW, ChangeAction, Changes
from linksync_cli.echo_fields import is_echo
from linksync_cli.failures import Failure
from linksync_cli.options import Options
from linksync_cli.secret_store import SecretStore
from linksync_cli.vendor_calls import VendorCalls
from linksync_cli.zendesk import trigger_rules, webhook_rules
from linksync_cli.zendesk.field_sync import is_synced
from linksync_cli.zendesk.finding import HOLDS_KEYS
from linksync_cli.zendesk.reads import ZendeskReads
from linksync_cli.zendesk.records import Trigger, Webhook
from linksync_cli.zendesk.trigger_rules import Purpose
from linksync_cli.zendesk.webhook_rules import KINDS, TRIGGER, FoundWebhooks, WebhookKind
from linksync_cli.zendesk.writes import ZendeskWrites


class ZendeskSetup:
    """One set-up.  `endpoint` is the stack's ZendeskWebhookUrl, `field_id` its TicketFieldId (empty: off)."""

    def __init__(
        self, calls: VendorCalls, store: SecretStore, *, endpoint: str, field_id: str, options: Options
    ) -> None:
        self._calls, self._store, self._options = calls, store, options
        self._reads, self._writes = ZendeskReads(calls), ZendeskWrites(calls)
        self._endpoint, self._field_id = endpoint, field_id
        self._changes = Changes(calls=calls.calls)

    def run(self) -> Changes:
        """Raises Failure for a field that cannot be, and the errors of `linksync.errors`."""
        if self._field_id:
            self._field()
        webhooks = self._reads.webhooks_at(self._endpoint)
        triggers = self._reads.triggers_of(frozenset(one.id for one in webhooks)) if webhooks else []
        used = frozenset(notified[0] for one in triggers for action in one.actions if (notified := action.notified))
        found = {kind: webhook_rules.found(kind, webhooks, used) for kind in KINDS if self._wants(kind)}
        ids = {kind: self._webhook(kind, one) for kind, one in found.items()}
        self._secrets(found, ids)
        if self._field_id:
            self._trigger(ids[TRIGGER], webhooks, triggers)
        for kind, each in found.items():
            for webhook in each.doubles:
                self._double(kind.what, webhook.name, webhook.id, self._writes.delete_webhook)
        return self._changes

    def _wants(self, kind: WebhookKind) -> bool:
        return bool(self._field_id) or kind is not TRIGGER

    def _field(self) -> None:
        field = self._reads.field(self._field_id)
        configure = "Choose another with `linksync configure --ticket-field`, then `make deploy`."
        if field is None:
            raise Failure("no_field", f"Zendesk has no ticket field {self._field_id} (TicketFieldId).", configure)
        if is_echo(field.title) or is_synced(self._reads, self._field_id):
            raise Failure("echo_field", f'Zendesk\'s app for Jira writes the field "{field.title}" itself.', configure)
        if field.type not in HOLDS_KEYS:
            raise Failure("field_type", f'A ticket field of type "{field.type}" cannot hold issue keys.', configure)
        if not field.active:
            mend = f"Activate it in Admin Center > Objects and rules > Tickets > Fields > {field.title}."
            raise Failure("inactive_field", f'The ticket field "{field.title}" is not active.', mend)
        self._put_on_form(field.title)

    def _put_on_form(self, title: str) -> None:
        forms = self._reads.forms()
        if not forms or any(int(self._field_id) in form.ticket_field_ids for form in forms):
            self._changes.add(f'ticket field "{title}"', ChangeAction.UNCHANGED, self._field_id)
            return
        form = next((one for one in forms if one.default), forms[0])
        self._writes.put_on_form(form, self._field_id)
        self._changes.add(
            f'ticket field "{title}", put on the form "{form.name}"', ChangeAction.UPDATED, self._field_id
        )

    def _webhook(self, kind: WebhookKind, found: FoundWebhooks) -> str:
        """Its id, or NEW where a dry run would make it."""
        if found.chosen is None:
            made = self._writes.create_webhook(kind.name, self._endpoint, list(kind.subscriptions))
            self._changes.add(kind.what, ChangeAction.CREATED, made or NEW)
            return made or NEW
        changed = webhook_rules.mended(kind, found.chosen)
        if changed:
            self._writes.mend_webhook(found.chosen.id, changed)
        self._changes.add(kind.what, ChangeAction.UPDATED if changed else ChangeAction.UNCHANGED, found.chosen.id)
        return found.chosen.id

    def _secrets(self, found: dict[WebhookKind, FoundWebhooks], ids: dict[WebhookKind, str]) -> None:
        """Doubles that stay go on posting: theirs count as well."""
        staying = [] if self._options.remove_doubles else [one.id for each in found.values() for one in each.doubles]
        given = [self._reads.signing_secret(one) for one in [*ids.values(), *staying] if one != NEW]
        given += [f"{NEW} {kind.what}" for kind, one in ids.items() if one == NEW]
        webhook_secrets.put(
            self._store,
            self._changes,
            "zendesk",
            given,
            drop_old=self._options.drop_old_secrets,
            dry_run=self._calls.dry_run,
        )

    def _trigger(self, webhook_id: str, webhooks: list[Webhook], triggers: list[Trigger]) -> None:
        offered = self._reads.offers_changed(self._field_id)
        purpose = Purpose(field_id=self._field_id, webhook_id=webhook_id, offers_changed=offered)
        if not triggers:
            made = self._writes.create_trigger(purpose.trigger)
            self._changes.add("trigger", ChangeAction.CREATED, made or NEW)
            return
        counting, doubles = trigger_rules.chosen(triggers, purpose)
        fires = trigger_rules.fires((one.model_copy(update={"active": True}) for one in counting), self._field_id)
        for trigger in counting:
            ours = frozenset(one.id for one in webhooks)
            changed = trigger_rules.mended(trigger, purpose, ours, fires_now=fires)
            fires = True  # the first one is mended so that it fires
            if changed:
                self._writes.mend_trigger(trigger.id, changed)
            self._changes.add("trigger", ChangeAction.UPDATED if changed else ChangeAction.UNCHANGED, trigger.id)
        for trigger in doubles:
            self._double("trigger", trigger.title, trigger.id, self._writes.delete_trigger)

    def _double(self, what: str, name: str, id_: str, delete: Callable[[str], None]) -> None:
        given = delete if self._options.remove_doubles else None
        self._changes.double(what, name, id_, delete=given, vendor="zendesk")
