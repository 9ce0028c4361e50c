"""The audit of pinned packages: what fails, what is only told, and what must never pass for clean."""

from pathlib import Path
from typing import Any

import pytest

from tests.security import audit

RUNTIME = {"requests": "2.32.5", "pydantic-core": "2.50.4"}


def package(name: str, *flaws: str) -> dict[str, Any]:
    vulns = [{"id": flaw, "fix_versions": ["9.9"]} for flaw in flaws]
    return {"name": name, "version": "1.0", "vulns": vulns}


def unknown(name: str) -> dict[str, Any]:
    return {"name": name, "skip_reason": "Dependency not found on PyPI"}


def judged(*packages: dict[str, Any]) -> audit.Action:
    return audit.classify({"dependencies": list(packages)}, runtime=RUNTIME)


def test_nothing_known() -> None:
    assert judged(package("requests"), package("moto")) == audit.Action(
        ("audit: 2 pins looked up, 0 known vulnerabilities",)
    )


def test_a_vulnerability_in_the_layer_fails() -> None:
    verdict = judged(package("Pydantic_Core", "GHSA-1"), package("moto"))
    assert verdict.status == 1
    assert verdict.lines[0] == "audit: Pydantic_Core 1.0 (layer): GHSA-1, mended in 9.9"


def test_a_vulnerability_in_a_tool_is_told() -> None:
    verdict = judged(package("requests"), package("moto", "GHSA-1", "GHSA-2"))
    assert verdict.status == 0
    assert verdict.lines[-1] == "audit: 2 pins looked up, 2 known vulnerabilities"


def test_a_package_that_nobody_knows_does_not_pass_for_clean() -> None:
    lines = judged(unknown("requests"), package("moto")).lines
    assert lines[0] == "audit: PyPI does not list, so NOT audited: requests"
    assert lines[1] == "audit: 1 pins looked up, 0 known vulnerabilities"


def test_without_its_source_it_says_so_and_stops_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # where nobody listens
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))  # what pip-audit once heard is no answer
    monkeypatch.setattr(audit, "ask", lambda _: pytest.fail("a machine without network was made to wait"))
    verdict = audit.audit()
    assert verdict.status == 0
    assert len(verdict.lines) == len(audit.GROUPS)
    assert all("COULD NOT REACH" in line and "NOT audited" in line for line in verdict.lines)


def test_every_pinned_file_is_read() -> None:
    for group in audit.GROUPS:
        for file in group:
            lines = file.read_text("utf-8").splitlines()
            pinned = [line for line in lines if line and not line.startswith((" ", "#"))]
            assert len(audit.pins(file)) == len(pinned) > 0
