"""`make deploy`, by the real SAM CLI: upgraded from the version before, deployed twice, deleted and installed again.

One story on one stack, told in order: what people put there (parameters, secrets, the ledger, queued messages) is as it
was after each step.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from linksync_cli.samconfig import Samconfig
from local.aws.deploy import BUILT_TEMPLATE, outputs
from local.aws.stack import Stack
from local.vendors import SimulatedVendors
from tests.e2e.scene import believed, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("deploy")]

ROOT = Path(__file__).parents[2]
EARLIER = ROOT / "tests/e2e/earlier"
FOLDERS = {
    "functions/zendesk_webhook": "ZendeskWebhook",
    "functions/jira_webhook": "JiraWebhook",
    "functions/link_worker": "LinkWorker",
    "layers/dependencies": "DependenciesLayer",
    "layers/linksync": "LinksyncLayer",
}
PARAMETERS = {"AllowedSourceRanges": "127.0.0.0/8,10.0.0.0/8", "LogLevel": "WARNING", "WorkerConcurrency": "7"}
LINKS = {("7001", "PROJ-1"), ("7001", "PROJ-2"), ("7001", "PROJ-3"), ("7002", "PROJ-3"), ("7003", "PROJ-1")}
ADOPTED = ("7003", "PROJ-1")


@dataclass(frozen=True)
class Snapshot:
    """What a deployment must leave as it was."""

    parameters: dict[str, str]
    secrets: dict[str, str]
    ledger: list[Any]
    waiting: int
    letters: int


@dataclass
class Story:
    """The stack, the settings file that `make deploy` completes, and what was there after each step."""

    stack: Stack
    config: Path
    taken: dict[str, Snapshot] = field(default_factory=dict)

    def make(self, *target: str) -> str:
        done = subprocess.run(  # noqa: S603
            ["make", *target, f"SAMCONFIG={self.config}"],  # noqa: S607
            cwd=ROOT,
            env=self.stack.emulator.environment(),
            capture_output=True,
            text=True,
            timeout=300,
            stdin=subprocess.DEVNULL,  # nobody is there to answer a question
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        self.stack.outputs = outputs(self.stack.emulator, self.stack.stack_name)
        self.stack.aim()
        return done.stdout

    def take(self, step: str) -> Snapshot:
        client, told = self.stack.client, self.stack.outputs
        (stack,) = client("cloudformation").describe_stacks(StackName=self.stack.stack_name)["Stacks"]
        arns = [told["WebhookSecretArn"], told["ApiCredentialsArn"]]
        pages = client("dynamodb").get_paginator("scan").paginate(TableName=told["LedgerTableName"])
        self.taken[step] = Snapshot(
            parameters={one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]},
            secrets={arn: client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"] for arn in arns},
            ledger=sorted((item for page in pages for item in page["Items"]), key=repr),
            waiting=self.stack.depth().total,
            letters=self.stack.depth("DeadLetterQueueUrl").total,
        )
        return self.taken[step]

    def work(self, *, on: bool) -> None:
        """Switches the worker's event source."""
        client = self.stack.client("lambda")
        (source,) = client.list_event_source_mappings()["EventSourceMappings"]
        client.update_event_source_mapping(UUID=source["UUID"], Enabled=on)

    def links(self) -> set[tuple[str, str]]:
        return self.stack.vendors.links()


def _template_of_the_version_before(folder: Path) -> Path:
    """Its template, with the folders that this version was built into."""
    text = (EARLIER / "template.yaml").read_text("utf-8")
    for source, built in FOLDERS.items():
        text = text.replace(f"Uri: {source}\n", f"Uri: {BUILT_TEMPLATE.parent / built}\n")
    template = folder / "template.yaml"
    template.write_text(text, "utf-8")
    return template


def _what_people_wrote(vendors: SimulatedVendors) -> None:
    """Fields as the waiting messages tell, links as they were before these."""
    for ticket, keys in ((7001, ""), (7002, "PROJ-1"), (7003, "PROJ-1")):
        vendors.ticket(keys or None, ticket_id=ticket)
    issues = [vendors.issue(), vendors.issue(), vendors.issue(tickets="7002")]
    ids = {issue.key: issue.id for issue in issues}
    for ticket, key in sorted(LINKS):
        vendors.link_table.add(ticket, ids[key], key)


