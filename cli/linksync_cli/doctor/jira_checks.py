"""The checks of Jira, with the stack's own credentials."""

from linksync.errors import LinksyncError
from linksync_cli.doctor.checks import Finding, double, failed, ok, warning
from linksync_cli.doctor.subject import Subject
from linksync_cli.echo_fields import is_echo
from linksync_cli.jira import automation, webhook_rules
from linksync_cli.jira.automation import AutomationApi
from linksync_cli.jira.records import Webhook
from linksync_cli.screen_tables import many
from linksync_cli.secret_store import API, secrets_of

SETUP = "Run `linksync setup jira`."
CONFIGURE = "Run `linksync configure`, then `make deploy`."
_OLD_DAYS = 330  # of the 365 that a token may last


def credentials(subject: Subject) -> Finding:
    """Jira knows the stack, which sees the projects that count, and the token is not about to end."""
    subject.jira.myself()
    keys = [key for part in subject.parameter("ProjectKeys").split(",") if (key := part.strip().upper())]
    seen = subject.jira.project_keys()
    browse = "Give its account the permission Browse projects: Project settings > Access."
    if missing := [key for key in keys if key not in seen]:
        return failed(f"the account does not see the project {', '.join(missing)}", browse)
    if not seen:
        return failed("the account sees no project at all", browse)
    days = (subject.clock() - subject.secret_changed_at(API)) / 86_400
    if days > _OLD_DAYS:
        mend = "Make a new token, and run `linksync setup jira` with it in LINKSYNC_JIRA_API_TOKEN."
        return warning(f"the token is {days:.0f} days old or more, and lasts a year at most", mend)
    return ok(f"an account that sees {many(len(seen), 'project')}")


def field(subject: Subject) -> Finding:
    """People can type ticket numbers, and no program of the vendor's does."""
    field_id = subject.parameter("IssueFieldId")
    if not field_id:
        return ok("off (IssueFieldId is empty)")
    found = next((one for one in subject.jira.fields() if one.id == field_id), None)
    if found is None:
        return failed(f"there is no issue field {field_id}", CONFIGURE)
    if is_echo(found.name):
        return failed(f'Zendesk\'s app writes "{found.name}" itself: links would claim themselves', CONFIGURE)
    if found.custom and subject.jira.is_on_a_screen(field_id) is False:
        return failed(
            f'"{found.name}" is on no screen: nobody can type in it',
            "Run `linksync setup jira`, or put it on your projects' screens: Settings > Issues > Screens.",
        )
    return ok(f'"{found.name}"')


def webhook(subject: Subject) -> Finding:
    """Somebody tells the stack of issues: one administrator's webhook, else the automation rules."""
    webhooks = subject.jira.webhooks()
    if webhooks is not None:
        mine = webhook_rules.found(subject.stack.output("JiraWebhookUrl"), webhooks)
        if mine:
            return _of_webhook(subject, mine)
    return _of_rules(subject, may_look=webhooks is not None)


def _of_webhook(subject: Subject, mine: list[Webhook]) -> Finding:
    chosen, *doubles = mine
    if not chosen.is_signed:
        return failed(f'the webhook "{chosen.name}" has no secret', SETUP)
    if not secrets_of(subject.webhook_secret, "jira"):
        return failed(f'the stack does not know the secret of the webhook "{chosen.name}"', SETUP)
    if webhook_rules.mended(chosen):
        return failed(f'the webhook "{chosen.name}" is off, or does not tell all that it should', SETUP)
    if doubles:
        return double(doubles[0].name, "jira")
    note = ", with a filter of its own: what that leaves out is found by the reconciler alone" if chosen.jql else ""
    return ok(f'"{chosen.name}"{note}')


def _of_rules(subject: Subject, *, may_look: bool) -> Finding:
    kinds = automation.kinds(subject.parameter("IssueFieldId"))
    try:
        known = AutomationApi(subject.jira.calls, subject.jira.cloud_id()).ours()
    except LinksyncError:
        known = None
    if known is None and not may_look:
        return warning(
            "the stack's credentials may not look at webhooks and rules",
            "As an administrator see that a webhook posts to JiraWebhookUrl; `linksync setup jira` tells how.",
        )
    rules = {str(one.get("name")): one for one in (known or {}).values()}
    url = subject.stack.output("JiraAutomationUrl")
    author = automation.author_of(subject.jira, subject.parameter("ProjectKeys"))
    wrong = [kind for kind in kinds if not automation.is_right(rules.get(kind.title, {}), kind, url, author)]
    if len(wrong) == len(kinds):
        return failed("nothing tells the stack of issues", SETUP)
    if wrong:
        return failed(f'the rule "{wrong[0].title}" is missing, off or wrong', SETUP)
    if not secrets_of(subject.webhook_secret, "jira_automation"):
        return failed("the stack does not know the rules' token", SETUP)
    return ok(f"{len(kinds)} automation rules")
