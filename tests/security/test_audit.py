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


def classified(*packages: dict[str, Any]) -> audit.AuditResult:
    return audit.classify({"dependencies": list(packages)}, runtime=RUNTIME)


def test_nothing_known() -> None:
    assert classified(package("requests"), package("moto")) == audit.AuditResult(
        ("audit: 2 pins looked up, 0 known vulnerabilities",)
    )


def test_a_vulnerability_in_the_layer_fails() -> None:
    result = classified(package("Pydantic_Core", "GHSA-1"), package("moto"))
    assert result.status == 1
    assert result.lines[0] == "audit: Pydantic_Core 1.0 (layer): GHSA-1, mended in 9.9"


def test_a_vulnerability_in_a_tool_is_told() -> None:
    result = classified(package("requests"), package("moto", "GHSA-1", "GHSA-2"))
    assert result.status == 0
    assert result.lines[-1] == "audit: 2 pins looked up, 2 known vulnerabilities"


def test_a_package_that_nobody_knows_does_not_pass_for_clean() -> None:
    result = classified(unknown("requests"), package("moto"))
    assert result.not_audited == ("PyPI does not list: requests",)
    assert result.lines == ("audit: 1 pins looked up, 0 known vulnerabilities",)


def test_without_its_source_it_says_so_and_stops_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # where nobody listens
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))  # what pip-audit once heard is no answer
    monkeypatch.setattr(audit, "ask", lambda _: pytest.fail("a machine without network was made to wait"))
    result = audit.audit()
    assert (result.status, result.lines) == (0, ())
    assert len(result.not_audited) == len(audit.GROUPS)
    assert all("was not reached" in line for line in result.not_audited)


def test_what_was_not_audited_is_the_last_word_and_stands_in_a_frame(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    not_audited = ("PyPI was not reached: " + "requirements " * 20,)
    result = audit.AuditResult(("audit: 1 pins looked up",), not_audited=not_audited)
    monkeypatch.setattr(audit, "audit", lambda: result)
    assert audit.main() == 0
    first, *frame = capsys.readouterr().out.splitlines()
    assert first == "audit: 1 pins looked up"
    assert {len(line) for line in frame} == {audit.WIDTH + 4}
    assert (frame[0], frame[-1]) == ("#" * 100, "#" * 100)
    assert "NOT AUDITED" in frame[1]


def test_a_whole_audit_has_no_frame() -> None:
    assert audit.framed(()) == ""


def test_every_pinned_file_is_read() -> None:
    for group in audit.GROUPS:
        for file in group:
            lines = file.read_text("utf-8").splitlines()
            pinned = [line for line in lines if line and not line.startswith((" ", "#"))]
            assert len(audit.pins(file)) == len(pinned) > 0
