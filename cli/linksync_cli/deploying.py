"""`make deploy` as a step of an installation: what it says goes to a file, and a person sees how far it is."""

import os
import re
import subprocess
from collections import deque
from pathlib import Path
from shutil import which

from rich.text import Text

from linksync_cli.failures import Failure
from linksync_cli.project import ROOT, settings_path
from linksync_cli.screen import Screen

LOG = ROOT / ".aws-sam" / "deploy.log"
_ENDED = re.compile(r"(CREATE|UPDATE|DELETE)_COMPLETE\b")
_TOLD = 25
"""Lines of its end that are shown when it fails."""


def deploy(screen: Screen, log: Path = LOG) -> None:
    """Builds and deploys.  Raises Failure when that fails, with the end of what it said on the screen."""
    make = which("make")
    if make is None:
        raise Failure("no_make", "There is no `make` on this computer.", "Install it, and run this again.")
    log.parent.mkdir(parents=True, exist_ok=True)
    status, last = _followed([make, "--no-print-directory", "deploy", f"SAMCONFIG={settings_path()}"], screen, log)
    if status:
        for line in last:
            screen.note(Text(line, style="quiet"))
        mend = (
            f"Mend what is told above (.aws-sam/{log.name} has all of it), then run `linksync install` again: it"
            " goes on where it stopped."
        )
        raise Failure("deploy", "The deployment failed.", mend)


def _followed(command: list[str], screen: Screen, log: Path) -> tuple[int, list[str]]:
    """How the command ended, and the end of what it said; all of that is in the log."""
    last: deque[str] = deque(maxlen=_TOLD)
    with (
        log.open("w", encoding="utf-8") as kept,
        screen.progress("Resources of the stack done") as step,
        subprocess.Popen(  # noqa: S603  our own Makefile
            command,
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith("LINKSYNC_")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        for line in process.stdout or ():
            kept.write(line)
            last.append(line.rstrip())
            step(1 if _ENDED.match(line) else 0)
    return process.returncode, list(last)
