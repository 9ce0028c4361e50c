"""The checks of Zendesk, with the stack's own credentials."""

import hashlib
from collections import Counter

from linksync_cli.doctor.checks import Finding, double, failed, ok, warning
from linksync_cli.doctor.subject import Subject
from linksync_cli.echo_fields import is_echo
from linksync_cli.jira import finding as in_jira
from linksync_cli.screen_tables import many
from linksync_cli.secret_store import secrets_of
from linksync_cli.zendesk import trigger_rules, webhook_rules
from linksync_cli.zendesk.canary import canary
from linksync_cli.zendesk.field_sync import is_synced
from linksync_cli.zendesk.finding import HOLDS_KEYS, WHERE_EXTERNAL_ID_IS, links_choice
from linksync_cli.zendesk.trigger_rules import Purpose
from linksync_cli.zendesk.webhook_rules import KINDS, TRIGGER

SETUP = "Run `linksync setup zendesk`."
CONFIGURE = "Run `linksync configure`, then `make deploy`."
TOKENS_END = "Zendesk's API tokens end on 30 April 2027"
_GOOD, _BLOCKED = frozenset({"success"}), frozenset({"circuit broken", "throttled"})


def credentials(subject: Subject) -> Finding:
    """Zendesk knows the stack: it answers 200 to anonymous callers, too."""
    if subject.zendesk_user.id is None:
        return failed(
            "Zendesk does not know the stack's credentials: to it the stack is anonymous",
            "Run `linksync setup zendesk` with a good OAuth client in LINKSYNC_ZENDESK_CLIENT_ID and"
            " LINKSYNC_ZENDESK_CLIENT_SECRET.",
        )
    if "client_id" not in dict(subject.api_credentials.get("zendesk") or {}):
        return warning(
            f"an API token; {TOKENS_END}",
            "Make an OAuth client, and run `linksync setup zendesk` with LINKSYNC_ZENDESK_CLIENT_ID and"
            " LINKSYNC_ZENDESK_CLIENT_SECRET.",
        )
    return ok("an OAuth client")


def admin(subject: Subject) -> Finding:
    """The user behind the credentials is an admin: links are for admins alone."""
    user = subject.zendesk_user
    if user.is_admin:
        return ok("the user behind the credentials is an admin")
    what = "suspended" if user.suspended or not user.active else f"no admin ({user.role})"
    return failed(f"the user behind the credentials is {what}", "Make that user an admin: Admin Center > People.")


def external_id(subject: Subject) -> Finding:
    """Version 2's integration is there under the stack's id."""
    if _version(subject) == "v1":
        return ok("not needed for version 1 of the Links API")
    ours = subject.parameter("JiraIntegrationExternalId")
    listed = [one.external_id for one in subject.zendesk.connections() or ()]
    if ours in listed or subject.zendesk.links_v2_status(ours) != 404:
        return ok("the Jira integration is there")
    known = f"; there is {', '.join(listed)}" if listed else ""
    return failed(
        f"Zendesk has no Jira integration {ours}{known}",
        f"Run `linksync configure --external-id ID`, then `make deploy`. It is in {WHERE_EXTERNAL_ID_IS}.",
    )


def manage_links(subject: Subject) -> Finding:
    """The stack may read links, as it must to manage them."""
    if _version(subject) == "v1":
        status = subject.zendesk.links_v1_status()
    else:
        status = subject.zendesk.links_v2_status(subject.parameter("JiraIntegrationExternalId"))
    if status == 200:
        return ok("links may be managed")
    return failed(
        f"the Links API answers {status}",
        'Switch on "Manage links": Admin Center > Apps and integrations > Integrations > Jira > [connection] > Support'
        " app.",
    )


def field(subject: Subject) -> Finding:
    """People can type issue keys, and no program of the vendor's does."""
    field_id = subject.parameter("TicketFieldId")
    if not field_id:
        off = not subject.parameter("IssueFieldId")
        return failed("both directions are off", CONFIGURE) if off else ok("off (TicketFieldId is empty)")
    found = subject.zendesk.field(field_id)
    if found is None:
        return failed(f"there is no ticket field {field_id}", CONFIGURE)
    if is_echo(found.title) or is_synced(subject.zendesk, field_id):
        return failed(f'Zendesk\'s app writes "{found.title}" itself: links would claim themselves', CONFIGURE)
    if found.type not in HOLDS_KEYS:
        return failed(f'"{found.title}" ({found.type}) cannot hold issue keys', CONFIGURE)
    if not found.active:
        mend = f"Activate it: Admin Center > Objects and rules > Tickets > Fields > {found.title}."
        return failed(f'"{found.title}" is not active', mend)
    forms = subject.zendesk.forms()
    if forms and not any(int(field_id) in form.ticket_field_ids for form in forms):
        return failed(f'"{found.title}" is on no ticket form: nobody can type in it', SETUP)
    return ok(f'"{found.title}"')


