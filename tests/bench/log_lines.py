"""The bytes of log that an event brings: our own lines, the API's access line, and Lambda's about the run."""

import re
from collections.abc import Iterable

from tests.bench.deployed import Deployed
from tests.bench.one_event import Cost
from tests.bench.prices import LOG_EVENT

_ACCESS = {
    "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    "extendedRequestId": "JBQ2ZF6hoAMEsBg=",
    "requestTime": "23/Nov/2026:13:45:53 +0000",
    "httpMethod": "POST",
    "resourcePath": "/webhooks/zendesk",
    "status": "202",
    "identity.sourceIp": "203.0.113.200",
    "responseLatency": "25",
    "responseLength": "72",
    "error.responseType": "-",
}
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
_START = (
    '{"time":"2026-11-23T13:45:53.123Z","type":"platform.start","record":'
    '{"requestId":"c6af9ac6-7b61-11e6-9a41-93e8deadbeef","version":"$LATEST"}}'
)
_REPORT = (
    '{"time":"2026-11-23T13:45:53.789Z","type":"platform.report","record":{"requestId":'
    '"c6af9ac6-7b61-11e6-9a41-93e8deadbeef","metrics":{"durationMs":650.231,"billedDurationMs":651,"memorySizeMB":512,'
    '"maxMemoryUsedMB":89},"tracing":{"spanId":"6f2c1a7b9d3e4f50","type":"X-Amzn-Trace-Id","value":'
    '"Root=1-65f1b2c3-0123456789abcdef01234567;Parent=6f2c1a7b9d3e4f50;Sampled=0"},"status":"success"}}'
)


def logged(cost: Cost, deployed: Deployed) -> int:
    """Bytes as CloudWatch Logs counts them."""
    platform = (_START, _REPORT) * (1 + cost.runs) if deployed.platform_lines else ()
    access = re.sub(r"\$context\.([\w.]+)", lambda found: _ACCESS[found[1]], deployed.access_format)
    return _bytes([*cost.received_lines, *cost.worked_lines, access, *platform])


def _bytes(lines: Iterable[str]) -> int:
    return sum(len(line.encode()) + LOG_EVENT for line in lines)
