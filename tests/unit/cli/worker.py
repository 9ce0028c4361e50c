"""The real worker for tests of the command line: over moto's queues and tables, and the simulated vendors."""

from types import SimpleNamespace
from typing import Any

from linksync.worker.wiring import Clients, Wiring
from local.vendors import SimulatedVendors
from tests.unit.cli.account import Account


class Worker:
    """Works on what is queued whenever it is told to; what it puts off is worked on again."""

    def __init__(self, account: Account, vendors: SimulatedVendors) -> None:
        self._account = account
        names = {
            "ZENDESK_SUBDOMAIN": "ZendeskSubdomain",
            "ZENDESK_BASE_URL": "ZendeskBaseUrl",
            "JIRA_BASE_URL": "JiraBaseUrl",
            "JIRA_INTEGRATION_EXTERNAL_ID": "JiraIntegrationExternalId",
            "TICKET_FIELD_ID": "TicketFieldId",
            "ISSUE_FIELD_ID": "IssueFieldId",
        }
        environ = {name: vendors.parameters()[parameter] for name, parameter in names.items()} | {
            "LINKS_API_VERSION": vendors.links_api,
            "EVENT_QUEUE_URL": account.queue,
            "DEAD_LETTER_QUEUE_URL": account.dead,
            "LEDGER_TABLE": "ledger",
            "IDEMPOTENCY_TABLE": "idempotency",
            "API_CREDENTIALS_ARN": account.cloudformation.outputs["ApiCredentialsArn"],
            "HISTORY_DAYS": "36500",
        }
        sqs: Any = account.sqs
        secrets: Any = account.secrets
        clients = Clients(
            sqs=sqs, dynamodb=account.dynamodb, secrets_manager=secrets, write_line=lambda *_told, **_more: None
        )
        self._wiring = Wiring(environ, clients)

    def work(self, _seconds: float = 0) -> None:
        """One event with all that is there."""
        url = self._account.queue
        found = self._account.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"]
        )
        records = [_record(message) for message in found.get("Messages", ())]
        if not records:
            return
        context: Any = SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000)
        failed = {
            one["itemIdentifier"]
            for one in self._wiring.worker.handle({"Records": records}, context)["batchItemFailures"]
        }
        for record in records:
            if record["messageId"] not in failed:
                self._account.sqs.delete_message(QueueUrl=url, ReceiptHandle=record["receiptHandle"])


def _record(message: Any) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": message.get("MessageAttributes", {}),
    }
