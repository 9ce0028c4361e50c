"""FLOOR: the least that a receiver of signed webhooks can be.  It proves the bytes, sends them on, and answers."""

import hmac
import json
import os
from base64 import b64decode, b64encode
from typing import Any

import boto3

SECRET = os.environ["SIGNING_SECRET"].encode()
QUEUE = os.environ["EVENT_QUEUE_URL"]
SQS: Any = boto3.client("sqs")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry."""
    headers, body = event["headers"], b64decode(event["body"])
    signed = headers["X-Zendesk-Webhook-Signature-Timestamp"].encode() + body
    expected = b64encode(hmac.digest(SECRET, signed, "sha256"))
    if not hmac.compare_digest(headers["X-Zendesk-Webhook-Signature"].encode(), expected):
        return {"statusCode": 401, "body": "{}"}
    said = json.loads(body)
    delivery = headers["X-Zendesk-Webhook-Invocation-Id"]
    SQS.send_message(
        QueueUrl=QUEUE,
        MessageBody=json.dumps(said),
        MessageGroupId=str(said["ticket_id"]),
        MessageDeduplicationId=delivery,
    )
    return {"statusCode": 202, "body": json.dumps({"status": "accepted", "delivery": delivery})}
