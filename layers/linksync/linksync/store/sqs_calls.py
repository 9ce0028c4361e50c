"""SQS as far as it is called, by `aws_calls` and without botocore."""

from collections.abc import Mapping
from typing import Any

from linksync.store import aws_endpoints
from linksync.store.aws_calls import Caller, CallLimits, Protocol


class SqsCalls:
    """SQS, as far as it is called: at the host of this queue, where all of the region's are."""

    def __init__(self, queue_url: str, limits: CallLimits) -> None:
        protocol = Protocol(service="sqs", target="AmazonSQS", version="1.0")
        self._call = Caller(protocol, aws_endpoints.of_sqs(queue_url), limits)

    def send_message(self, **asked: Any) -> Mapping[str, Any]:  # noqa: ANN401  the API's own arguments
        """SendMessage."""
        return self._call("SendMessage", asked)

    def send_message_batch(self, **asked: Any) -> Mapping[str, Any]:  # noqa: ANN401  the API's own arguments
        """SendMessageBatch."""
        return self._call("SendMessageBatch", asked)

    def change_message_visibility(self, **asked: Any) -> Mapping[str, Any]:  # noqa: ANN401  the API's own arguments
        """ChangeMessageVisibility."""
        return self._call("ChangeMessageVisibility", asked)

    def get_queue_attributes(self, **asked: Any) -> Mapping[str, Any]:  # noqa: ANN401  the API's own arguments
        """GetQueueAttributes."""
        return self._call("GetQueueAttributes", asked)
