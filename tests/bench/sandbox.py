"""Folders as a Lambda function meets them: /opt/python, /var/task, and the runtime's own packages.

Nothing of the project's virtual environment is on any path: the runtime's packages are copied one by one.
"""

import importlib.metadata
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = ROOT / ".aws-sam" / "build"
CONTENDERS = Path(__file__).parent / "contenders"
LAYERS = ("DependenciesLayer", "LinksyncLayer")
RUNTIME = (
    *("boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "urllib3", "six"),
    *("awslambdaric", "snapshot_restore_py", "simplejson"),
)
"""What Lambda's python3.13 brings."""

X_RAY = ("aws-xray-sdk", "wrapt")

_LAMBDA = {
    "LANG": "en_US.UTF-8",
    "TZ": ":UTC",
    "PYTHONDONTWRITEBYTECODE": "1",
    "AWS_LAMBDA_FUNCTION_NAME": "bench",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_SESSION_TOKEN": "bench",
    "AWS_EC2_METADATA_DISABLED": "true",
    "_X_AMZN_TRACE_ID": "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0",
}
"""What every function's process is given by Lambda."""


@dataclass(frozen=True, slots=True)
class Function:
    """One contender: its folder and what /opt/python holds for it; `environment` is added to the common one."""

    name: str
    task: Path
    opt: Path | None
    event: str
    environment: dict[str, str] = field(default_factory=dict)


class Sandbox:
    """Lays the folders out below `home`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.runtime = self._runtime()
        self.opt = self._opt("opt", LAYERS)
        self.conventional_opt = self._opt("opt-conventional", LAYERS[:1])
        self.sources_opt = self._opt("opt-sources", LAYERS[:1])
        for layer in (self.conventional_opt, self.sources_opt):
            _x_ray(layer)
        for cache in list(self.sources_opt.rglob("__pycache__")):
            shutil.rmtree(cache)

    def functions(self) -> list[Function]:
        """All contenders."""
        floor, conventional = self._contender("floor"), self._contender("conventional")
        return [
            Function("FLOOR", floor, None, "zendesk"),
            Function("zendesk_webhook", self._task("ZendeskWebhook"), self.opt, "zendesk"),
            Function("jira_webhook", self._task("JiraWebhook"), self.opt, "jira"),
            Function("CONVENTIONAL", conventional, self.conventional_opt, "zendesk"),
            Function("CONVENTIONAL, no .pyc", conventional, self.sources_opt, "zendesk"),
            Function("link_worker", self._task("LinkWorker"), self.opt, "sqs"),
        ]

    def environment(self, function: Function, endpoint: str) -> dict[str, str]:
        """Everything that the process gets to see."""
        paths = [function.task, *([function.opt] if function.opt else []), self.runtime]
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "PYTHONPATH": ":".join(map(str, paths)),
            "LAMBDA_TASK_ROOT": str(function.task),
            "WEBHOOK_SECRET_ARN": "plain" if "CONVENTIONAL" in function.name else "webhook",
            **_LAMBDA,
            **_template(endpoint),
            **function.environment,
        }

    def _opt(self, name: str, layers: tuple[str, ...]) -> Path:
        target = self.home / name / "python"
        for layer in layers:
            shutil.copytree(BUILD / layer / "python", target, dirs_exist_ok=True)
        return target

    def _task(self, name: str) -> Path:
        # A copy, so that a build meanwhile changes nothing.
        return Path(shutil.copytree(BUILD / name, self.home / name, dirs_exist_ok=True))

    def _contender(self, name: str) -> Path:
        target = self.home / name
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(CONTENDERS / name, target, ignore=ignored, dirs_exist_ok=True)
        _compile(target)
        return target

    def _runtime(self) -> Path:
        target = self.home / "runtime"
        for package in RUNTIME:
            _copy(package, target)
        _compile(target)
        return target


def _template(endpoint: str) -> dict[str, str]:
    """What template.yaml gives the functions, with AWS and both vendors at `endpoint`."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "POWERTOOLS_METRICS_NAMESPACE": "linksync",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "SIGNING_SECRET": "a signing secret",
        "API_CREDENTIALS_ARN": "credentials",
        "EVENT_QUEUE_URL": f"{endpoint}/123456789012/events.fifo",
        "DEAD_LETTER_QUEUE_URL": f"{endpoint}/123456789012/dead.fifo",
        "LEDGER_TABLE": "ledger",
        "IDEMPOTENCY_TABLE": "idempotency",
        "ZENDESK_SUBDOMAIN": "acme",
        "ZENDESK_BASE_URL": endpoint,
        "JIRA_INTEGRATION_EXTERNAL_ID": "external",
        "JIRA_BASE_URL": endpoint,
        "TICKET_FIELD_ID": "360012345678",
        "ISSUE_FIELD_ID": "customfield_10050",
    }


def _x_ray(target: Path) -> None:
    """Gives CONVENTIONAL what Tracer stands on, where this machine has it."""
    if all(find_spec(name) for name in ("aws_xray_sdk", "wrapt")):
        for package in X_RAY:
            _copy(package, target)
        _compile(target)


def _copy(package: str, target: Path) -> None:
    for file in importlib.metadata.files(package) or []:
        if ".." not in file.parts and "__pycache__" not in file.parts:
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(file.locate()), target / file)


def _compile(folder: Path) -> None:
    """As the layers are compiled, so that no contender is ahead by that."""
    command = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(folder)]
    subprocess.run(command, check=True)  # noqa: S603  the interpreter itself
