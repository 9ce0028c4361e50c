"""Known vulnerabilities among everything that is pinned, as PyPI lists them.  `make lint` runs this.

    python -m tests.security.audit

Exit status 1 when something in the functions' layer is vulnerable; what concerns the tools of developers is only told.
Without a network it says so within seconds, names what was not looked up, and exits 0: an audit must not stop work on
a train, and must not call a package clean that nobody looked up.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from packaging.version import Version
from pip_audit._service import PyPIService, ResolvedDependency, ServiceError

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers/dependencies/requirements.txt"
# checkov has an environment of its own: its pins contradict the others, and pip-audit takes one version of a package.
GROUPS = ((LAYER, ROOT / "requirements-dev.txt"), (ROOT / "tests/security/requirements-checkov.txt",))
FAST = 3  # seconds for the first question
PATIENT = 60.0  # seconds for all others together
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)

type Report = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """What is printed, and the exit status."""

    lines: tuple[str, ...]
    status: int = 0


def pins(requirements: Path) -> dict[str, str]:
    """Version by normalised name."""
    return {_normal(name): version for name, version in _PIN.findall(requirements.read_text("utf-8"))}


def unreachable(name: str, version: str) -> str:
    """Why the source tells nothing of a package that it must know; empty when it does."""
    try:
        dependency, _ = PyPIService(timeout=FAST).query(ResolvedDependency(name, Version(version)))
    except (ServiceError, requests.RequestException) as problem:
        return type(problem).__name__
    return "it does not know what everybody uses" if dependency.is_skipped() else ""


def ask(files: Sequence[Path]) -> Report | str:
    """pip-audit's report, or why there is none."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--disable-pip",
        "--require-hashes",
        "--format",
        "json",
        "--desc",
        "off",
    ]
    command += ["--progress-spinner", "off", "--timeout", "5"]
    for file in files:
        command += ["--requirement", str(file)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENT, check=False)  # noqa: S603  ours
        return dict(json.loads(done.stdout))
    except subprocess.TimeoutExpired:
        return f"it took over {PATIENT:g} s"
    except ValueError:
        return (done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]


def classify(report: Report, *, runtime: Mapping[str, str]) -> Action:
    """What pip-audit's report means.  `runtime` are the pins of the layer."""
    lines, status, unknown = [], 0, []
    for package in {(each["name"], each.get("version", "")): each for each in report["dependencies"]}.values():
        name = _normal(package["name"])
        if "skip_reason" in package:
            unknown.append(name)
        for flaw in package.get("vulns", ()):
            status |= name in runtime
            lines.append(_told(package, flaw, where="layer" if name in runtime else "tools only"))
    looked_up = len(report["dependencies"]) - len(unknown)
    if unknown:
        lines.append(f"audit: PyPI does not list, so NOT audited: {', '.join(sorted(set(unknown)))}")
    lines.append(f"audit: {looked_up} pins looked up, {len(lines) - bool(unknown)} known vulnerabilities")
    return Action(tuple(lines), int(status))


def audit() -> Action:
    """Asks one quick question first, so that a machine without network waits for nothing else."""
    runtime = pins(LAYER)
    why = unreachable("requests", runtime["requests"])
    with ThreadPoolExecutor() as threads:
        found = [why] * len(GROUPS) if why else list(threads.map(ask, GROUPS))
    verdicts = [_verdict(report, files, runtime) for report, files in zip(found, GROUPS, strict=True)]
    lines = dict.fromkeys(line for verdict in verdicts for line in verdict.lines)
    return Action(tuple(lines), max(verdict.status for verdict in verdicts))


def _verdict(found: Report | str, files: Sequence[Path], runtime: Mapping[str, str]) -> Action:
    if isinstance(found, str):
        names = ", ".join(str(file.relative_to(ROOT)) for file in files)
        return Action((f"audit: COULD NOT REACH PyPI's list of vulnerabilities ({found}): NOT audited: {names}",))
    return classify(found, runtime=runtime if LAYER in files else {})


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _told(package: Mapping[str, Any], flaw: Mapping[str, Any], *, where: str) -> str:
    mended = ", ".join(flaw.get("fix_versions", ())) or "no version yet"
    return f"audit: {package['name']} {package['version']} ({where}): {flaw['id']}, mended in {mended}"


def main() -> int:
    """Prints the verdict."""
    verdict = audit()
    print("\n".join(verdict.lines))
    return verdict.status


if __name__ == "__main__":
    sys.exit(main())
