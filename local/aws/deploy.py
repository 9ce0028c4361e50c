"""`sam deploy` of the built template into the emulator, and what came of it."""

import json
import platform
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from local.aws.emulator import Emulator

ROOT = Path(__file__).resolve().parents[2]
BUILT_TEMPLATE = ROOT / ".aws-sam" / "build" / "template.yaml"
BUCKET = "linksync-artifacts"
DEPLOY_SECONDS = 300


class NotBuiltError(Exception):
    """There is no built template to deploy."""


class DeployError(Exception):
    """`sam deploy` failed; the message holds the end of what it printed."""


def host_architecture() -> str:
    """The processor of this machine, as Lambda names it: compiled wheels load on no other."""
    return {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")


def ensure_built(template: Path = BUILT_TEMPLATE) -> Path:
    """The built template.  Raises NotBuiltError where there is none."""
    if not template.is_file():
        raise NotBuiltError(f"{template} is missing: run `make build` first")
    return template


def deploy(emulator: Emulator, template: Path, stack_name: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Deploys the template, unmodified, and returns the stack's outputs.  Raises DeployError."""
    emulator.client("s3").create_bucket(Bucket=BUCKET)
    command = [str(Path(sys.executable).parent / "sam"), "deploy"]
    command += ["--template-file", str(template), "--stack-name", stack_name, "--s3-bucket", BUCKET]
    command += ["--config-file", str(_empty_configuration(emulator.home)), "--region", "us-east-1"]
    command += ["--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-progressbar"]
    command += ["--parameter-overrides", *(f'{name}="{value}"' for name, value in parameters.items())]
    done = subprocess.run(  # noqa: S603  our own sam, in the environment of this interpreter
        command,
        env=emulator.environment() | {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "0.2"},
        capture_output=True,
        text=True,
        timeout=DEPLOY_SECONDS,
        cwd=template.parent,
        check=False,
    )
    if done.returncode:
        raise DeployError("\n".join((done.stdout + done.stderr).splitlines()[-40:]))
    return outputs(emulator, stack_name)


def outputs(emulator: Emulator, stack_name: str) -> dict[str, str]:
    """The outputs of a deployed stack."""
    stack = emulator.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _empty_configuration(home: Path) -> Path:
    """Keeps sam from the project's samconfig.toml, which is for AWS, and from looking for a newer sam."""
    settings = home / ".aws-sam"
    settings.mkdir(exist_ok=True)
    (settings / "metadata.json").write_text(json.dumps({"lastVersionCheck": time.time()}))
    configuration = home / "samconfig.toml"
    configuration.write_text("version = 0.1\n")
    return configuration
