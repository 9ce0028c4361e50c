"""The operator's command line, run on a stack in the emulator as an operator runs it on one in AWS."""

import subprocess
import sys

from local.aws.deploy import ROOT
from local.aws.emulator import Emulator


def linksync(emulator: Emulator, stack_name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs `linksync` with these arguments and --json.  Raises RuntimeError where it is refused."""
    environment = emulator.environment() | {
        "PYTHONPATH": f"{ROOT / 'cli'}:{ROOT / 'layers/linksync'}",
        "SAMCONFIG": str(emulator.home / "samconfig.local.toml"),
    }
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-m", "linksync_cli", *arguments, "--stack", stack_name, "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode > 1:
        raise RuntimeError(f"linksync {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
    return done
