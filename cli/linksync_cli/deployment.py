"""What `make deploy` does before and around `sam deploy`: settings complete, kept, and asked of nobody twice.

    python -m linksync_cli.deployment prepare        completes samconfig.local.toml
    python -m linksync_cli.deployment architecture   prints the processor that the layers are built for

What the file says wins; what it does not say is the deployed stack's or the template's default, so that a lost file, a
second machine or an older way of deploying loses no parameter.  The role of API Gateway's logs is asked of the account
each time.  An AWS on this machine (AWS_ENDPOINT_URL) runs functions on this machine's processor.
"""

import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from linksync.outbound.base_url import is_loopback
from linksync_cli import log_role
from linksync_cli.samconfig import LOCAL_FILE, Samconfig, SamconfigError, parameter_defaults, unknown

REQUIRED = ("ZendeskSubdomain", "JiraBaseUrl")  # the template's parameters that have no default
DEFAULT_ARCHITECTURE = "arm64"
BASE_FILE = "samconfig.toml"
TEMPLATE_FILE = "template.yaml"


class Session(Protocol):
    """What is used of a boto3 session."""

    @property
    def region_name(self) -> str | None:
        """The region of the environment or the profile."""

    def client(self, service: Any, /, *, region_name: str) -> Any:  # noqa: ANN401  boto3 makes the classes at run time
        """A client."""


@dataclass(frozen=True, slots=True)
class DeployedStack:
    """What CloudFormation tells of a stack: its parameters, and the role for API Gateway's logs that it has made."""

    parameters: Mapping[str, str]
    log_role: str = ""


def deployed(cloudformation: Any, stack_name: str) -> DeployedStack | None:  # noqa: ANN401  boto3's client
    """The stack, or None where there is none yet.  May raise botocore's ClientError."""
    try:
        stack = cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]
    except ClientError as problem:
        if "does not exist" in str(problem):
            return None
        raise
    made = cloudformation.describe_stack_resources(StackName=stack_name)["StackResources"]
    roles = [one.get("PhysicalResourceId", "") for one in made if one["LogicalResourceId"] == log_role.RESOURCE]
    parameters = {one["ParameterKey"]: one.get("ParameterValue", "") for one in stack.get("Parameters", ())}
    return DeployedStack(parameters, next(iter(roles), ""))


def prepare(
    path: Path, session: Session, *, base: Samconfig, template: str, local: Mapping[str, str] | None = None
) -> list[str]:
    """Completes the file, and returns what to tell about it.

    `base` has SAM CLI's settings for what the file does not say, `template` is the template's text, `local` has the
    parameters that an AWS on this machine needs.  Raises SamconfigError; may raise botocore's errors.
    """
    config = Samconfig.read(path)
    region = config.region or session.region_name
    if not region:
        raise SamconfigError(f'no AWS region is set: set AWS_REGION, or write region = "…" into {path.name}')
    config.set_defaults(base.settings() | {"region": region})
    stack_name = str(config.stack_name)
    stack = deployed(session.client("cloudformation", region_name=region), stack_name)
    config.set_parameters(dict(local or {}) | config.parameters())
    _fill_in(config, stack, template)
    config.write(path)
    _check(config, path, template)
    role = log_role.choose(
        session.client("apigateway", region_name=region),
        session.client("iam", region_name=region),
        own_role=stack.log_role if stack else "",
    )
    config.set_parameters({log_role.PARAMETER: role.value})
    config.write(path)
    where = f"stack {stack_name} in {region}, settings in {path.name}"
    return [where, f"{log_role.PARAMETER}={role.value}: {role.why}"]


def local_parameters(environment: Mapping[str, str]) -> dict[str, str]:
    """What is to be deployed otherwise where AWS is an emulator on this machine, which runs what it can load."""
    if not is_loopback(environment.get("AWS_ENDPOINT_URL", "")):
        return {}
    return {"Architecture": "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"}


def _fill_in(config: Samconfig, stack: DeployedStack | None, template: str) -> None:
    """Adds what the stack knows and the file does not, and a place to write what nobody knows.

    What is the template's default is left to the template.
    """
    known = stack.parameters if stack else {}
    defaults = parameter_defaults(template)
    kept = {name: value for name, value in known.items() if name in defaults and value != defaults[name]}
    config.set_parameters(dict.fromkeys(REQUIRED, "") | kept | config.parameters())


def _check(config: Samconfig, path: Path, template: str) -> None:
    parameters = config.parameters()
    if misspelt := unknown(parameters, template):
        raise SamconfigError(f"{path.name} names parameters that template.yaml does not have: {', '.join(misspelt)}")
    if missing := [name for name in REQUIRED if not parameters[name]]:
        raise SamconfigError(f"write the value of {' and '.join(missing)} into {path.name} (docs/setup.md tells which)")


def architecture(path: Path) -> str:
    """The value of the parameter Architecture.  Raises SamconfigError."""
    return Samconfig.read(path).parameters().get("Architecture", DEFAULT_ARCHITECTURE)


def main(arguments: list[str]) -> int:
    """Runs the command; 1 when the deployment cannot begin, 2 for wrong usage."""
    match arguments:
        case ["prepare" | "architecture" as command, *rest] if len(rest) <= 1:
            path = Path(rest[0] if rest else LOCAL_FILE)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    try:
        if command == "architecture":
            print(architecture(path))
        else:
            base, template = Samconfig.read(Path(BASE_FILE)), Path(TEMPLATE_FILE).read_text("utf-8")
            local = local_parameters(os.environ)
            print("\n".join(prepare(path, boto3.Session(), base=base, template=template, local=local)))
    except (SamconfigError, ClientError, BotoCoreError) as problem:
        print(f"linksync: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
