"""The real stack on the local AWS, aimed at the simulated vendors, with the means to watch it."""

import json
import re
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from local.aws import command_line, queues
from local.aws.deploy import BUILT_TEMPLATE, deploy, ensure_built, host_architecture
from local.aws.emulator import Emulator
from local.aws.logs import log_group, log_lines
from local.vendors import SimulatedVendors

EXECUTE_API = re.compile(r"https://([^.]+)\.execute-api\.[^/]+/(.*)")


class NotQuietError(Exception):
    """Work was left when the time was up."""


def served_at(emulator: Emulator, url: str) -> str:
    """The address at which the emulator serves a URL of API Gateway's; any other URL as it is."""
    match = EXECUTE_API.fullmatch(url)
    return f"{emulator.url}/_aws/execute-api/{match[1]}/{match[2]}" if match else url


class Stack:
    """Deploys the built template and starts the senders on it: `with Stack(vendors) as stack:`.

    `parameters` are added to, or win over, the vendors' own; `secrets` false leaves both secrets as the template made
    them.  Everything is written to a temporary folder, which goes with the stack.
    """

    def __init__(
        self,
        vendors: SimulatedVendors,
        *,
        parameters: Mapping[str, str] | None = None,
        template: Path = BUILT_TEMPLATE,
        stack_name: str = "linksync",
        secrets: bool = True,
    ) -> None:
        self.vendors = vendors
        self.parameters = vendors.parameters() | {"Architecture": host_architecture()} | dict(parameters or {})
        self.template = ensure_built(template)
        self.stack_name = stack_name
        self.outputs: dict[str, str] = {}
        self.seconds: dict[str, float] = {}
        self._secrets = secrets
        self._open = ExitStack()
        self._emulator: Emulator | None = None

    @property
    def emulator(self) -> Emulator:
        """The AWS that the stack is in."""
        if self._emulator is None:
            raise RuntimeError("the stack is not running: enter it first")
        return self._emulator

    def client(self, service: str) -> Any:  # noqa: ANN401  botocore makes the classes at run time
        """A boto3 client of the account's root."""
        return self.emulator.client(service)

    def url(self, output: str) -> str:
        """An output's URL at the address where the emulator serves it."""
        url = self.outputs.get(output, "")
        return self.reachable(url) if EXECUTE_API.fullmatch(url) else ""

    def reachable(self, url: str) -> str:
        """The address at which the emulator serves a URL of API Gateway's; any other URL as it is."""
        return served_at(self.emulator, url)

    def put_secrets(
        self, webhook: Mapping[str, Any] | None = None, credentials: Mapping[str, Any] | None = None
    ) -> None:
        """Puts the two secrets' contents; the vendors' own by default."""
        contents = {
            "WebhookSecretArn": self.vendors.senders.secrets() if webhook is None else webhook,
            "ApiCredentialsArn": self.vendors.credentials() if credentials is None else credentials,
        }
        for output, content in contents.items():
            self.client("secretsmanager").put_secret_value(
                SecretId=self.outputs[output], SecretString=json.dumps(content)
            )

    def depth(self, output: str = "EventQueueUrl") -> queues.Depth:
        """How full a queue is."""
        return queues.depth(self.client("sqs"), self.outputs[output])

    def dead_letters(self) -> list[dict[str, Any]]:
        """What the dead-letter queue holds, up to its first thousand, left where it is."""
        return queues.messages(self.client("sqs"), self.outputs["DeadLetterQueueUrl"])

    def quiet(self, timeout: float = 30) -> float:
        """Waits until nothing is being delivered, queued, worked on or retried; how many seconds it took.

        Raises NotQuietError when the time is up first: a lane that waits for another try is not quiet.
        """
        started = time.monotonic()
        senders = self.vendors.senders
        while not (senders.idle() and self.depth().total == 0 and senders.idle()):
            if time.monotonic() - started > timeout:
                raise NotQuietError(f"not quiet after {timeout} s: {self.depth()}, senders idle: {senders.idle()}")
            time.sleep(0.02)
        return time.monotonic() - started

    @cached_property
    def functions(self) -> dict[str, str]:
        """The functions' names by their names in the template."""
        answer = self.client("cloudformation").describe_stack_resources(StackName=self.stack_name)
        return {
            one["LogicalResourceId"]: one["PhysicalResourceId"]
            for one in answer["StackResources"]
            if one["ResourceType"] == "AWS::Lambda::Function"
        }

    @cached_property
    def worker(self) -> str:
        """The template's name of the function that the event queue feeds."""
        mapping = self.client("lambda").list_event_source_mappings()["EventSourceMappings"][0]
        physical = mapping["FunctionArn"].split(":")[6]
        return next(logical for logical, name in self.functions.items() if name == physical)

    def linksync(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the operator's command line on this stack.  Raises RuntimeError where it is refused."""
        return command_line.linksync(self.emulator, self.stack_name, *arguments)

    def reconcile(self) -> str:
        """One run of the reconciler, now, by the stack's own output; how it says that it ended."""
        answer = self.client("lambda").invoke(FunctionName=self.outputs["ReconcilerFunction"])
        payload = json.load(answer["Payload"])
        if "FunctionError" in answer:
            raise RuntimeError(f"the reconciler failed: {payload}")
        return str(payload["ended"])

    def log_group(self, function: str) -> str:
        """The name of the log group of a function (by its name in the template)."""
        return log_group(self.client("lambda"), self.functions[function])

    def logs(self, function: str, *, since: float = 0.0) -> list[str]:
        """Every line that a function (by its name in the template) logged since then (seconds since the epoch)."""
        return log_lines(self.client("logs"), self.log_group(function), since=since)

    def runs(self, function: str, *, since: float = 0.0) -> int:
        """How often a function was invoked."""
        return sum(line.startswith("START RequestId:") for line in self.logs(function, since=since))

    def aim(self) -> None:
        """Registers the vendors' senders with the stack's own URLs, which the emulator serves at another address."""
        self.vendors.senders.pace.resolve = self.reachable
        told = self.outputs
        self.vendors.senders.aim(
            zendesk=told.get("ZendeskWebhookUrl", ""),
            jira=told.get("JiraWebhookUrl", ""),
            automation=told.get("JiraAutomationUrl", ""),
        )

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            home = opening.enter_context(tempfile.TemporaryDirectory(prefix="linksync-", ignore_cleanup_errors=True))
            started = time.monotonic()
            self._emulator = opening.enter_context(Emulator(Path(home)))
            self.seconds["start"] = time.monotonic() - started
            self.outputs = deploy(self.emulator, self.template, self.stack_name, self.parameters)
            self.seconds["deploy"] = time.monotonic() - started - self.seconds["start"]
            if self._secrets:
                self.put_secrets()
            self.aim()
            self._open = opening.pop_all()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.vendors.senders.aim(zendesk="", jira="", automation="")
        self._open.close()
        self._emulator = None
