"""Known vulnerabilities among everything that is pinned, as PyPI lists them.  `make lint` runs this.

    python -m tests.security.audit

Exit status 1 when something in the functions' layer is vulnerable; what concerns the tools of developers is only told.
Without a network it says so within seconds, in a frame that nobody overlooks, names what was not looked up, and exits
0: an audit must not stop work on a train, and must not call a package clean that nobody looked up.
"""

import json
import re
import subprocess
import sys
import textwrap
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
WIDTH = 96  # columns of the frame
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)

type Report = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What is printed, the exit status, and what is printed in a frame."""

    lines: tuple[str, ...]
    status: int = 0
    not_audited: tuple[str, ...] = ()


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


def classify(report: Report, *, runtime: Mapping[str, str]) -> AuditResult:
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
    lines.append(f"audit: {looked_up} pins looked up, {len(lines)} known vulnerabilities")
    unlisted = f"PyPI does not list: {', '.join(sorted(set(unknown)))}"
    return AuditResult(tuple(lines), int(status), (unlisted,) if unknown else ())


def audit() -> AuditResult:
    """Asks one quick question first, so that a machine without network waits for nothing else."""
    runtime = pins(LAYER)
    why = unreachable("requests", runtime["requests"])
    with ThreadPoolExecutor() as threads:
        found = [why] * len(GROUPS) if why else list(threads.map(ask, GROUPS))
    results = [_result(report, files, runtime) for report, files in zip(found, GROUPS, strict=True)]
    lines = dict.fromkeys(line for result in results for line in result.lines)
    not_audited = tuple(line for result in results for line in result.not_audited)
    return AuditResult(tuple(lines), max(result.status for result in results), not_audited)


def _result(found: Report | str, files: Sequence[Path], runtime: Mapping[str, str]) -> AuditResult:
    if isinstance(found, str):
        names = ", ".join(str(file.relative_to(ROOT)) for file in files)
        return AuditResult((), not_audited=(f"PyPI's list of vulnerabilities was not reached ({found}): {names}",))
    return classify(found, runtime=runtime if LAYER in files else {})


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _told(package: Mapping[str, Any], flaw: Mapping[str, Any], *, where: str) -> str:
    mended = ", ".join(flaw.get("fix_versions", ())) or "no version yet"
    return f"audit: {package['name']} {package['version']} ({where}): {flaw['id']}, mended in {mended}"


def framed(not_audited: Sequence[str]) -> str:
    """A frame that stands out among the output of `make lint`; empty where everything was looked up."""
    if not not_audited:
        return ""
    heading = "NOT AUDITED: nobody could be asked whether these are known to be vulnerable. Run `make lint` again."
    lines = [line for text in (heading, "", *not_audited) for line in textwrap.wrap(text, WIDTH) or [""]]
    edge = "#" * (WIDTH + 4)
    return "\n".join((edge, *(f"# {line:<{WIDTH}} #" for line in lines), edge))


def main() -> int:
    """Prints the result; what was not audited last, where it is read."""
    result = audit()
    print("\n".join(filter(None, (*result.lines, framed(result.not_audited)))))
    return result.status


if __name__ == "__main__":
    sys.exit(main())
