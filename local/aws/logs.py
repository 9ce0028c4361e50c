"""Where the deployed functions log, and what."""

from typing import Any


def log_group(client: Any, function: str) -> str:  # noqa: ANN401  botocore makes the classes at run time
    """The name of a function's log group.  `client` is Lambda's, `function` the function's own name."""
    configuration = client.get_function_configuration(FunctionName=function)
    return str(configuration.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{function}"))


def log_lines(client: Any, group: str, *, since: float = 0.0) -> list[str]:  # noqa: ANN401
    """The group's lines since then (seconds since the epoch); none where nothing was ever logged."""
    existing = client.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    if all(one["logGroupName"] != group for one in existing):
        return []
    found = client.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=int(since * 1000))
    return [event["message"].rstrip("\n") for page in found for event in page["events"]]
