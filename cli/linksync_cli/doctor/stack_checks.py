"""The checks of what is in AWS: stack, secrets, clock, queues, reconciler."""

import re

from linksync.errors import Misconfigured
from linksync.inbound.webhook_secret import entries_of
from linksync.outbound.credentials import credentials_of
from linksync.store.reconciler_state import ReconcilerState
from linksync_cli.doctor import queue_age
from linksync_cli.doctor.checks import Finding, failed, ok, warning
from linksync_cli.doctor.subject import Subject, time_of
from linksync_cli.failures import Failure
from linksync_cli.screen_tables import many
from linksync_cli.worker_switch import WorkerSwitch

OUTPUTS = (
    "ZendeskWebhookUrl",
    "JiraWebhookUrl",
    "JiraAutomationUrl",
    "EventQueueUrl",
    "DeadLetterQueueUrl",
    "LedgerTableName",
    "WebhookSecretArn",
    "ApiCredentialsArn",
)
_SKEW = 60.0  # seconds: senders' times count for five minutes
_DEEP = 1_000
_OLD = 900.0  # seconds, after which there is an alarm as well
_RATE = re.compile(r"rate\(([0-9]+) (minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400}


def stack(subject: Subject) -> Finding:
    """The stack is there, whole, and of this version."""
    status = subject.stack.status
    if status.endswith("_IN_PROGRESS"):
        return warning(f"it is being changed ({status})", "Wait until that is done, and run this again.")
    if missing := [name for name in OUTPUTS if not subject.stack.outputs.get(name)]:
        return failed(f"it has no output {', '.join(missing)}", "Deploy this version: `make deploy`.")
    if "ROLLBACK" in status or status.endswith("_FAILED"):
        return warning(f"its last deployment failed ({status})", "See CloudFormation's events, then `make deploy`.")
    return ok(f"{subject.stack.name} in {subject.stack.aws.region}")


def webhook_secret(subject: Subject) -> Finding:
    """Each sender has a secret that counts."""
    document = subject.webhook_secret
    lists = {name: entries_of(document, name) for name in ("zendesk", "jira", "jira_automation")}
    refused = [why for entries in lists.values() for why in entries.refused]
    if not lists["zendesk"].accepted:
        return failed("there is no signing secret of Zendesk", "Run `linksync setup zendesk`.")
    if not (lists["jira"].accepted or lists["jira_automation"].accepted):
        return failed("there is no secret of Jira", "Run `linksync setup jira`.")
    if refused:
        return warning(f"entries that prove nobody: {'; '.join(refused)}", "Take them out of WebhookSecret.")
    counts = [
        f"{name.replace('_', ' ')} {len(entries.accepted)}" for name, entries in lists.items() if entries.accepted
    ]
    return ok(", ".join(counts))


def api_credentials(subject: Subject) -> Finding:
    """There are credentials for both vendors."""
    for vendor in ("zendesk", "jira"):
        try:
            credentials_of(subject.api_credentials, vendor)
        except Misconfigured:
            return failed(
                f"there are no usable credentials for {vendor.capitalize()}", f"Run `linksync setup {vendor}`."
            )
    return ok("for Zendesk and Jira")


def clock(subject: Subject) -> Finding:
    """Our clock agrees with the others': signatures carry a time."""
    date = subject.stack.aws.client("sts").get_caller_identity()["ResponseMetadata"]["HTTPHeaders"].get("date")
    clocks = {"AWS": time_of(date), "Zendesk": subject.zendesk_clock}
    for name, at in clocks.items():
        if at is not None and abs(at - subject.clock()) > _SKEW:
            seconds = many(round(abs(at - subject.clock())), "second")
            mend = "Set this computer's clock by the network's time."
            return failed(f"this computer's clock is {seconds} off {name}'s", mend)
    return ok("this computer's agrees with the others")


def backlog(subject: Subject) -> Finding:
    """Messages are worked on."""
    switches = WorkerSwitch(subject.stack).switches()
    if not all(one.on for one in switches if one.what == "worker"):
        return failed("the worker is paused", "Go on with `linksync resume`.")
    visible, in_flight = _depth(subject, "EventQueueUrl")
    age = queue_age.oldest(subject.stack.aws, subject.stack.output("EventQueueUrl"), now=subject.clock())
    oldest = "" if age is None or not visible + in_flight else f", the oldest for {age / 60:.0f} minutes"
    found = f"{many(visible, 'message')} waiting, {in_flight} being worked on or retried{oldest}"
    if visible > _DEEP or (age or 0) > _OLD:
        mend = (
            "Is Zendesk or Jira down?  What cannot be done yet is tried again by itself.  Else see the worker's log, or"
            " raise WorkerConcurrency."
        )
        return warning(found, mend)
    return ok(found)


def dead_letters(subject: Subject) -> Finding:
    """Nothing waits for a person."""
    visible, in_flight = _depth(subject, "DeadLetterQueueUrl")
    if visible + in_flight:
        return failed(many(visible + in_flight, "dead letter"), "See why, and move them back: `linksync redrive`.")
    return ok("none")


def reconciler(subject: Subject) -> Finding:
    """What senders dropped is looked for.  A stack whose reconciler has not had its first run yet is fine."""
    if "ReconcilerFunction" not in subject.stack.outputs:
        return failed("this stack has none", "Deploy this version: `make deploy`.")
    if subject.parameter("ReconcileEnabled") == "false":
        return warning("it is off (ReconcileEnabled)", "Set ReconcileEnabled to true, and `make deploy`.")
    try:
        schedules = [one for one in WorkerSwitch(subject.stack).switches() if one.what == "schedule"]
    except Failure:
        schedules = []
    if not all(one.on for one in schedules):
        return failed("its schedule is paused", "Go on with `linksync resume`.")
    table = subject.stack.output("LedgerTableName")
    checkpoint = ReconcilerState(subject.stack.aws.client("dynamodb"), table).read()
    if checkpoint is None:
        return ok("its first run is still to come")
    behind = subject.clock() - min(checkpoint.tickets.current_at, checkpoint.issues.current_at)
    if behind > 2 * _period(subject.parameter("ReconcileSchedule", "rate(1 hour)")) + 3_600:
        return failed(
            f"it has not caught up for {behind / 3600:.0f} hours",
            "See its log for why, and run it: aws lambda invoke --function-name "
            f"{subject.stack.output('ReconcilerFunction')} /dev/stdout",
        )
    return ok(f"it was caught up {max(behind, 0) / 60:.0f} minutes ago")


def _period(expression: str) -> float:
    """Seconds between two runs; a day where the expression is a calendar's."""
    match = _RATE.fullmatch(expression.strip())
    return float(match[1]) * _SECONDS[match[2]] if match else 86_400.0


def _depth(subject: Subject, output: str) -> tuple[int, int]:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = subject.stack.aws.client("sqs").get_queue_attributes(
        QueueUrl=subject.stack.output(output), AttributeNames=names
    )
    visible, in_flight = (int(answer["Attributes"][name]) for name in names)
    return visible, in_flight
