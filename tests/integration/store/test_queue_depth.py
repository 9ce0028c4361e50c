"""How many messages wait for the worker, on moto's SQS."""

import boto3

from linksync.store.aws_calls import CallLimits
from linksync.store.queue_depth import waiting
from linksync.store.sqs_calls import SqsCalls


def test_what_could_be_received_now_is_counted(over_http: CallLimits) -> None:
    sqs = boto3.client("sqs")
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    queue = sqs.create_queue(QueueName="events.fifo", Attributes=attributes)["QueueUrl"]
    calls = SqsCalls(queue, over_http)
    assert waiting(calls, queue) == 0
    for number in range(3):
        sqs.send_message(QueueUrl=queue, MessageBody=str(number), MessageGroupId=str(number))
    sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=1)
    assert waiting(calls, queue) == 2