def _what_the_version_before_left(story: Story) -> None:
    client, told = story.stack.client, story.stack.outputs
    for item in json.loads((EARLIER / "ledger.json").read_text("utf-8")):
        client("dynamodb").put_item(TableName=told["LedgerTableName"], Item=item)
    for message in json.loads((EARLIER / "messages.json").read_text("utf-8")):
        client("sqs").send_message(
            QueueUrl=told["EventQueueUrl"],
            MessageBody=json.dumps(message["body"], separators=(",", ":")),
            MessageGroupId=message["lane"],
            MessageDeduplicationId=message["deduplication_id"],
        )
    client("sqs").send_message(
        QueueUrl=told["DeadLetterQueueUrl"], MessageBody="{}", MessageGroupId="ticket#1", MessageDeduplicationId="1"
    )


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("deploy")
    vendors = SimulatedVendors()
    with vendors:
        _what_people_wrote(vendors)
        template = _template_of_the_version_before(folder)
        with Stack(vendors, template=template, parameters=PARAMETERS) as stack:
            yield Story(stack, folder / "samconfig.local.toml")


def test_1_an_upgrade_keeps_what_people_put_there(story: Story) -> None:
    story.work(on=False)
    _what_the_version_before_left(story)
    before = story.take("before")
    assert (before.waiting, before.letters, len(before.ledger)) == (3, 1, 9)
    story.make("deploy")  # no settings file, as after an installation by other means
    after = story.take("upgraded")
    assert after.parameters | before.parameters == after.parameters  # and the new ones' defaults
    assert (after.secrets, after.ledger) == (before.secrets, before.ledger)
    assert (after.waiting, after.letters) == (3, 1)
    config = Samconfig.read(story.config)
    assert config.parameters() | PARAMETERS == config.parameters()
    assert (config.stack_name, config.region) == ("linksync", "us-east-1")


@pytest.mark.parametrize("queue", ["EventQueueUrl", "DeadLetterQueueUrl"])
def test_2_each_queue_has_its_policy_after_the_upgrade(story: Story, queue: str) -> None:
    # The policy was both queues' before: an update that takes it off one of them must not be the last word.
    url = story.stack.outputs[queue]
    answer = story.stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["Policy", "QueueArn"])
    (statement,) = json.loads(answer["Attributes"]["Policy"])["Statement"]
    assert (statement["Sid"], statement["Resource"]) == ("TlsOnly", answer["Attributes"]["QueueArn"])


def test_3_a_second_deployment_changes_nothing(story: Story) -> None:
    before, settings = story.take("once"), story.config.read_text("utf-8")
    story.make("deploy")
    assert story.take("twice") == before
    assert story.config.read_text("utf-8") == settings


def test_4_one_changed_parameter_changes_alone(story: Story) -> None:
    before = story.take("before the change")
    config = Samconfig.read(story.config)
    config.set_parameters({"LogLevel": "INFO"})
    config.write(story.config)
    story.make("deploy")
    assert story.take("changed").parameters == before.parameters | {"LogLevel": "INFO"}


def test_5_messages_and_records_of_the_version_before_are_understood(story: Story) -> None:
    story.work(on=True)
    story.stack.quiet(60)
    assert story.links() == {("7002", "PROJ-1"), ("7002", "PROJ-3"), ADOPTED}
    assert story.take("worked").letters == 1


def test_6_deleting_the_stack_keeps_what_cannot_be_had_again(story: Story) -> None:
    before, told, client = story.take("last day"), dict(story.stack.outputs), story.stack.client
    _delete(story.stack)
    assert client("sqs").receive_message(QueueUrl=told["DeadLetterQueueUrl"])["Messages"][0]["Body"] == "{}"
    for arn, content in before.secrets.items():
        assert client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"] == content
    assert client("dynamodb").scan(TableName=told["LedgerTableName"])["Count"] == len(before.ledger)


def test_7_a_new_stack_takes_over_the_kept_ledger_and_its_links_are_ours(story: Story) -> None:
    table = story.stack.outputs["LedgerTableName"]
    story.make("import-ledger", f"TABLE={table}")
    story.make("deploy")
    assert story.stack.outputs["LedgerTableName"] == table
    # The role of API Gateway's logs is still the account's, and no longer this stack's to set.
    kept = story.taken["last day"].parameters | {"ApiGatewayLogRole": "keep"}
    assert story.take("installed again").parameters == kept
    assert story.taken["installed again"].ledger == story.taken["last day"].ledger
    story.stack.put_secrets()
    eventually(lambda: believed(story.stack.vendors), "the new secrets in force")
    story.stack.vendors.write_keys(7002, "")
    story.stack.vendors.write_tickets("PROJ-3", None)
    story.stack.vendors.write_keys(7003, "")
    eventually(lambda: story.links() == {ADOPTED}, "our links gone, the adopted one left")


def _delete(stack: Stack) -> None:
    client = stack.client("cloudformation")
    client.delete_stack(StackName=stack.stack_name)
    client.get_waiter("stack_delete_complete").wait(
        StackName=stack.stack_name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
