"""Every check of `doctor`, in the order in which they are shown."""

from linksync_cli.doctor import jira_checks, round_trip, stack_checks, zendesk_checks
from linksync_cli.doctor.checks import Check, Probe, Status
from linksync_cli.doctor.subject import Subject
from linksync_cli.failures import Failure

_ZENDESK = ("zendesk.credentials",)
_ADMIN = ("zendesk.admin",)
_JIRA = ("jira.credentials",)

PROBES: tuple[Probe[Subject], ...] = (
    Probe("stack", stack_checks.stack),
    Probe("secrets.webhook", stack_checks.webhook_secret, ("stack",)),
    Probe("secrets.api", stack_checks.api_credentials, ("stack",)),
    Probe("zendesk.credentials", zendesk_checks.credentials, ("secrets.api",)),
    Probe("zendesk.admin", zendesk_checks.admin, _ZENDESK),
    Probe("zendesk.external_id", zendesk_checks.external_id, _ADMIN),
    Probe("zendesk.manage_links", zendesk_checks.manage_links, ("zendesk.external_id",)),
    Probe("zendesk.field", zendesk_checks.field, _ADMIN),
    Probe("zendesk.links_api", zendesk_checks.links_api, _ADMIN),
    Probe("zendesk.webhook", zendesk_checks.webhook, _ADMIN),
    Probe("zendesk.trigger", zendesk_checks.trigger, ("zendesk.webhook", "zendesk.field")),
    Probe("zendesk.deliveries", zendesk_checks.deliveries, ("zendesk.webhook",)),
    Probe("jira.credentials", jira_checks.credentials, ("secrets.api",)),
    Probe("jira.field", jira_checks.field, _JIRA),
    Probe("jira.webhook", jira_checks.webhook, _JIRA),
    Probe("clock", stack_checks.clock, _ZENDESK),
    Probe("queue.backlog", stack_checks.backlog, ("stack",)),
    Probe("queue.dead_letters", stack_checks.dead_letters, ("stack",)),
    Probe("reconciler", stack_checks.reconciler, ("stack",)),
    Probe("round_trip", round_trip.round_trip, ("secrets.webhook",)),
)
NAMES = tuple(probe.name for probe in PROBES)


def without_stack(failure: Failure) -> list[Check]:
    """The checks where there is no stack to be looked at."""
    first = Check("stack", Status.FAILED, failure.message, failure.mend)
    return [first, *(Check(name, Status.SKIPPED, "not looked at without stack", "") for name in NAMES[1:])]
