"""Takes out of Zendesk and Jira what the set-ups put there: webhooks by their URL, triggers, automation rules.

Fields, links and what people wrote stay.
"""

from linksync.errors import LinksyncError
from linksync_cli.changes import ChangeAction, Changes
from linksync_cli.jira import webhook_rules
from linksync_cli.jira.api import JiraApi
from linksync_cli.jira.automation import ACTION, AutomationApi
from linksync_cli.vendor_calls import VendorCalls
from linksync_cli.zendesk.reads import ZendeskReads
from linksync_cli.zendesk.writes import ZendeskWrites


def from_zendesk(calls: VendorCalls, endpoint: str) -> Changes:
    """Triggers first: Zendesk keeps a webhook that a trigger uses.  Raises the errors of `linksync.errors`."""
    reads, writes, changes = ZendeskReads(calls), ZendeskWrites(calls), Changes(calls=calls.calls)
    webhooks = reads.webhooks_at(endpoint)
    ours = frozenset(one.id for one in webhooks)
    for trigger in reads.triggers_of(ours) if ours else ():
        others = [one for one in trigger.actions if not (one.notified and one.notified[0] in ours)]
        if others:  # somebody has it do more: that stays
            kept = [{"field": one.field, "value": one.value} for one in others]
            writes.mend_trigger(trigger.id, {"actions": kept})
        else:
            writes.delete_trigger(trigger.id)
        changes.add(f'trigger "{trigger.title}"', ChangeAction.UPDATED if others else ChangeAction.DELETED, trigger.id)
    for webhook in webhooks:
        writes.delete_webhook(webhook.id)
        changes.add(f'webhook "{webhook.name}"', ChangeAction.DELETED, webhook.id)
    return changes


def from_jira(calls: VendorCalls, *, webhook_url: str, automation_url: str) -> Changes:
    """Takes out webhooks and rules; tells what these credentials may not.  Raises the errors of `linksync.errors`."""
    api, changes = JiraApi(calls), Changes(calls=calls.calls)
    webhooks = api.webhooks()
    for webhook in webhook_rules.found(webhook_url, webhooks or ()):
        api.delete_webhook(webhook.id)
        changes.add(f'webhook "{webhook.name}"', ChangeAction.DELETED, webhook.id)
    if webhooks is None:
        changes.by_hand.append(
            f"These credentials may not look at Jira's webhooks. As an administrator delete the one for {webhook_url}:"
            " Settings > System > WebHooks."
        )
    _rules(AutomationApi(calls, api.cloud_id()), changes, automation_url)
    return changes


def _rules(rules: AutomationApi, changes: Changes, url: str) -> None:
    try:
        known = rules.ours() or {}
    except LinksyncError:
        known = {}
    for uuid, rule in known.items():
        sent = (one.get("value", {}) for one in rule.get("components", ()) if one.get("type") == ACTION)
        if any(one.get("url") == url for one in sent):
            rules.delete(uuid)
            changes.add(f'rule "{rule.get("name")}"', ChangeAction.DELETED, uuid)
