"""How long the oldest message of a queue has been there.  SQS itself does not tell; CloudWatch does, by the minute.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from datetime import UTC, datetime

from botocore.exceptions import ClientError

from linksync_cli.aws import Aws

_LOOKED_BACK = 900.0  # seconds: CloudWatch has a queue's numbers some minutes late


def oldest(aws: Aws, queue_url: str, *, now: float) -> float | None:
    """Seconds, as of the latest minute that CloudWatch tells of; None where it tells of none, or may not be asked."""
    try:
        statistics = aws.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/SQS",
            MetricName="ApproximateAgeOfOldestMessage",
            Dimensions=[{"Name": "QueueName", "Value": queue_url.rpartition("/")[2]}],
            StartTime=datetime.fromtimestamp(now - _LOOKED_BACK, UTC),
            EndTime=datetime.fromtimestamp(now, UTC),
            Period=60,
            Statistics=["Maximum"],
        )
    except ClientError:  # a check of the queue, which is not to fail over a number beside it
        return None
    points = sorted(statistics.get("Datapoints", ()), key=lambda point: point["Timestamp"])
    return float(points[-1]["Maximum"]) if points else None
