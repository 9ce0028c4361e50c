"""CONVENTIONAL as it is deployed: one function that verifies, asks Jira for the issue, and calls the Links API.

The sender waits meanwhile.  Powertools and requests as most tutorials have them, everything built at import.  It
answers for a failed call itself: a handler that raises costs its process in MiniStack, where AWS keeps it, and the
next edits would wait for a cold start.
"""

import hmac
import json
import os
from base64 import b64encode
from typing import Any

import boto3
import requests
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel


class Trigger(BaseModel):
    """What Zendesk's trigger posts."""

    ticket_id: str
    issue_keys: str


logger, metrics, app = Logger(), Metrics(), APIGatewayRestResolver()
dynamodb: Any = boto3.client("dynamodb")
secrets: Any = boto3.client("secretsmanager")
http = requests.Session()
config = IdempotencyConfig(expires_after_seconds=3600)
store = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"], boto3_client=dynamodb)
secret = json.loads(secrets.get_secret_value(SecretId=os.environ["SECRET_ARN"])["SecretString"])
JIRA, LINKS = os.environ["JIRA_BASE_URL"], os.environ["LINKS_URL"]


@idempotent_function(data_keyword_argument="trigger", config=config, persistence_store=store)
def link(trigger: dict[str, str]) -> None:
    """Two calls for each key."""
    for key in trigger["issue_keys"].replace(",", " ").split():
        found = http.get(f"{JIRA}/rest/api/3/issue/{key}", auth=tuple(secret["jira"]), timeout=5)
        found.raise_for_status()
        made = {"ticket_id": trigger["ticket_id"], "issue_id": found.json()["id"], "issue_key": key}
        answer = http.post(LINKS, json={"link": made}, auth=tuple(secret["zendesk"]), timeout=5)
        if answer.status_code not in (201, 409):
            answer.raise_for_status()


@app.post("/webhooks/zendesk")
def zendesk() -> Response[str]:
    """Proves, parses and links."""
    event = app.current_event
    body = event.decoded_body or ""
    signed = event.headers["X-Zendesk-Webhook-Signature-Timestamp"] + body
    expected = b64encode(hmac.digest(secret["signing"].encode(), signed.encode(), "sha256"))
    if not hmac.compare_digest(event.headers["X-Zendesk-Webhook-Signature"].encode(), expected):
        return Response(status_code=401, body="{}")
    trigger = parse(event=json.loads(body), model=Trigger)
    link(trigger={**trigger.model_dump(), "delivery": event.headers["X-Zendesk-Webhook-Invocation-Id"]})
    metrics.add_metric(name="DeliveriesAccepted", unit=MetricUnit.Count, value=1)
    logger.info("delivery linked", extra={"ticket_id": trigger.ticket_id})
    return Response(status_code=202, body="{}", content_type="application/json")


@app.exception_handler(Exception)
def failed(_error: Exception) -> Response[str]:
    """Answers as API Gateway does for a function that raises: 502, unless the webhook's URL says otherwise."""
    logger.exception("delivery failed")
    status = int((app.current_event.query_string_parameters or {}).get("on_failure", 502))
    # Zendesk looks at Retry-After beside 429 and 503 alone.
    return Response(status_code=status, body="{}", content_type="application/json", headers={"Retry-After": "5"})


@logger.inject_lambda_context
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry."""
    config.register_lambda_context(context)  # so that a killed run's record ends with its time
    return app.resolve(event, context)
