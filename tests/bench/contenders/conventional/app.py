"""CONVENTIONAL: the same job as most Powertools tutorials would have it, everything imported and built at the top.

It proves the delivery and calls the Links API while the sender waits.
"""

import hmac
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
from untraced import tracer as new_tracer


class Trigger(BaseModel):
    """What Zendesk's trigger posts."""

    ticket_id: str
    issue_keys: str


logger, tracer, metrics, app = Logger(), new_tracer(), Metrics(), APIGatewayRestResolver()
dynamodb: Any = boto3.client("dynamodb")
secrets: Any = boto3.client("secretsmanager")
sqs: Any = boto3.client("sqs")
http = requests.Session()
config = IdempotencyConfig(expires_after_seconds=3600)
store = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"], boto3_client=dynamodb)
SIGNING_SECRET = secrets.get_secret_value(SecretId=os.environ["WEBHOOK_SECRET_ARN"])["SecretString"].encode()
LINKS = f"{os.environ['ZENDESK_BASE_URL']}/api/v2/integrations/jira/external/links"


@idempotent_function(data_keyword_argument="trigger", config=config, persistence_store=store)
def link(trigger: dict[str, str]) -> None:
    """One call for each key."""
    for key in filter(None, trigger["issue_keys"].split(",")):
        made = {"ticket_id": trigger["ticket_id"], "issue_id": key.strip(), "issue_key": key.strip()}
        answer = http.post(LINKS, json={"link": made}, timeout=5)
        if answer.status_code not in (201, 409):
            answer.raise_for_status()


@app.post("/webhooks/zendesk")
@tracer.capture_method
def zendesk() -> Response[str]:
    """Proves, parses and links."""
    event = app.current_event
    body = event.decoded_body or ""
    signed = event.headers["X-Zendesk-Webhook-Signature-Timestamp"] + body
    expected = b64encode(hmac.digest(SIGNING_SECRET, signed.encode(), "sha256"))
    if not hmac.compare_digest(event.headers["X-Zendesk-Webhook-Signature"].encode(), expected):
        return Response(status_code=401, body="{}")
    delivery = event.headers["X-Zendesk-Webhook-Invocation-Id"]
    trigger = parse(event=body, model=Trigger)
    link(trigger={**trigger.model_dump(), "delivery": delivery})
    metrics.add_metric(name="DeliveriesAccepted", unit=MetricUnit.Count, value=1)
    logger.info("delivery linked", extra={"ticket_id": trigger.ticket_id})
    return Response(status_code=202, body="{}", content_type="application/json")


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Lambda's entry."""
    return app.resolve(event, context)
