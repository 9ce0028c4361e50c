"""The deployed stack: its outputs and parameters, as CloudFormation has them."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from linksync.outbound.base_url import is_loopback
from linksync_cli.aws import Aws
from linksync_cli.command import Run
from linksync_cli.failures import Failure
from linksync_cli.project import DEFAULT_STACK, settings

_EXECUTE_API = re.compile(r"https://([a-z0-9]+)\.execute-api\.[^/]+(/.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A stack that is there, and the services of its region."""

    name: str
    status: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]
    aws: Aws

    def output(self, name: str) -> str:
        """An output's value.  Raises Failure for a stack that was deployed before there was such an output."""
        if value := self.outputs.get(name):
            return value
        raise Failure(
            "old_stack", f"The stack {self.name} has no output {name}.", "Deploy this version: `make deploy`."
        )

    def parameter(self, name: str, default: str = "") -> str:
        """A parameter's value."""
        return self.parameters.get(name) or default

    def resources(self) -> dict[str, tuple[str, str]]:
        """Type and physical id of everything in the stack, by its name in the template.  Asks CloudFormation."""
        pages = self.aws.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.name)
        rows = (row for page in pages for row in page["StackResourceSummaries"])
        return {row["LogicalResourceId"]: (row["ResourceType"], row.get("PhysicalResourceId", "")) for row in rows}

    @property
    def zendesk_url(self) -> str:
        """Where the stack finds Zendesk."""
        return self.parameter("ZendeskBaseUrl") or f"https://{self.parameter('ZendeskSubdomain')}.zendesk.com"

    @property
    def jira_url(self) -> str:
        """Where the stack finds Jira."""
        return self.parameter("JiraBaseUrl")


def chosen_name(run: Run) -> str:
    """The name of the stack that this run is about.  Raises SamconfigError."""
    return run.stack or settings().stack_name or DEFAULT_STACK


def region_of(name: str) -> str | None:
    """The region that samconfig.local.toml has for this stack, where it has one."""
    config = settings()
    return config.region if config.stack_name in (name, None) else None


def find(run: Run) -> Stack | None:
    """The stack that this run is about, or None where there is none yet."""
    name = chosen_name(run)
    aws = Aws(region_of(name))
    try:
        (described,) = aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as problem:
        if "does not exist" in str(problem):
            return None
        raise
    return Stack(
        name=name,
        status=described["StackStatus"],
        outputs={one["OutputKey"]: one["OutputValue"] for one in described.get("Outputs", ())},
        parameters={one["ParameterKey"]: one.get("ParameterValue", "") for one in described.get("Parameters", ())},
        aws=aws,
    )


def deployed(run: Run) -> Stack:
    """The stack that this run is about.  Raises Failure where there is none."""
    with run.screen.working("Looking for the stack …"):
        stack = find(run)
    if stack is None:
        raise Failure(
            "no_stack",
            f"There is no stack {chosen_name(run)} in {Aws(region_of(chosen_name(run))).region}.",
            "Deploy it with `linksync install`, name it with --stack, or choose the account and region with "
            "AWS_PROFILE and AWS_REGION.",
        )
    return stack


def reachable(url: str, endpoint: str | None = None) -> str:
    """Where a URL of the stack's API answers from here: at AWS, or at a local emulator that AWS_ENDPOINT_URL names."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "") if endpoint is None else endpoint
    match = _EXECUTE_API.fullmatch(url)
    if not (match and endpoint and is_loopback(endpoint)):
        return url
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}/_aws/execute-api/{match[1]}{match[2]}"