def links_api(subject: Subject) -> Finding:
    """The stack uses the version of the Links API that the account uses."""
    ours = _version(subject)
    choice = links_choice(subject.zendesk, jira_url=subject.stack.jira_url, cloud_id=in_jira.cloud_id(subject.jira))
    if choice is not None and choice.version != ours:
        return failed(
            f"the stack uses {ours}, the account {choice.version}: {choice.why}",
            f"Run `linksync configure --links-api {choice.version}`, then `make deploy`.",
        )
    external_id = choice.external_id if choice else subject.parameter("JiraIntegrationExternalId")
    linked = canary(subject.zendesk, external_id=external_id)
    if linked is not None and linked.version != ours:
        return warning(
            f"people's link of ticket {linked.ticket_id} is in version {linked.version[1:]}, and the stack uses {ours}",
            "See which Jira app your agents link with (Admin Center > Apps and integrations > Integrations > Jira):"
            f" if it is {linked.version}'s, run `linksync configure --links-api {linked.version}`, then `make deploy`.",
        )
    proof = f", as the link of ticket {linked.ticket_id} shows" if linked else ""
    return ok(f"version {ours[1:]}{proof}" + ("" if choice or linked else ", as configured; the account does not tell"))


def webhook(subject: Subject) -> Finding:
    """Both webhooks are there once, active, and sign with secrets that the stack knows."""
    wanted = [kind for kind in KINDS if kind is not TRIGGER or subject.parameter("TicketFieldId")]
    found = {kind.what: (kind, webhook_rules.found(kind, subject.webhooks)) for kind in wanted}
    for what, (kind, each) in found.items():
        if each.chosen is None:
            return failed(f"the {what} is missing", SETUP)
        if wrong := webhook_rules.mended(kind, each.chosen):
            return failed(f"the {what} has a wrong {', '.join(sorted(wrong))}", SETUP)
    known = {_digest(secret) for secret in secrets_of(subject.webhook_secret, "zendesk")}
    if unknown := [one for one in subject.webhooks if _digest(subject.zendesk.signing_secret(one.id)) not in known]:
        return failed(f'the stack does not know the signing secret of "{unknown[0].name}"', SETUP)
    if doubles := [one for _, each in found.values() for one in each.doubles]:
        return double(doubles[0].name, "zendesk")
    return ok(f"{many(len(subject.webhooks), 'webhook')}, with secrets that the stack knows")


def trigger(subject: Subject) -> Finding:
    """Every change of the field is posted."""
    field_id = subject.parameter("TicketFieldId")
    if not field_id:
        return ok("off (TicketFieldId is empty)")
    chosen = webhook_rules.found(TRIGGER, subject.webhooks).chosen
    if chosen is None or not subject.triggers:
        return failed("no trigger notifies the stack's webhook", SETUP)
    purpose = Purpose(field_id=field_id, webhook_id=chosen.id, offers_changed=False)
    counting, doubles = trigger_rules.chosen(subject.triggers, purpose)
    ours = frozenset(one.id for one in subject.webhooks)
    for one in counting:
        fires = trigger_rules.fires((each for each in counting if each.active), field_id)
        if wrong := trigger_rules.mended(one, purpose, ours, fires_now=fires):
            return failed(f'the trigger "{one.title}" has wrong {", ".join(sorted(wrong))}', SETUP)
    if doubles:
        return double(doubles[0].title, "zendesk")
    return ok(f'"{counting[0].title}"')


def deliveries(subject: Subject) -> Finding:
    """What Zendesk sent arrived."""
    rows = [row for one in subject.webhooks for row in subject.zendesk.invocations(one.id)]
    newest = sorted(rows, key=lambda row: row.latest_completed_at)[-20:]
    counts = Counter(row.status for row in newest)
    if not newest:
        return ok("none yet")
    if blocked := [row.status for row in newest[-5:] if row.status in _BLOCKED]:
        return failed(
            f"Zendesk holds deliveries back ({blocked[-1]})",
            "Mend what the other checks tell; Zendesk sends again by itself after some minutes, and the reconciler"
            " finds what was lost.",
        )
    last = newest[-1]
    if last.status not in _GOOD:
        answered = f", answered {last.status_code}" if last.status_code else ""
        return failed(f"the latest delivery did not arrive ({last.status}{answered})", "See `round_trip` for why.")
    bad = sum(count for status, count in counts.items() if status not in _GOOD)
    if bad:
        return warning(f"{bad} of the latest {len(newest)} did not arrive", "The reconciler finds what was lost.")
    return ok(f"the latest {len(newest)} arrived")


def _version(subject: Subject) -> str:
    return subject.parameter("LinksApiVersion", "v2")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.strip().encode()).hexdigest()
