"""The environment that the template gives the functions of a simulated installation."""

from linksync.core.links import UnlinkPolicy
from local.vendors import ISSUE_FIELD, SUBDOMAIN, TICKET_FIELD
from tests.simulation import simulated_jira, simulated_zendesk
from tests.simulation.sqs import DEAD_LETTERS, EVENTS
from tests.simulation.tables import IDEMPOTENCY, LEDGER


def environment(*, policy: UnlinkPolicy, project_keys: str, v1: bool, notice: str = "off") -> dict[str, str]:
    """As template.yaml names the variables."""
    return {
        "EVENT_QUEUE_URL": EVENTS,
        "DEAD_LETTER_QUEUE_URL": DEAD_LETTERS,
        "LEDGER_TABLE": LEDGER,
        "IDEMPOTENCY_TABLE": IDEMPOTENCY,
        "API_CREDENTIALS_ARN": "arn:aws:secretsmanager:us-east-1:111122223333:secret:ApiCredentials",
        "ZENDESK_SUBDOMAIN": SUBDOMAIN,
        "LINKS_API_VERSION": "v1" if v1 else "v2",
        "JIRA_INTEGRATION_EXTERNAL_ID": "" if v1 else simulated_zendesk.EXTERNAL_ID,
        "JIRA_BASE_URL": f"https://{simulated_jira.HOST}",
        "TICKET_FIELD_ID": TICKET_FIELD,
        "ISSUE_FIELD_ID": ISSUE_FIELD,
        "PROJECT_KEYS": project_keys,
        "UNLINK_POLICY": policy.value,
        "HISTORY_DAYS": "400",
        "WRONG_REFERENCE_NOTICE": notice,
    }
