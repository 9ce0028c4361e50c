"""Every check of `doctor`, in the order in which they are shown."""

from linksync_cli.doctor import jira_checks, round_trip, stack_checks, zendesk_checks
from linksync_cli.doctor.checks import Check, CheckSpec, Status
from linksync_cli.doctor.subject import Subject
from linksync_cli.failures import Failure

_ZENDESK = ("zendesk.credentials",)
_ADMIN = ("zendesk.admin",)
_JIRA = ("jira.credentials",)

CHECKS: tuple[CheckSpec[Subject], ...] = (
    CheckSpec("stack", stack_checks.stack),
    CheckSpec("secrets.webhook", stack_checks.webhook_secret, ("stack",)),
    CheckSpec("secrets.api", stack_checks.api_credentials, ("stack",)),
    CheckSpec("zendesk.credentials", zendesk_checks.credentials, ("secrets.api",)),
    CheckSpec("zendesk.admin", zendesk_checks.admin, _ZENDESK),
    CheckSpec("zendesk.external_id", zendesk_checks.external_id, _ADMIN),
    CheckSpec("zendesk.manage_links", zendesk_checks.manage_links, ("zendesk.external_id",)),
    CheckSpec("zendesk.field", zendesk_checks.field, _ADMIN),
    CheckSpec("zendesk.links_api", zendesk_checks.links_api, _ADMIN),
    CheckSpec("zendesk.webhook", zendesk_checks.webhook, _ADMIN),
    CheckSpec("zendesk.trigger", zendesk_checks.trigger, ("zendesk.webhook", "zendesk.field")),
    CheckSpec("zendesk.deliveries", zendesk_checks.deliveries, ("zendesk.webhook",)),
    CheckSpec("jira.credentials", jira_checks.credentials, ("secrets.api",)),
    CheckSpec("jira.field", jira_checks.field, _JIRA),
    CheckSpec("jira.webhook", jira_checks.webhook, _JIRA),
    CheckSpec("clock", stack_checks.clock, _ZENDESK),
    CheckSpec("queue.backlog", stack_checks.backlog, ("stack",)),
    CheckSpec("queue.dead_letters", stack_checks.dead_letters, ("stack",)),
    CheckSpec("reconciler", stack_checks.reconciler, ("stack",)),
    CheckSpec("round_trip", round_trip.round_trip, ("secrets.webhook",)),
)
NAMES = tuple(spec.name for spec in CHECKS)


def without_stack(failure: Failure) -> list[Check]:
    """The checks where there is no stack to be looked at."""
    first = Check("stack", Status.FAILED, failure.message, failure.mend)
    return [first, *(Check(name, Status.SKIPPED, "not looked at without stack", "") for name in NAMES[1:])]
