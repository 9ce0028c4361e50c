"""The coverage-guided fuzzer's checks hold of the samples, find what they look for, and its script runs anywhere."""

import subprocess
import sys
from pathlib import Path

import pytest

from linksync.inbound import signatures
from linksync.inbound.parsed_body import ParsedBody
from tests.fuzz import checks
from tests.receivers import samples


@pytest.mark.parametrize("path", samples.bodies() + samples.gateway_events(), ids=lambda path: path.stem)
def test_the_seed_corpus_passes(path: Path) -> None:
    checks.check_parsers(path.read_bytes())
    checks.check_request(path.read_text(errors="replace"))


def test_a_statement_is_met() -> None:
    assert checks.check_parsers(samples.sample("zendesk/trigger.json")) == 1
    assert checks.check_parsers(samples.sample("jira/updated-text.json")) > 0
    assert checks.check_parsers(b"\x00") == 0


def test_an_exception_of_a_parser_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_body: bytes, _at: float) -> ParsedBody:
        raise KeyError("issue")

    monkeypatch.setattr(checks, "PARSERS", (crash,))
    with pytest.raises(KeyError):
        checks.check_parsers(b"{}")


def test_an_open_door_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "_any_equal", lambda _given, _expected: True)
    with pytest.raises(AssertionError, match="let in"):
        checks.check_request('{"headers": {"x-hub-signature": "sha256=%s"}}' % ("0" * 64))


def test_the_script_runs_where_atheris_is_missing() -> None:
    script = Path(checks.__file__).with_name("atheris_receivers.py")
    done = subprocess.run([sys.executable, str(script), "-runs=1"], capture_output=True, text=True, timeout=120)  # noqa: S603, PLW1510  our own
    assert done.returncode == 0, done.stderr
