"""SQS as far as it is called, by `aws_calls` and without botocore.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
"""

from linksync.store import aws_endpoints
from linksync.store.aws_calls import Caller, CallLimits, JsonProtocol, ServiceCalls, operation

_PROMISED = {"SendMessage": "MessageId", "GetQueueAttributes": "Attributes"}


class SqsCalls(ServiceCalls):
    """The queues of this queue's region, where one host serves all of them.  Everything may raise AwsUnavailable."""

    send_message = operation("SendMessage")
    send_message_batch = operation("SendMessageBatch")
    change_message_visibility = operation("ChangeMessageVisibility")
    get_queue_attributes = operation("GetQueueAttributes")

    def __init__(self, queue_url: str, limits: CallLimits) -> None:
        protocol = JsonProtocol(service="sqs", target="AmazonSQS", version="1.0", promised=_PROMISED)
        super().__init__(Caller(protocol, aws_endpoints.of_sqs(queue_url), limits))
