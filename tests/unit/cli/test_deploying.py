"""The deployment within an installation: followed, kept in a file, and told by its end when it fails."""

import io
from pathlib import Path

import pytest

from linksync_cli.deploying import deploy
from linksync_cli.failures import Failure
from linksync_cli.screen import Screen


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `make` in place of the real one: a script to be written."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("LINKSYNC_JIRA_API_TOKEN", "a secret of jira's")
    return tmp_path / "make"


def run(make: Path, script: str) -> tuple[str, str, str]:
    """What the screen showed, what the log holds, and the error's advice."""
    make.write_text(f"#!/bin/sh\n{script}\n")
    make.chmod(0o755)
    screen, log, mend = io.StringIO(), make.parent / "kept" / "deploy.log", ""
    try:
        deploy(Screen(as_json=False, err=screen), log)
    except Failure as failure:
        mend = failure.mend
    return screen.getvalue(), log.read_text(), mend


def test_a_person_sees_how_many_resources_are_done_and_the_log_has_the_rest(make: Path) -> None:
    said = (
        'echo "Uploading"; echo "CREATE_IN_PROGRESS  Queue"; echo "CREATE_COMPLETE  Queue"; echo "UPDATE_COMPLETE  Api"'
    )
    screen, log, mend = run(make, said)
    assert (screen, mend) == ("Resources of the stack done: 2\n", "")
    assert log.splitlines()[0] == "Uploading"


def test_what_fails_is_told_by_its_end(make: Path) -> None:
    screen, log, mend = run(make, 'for n in $(seq 40); do echo "line $n"; done; echo "no rights" >&2; exit 2')
    assert "line 40\nno rights\n" in screen
    assert "line 1\n" not in screen
    assert "line 1\n" in log
    assert "linksync install" in mend


def test_credentials_are_not_handed_on(make: Path) -> None:
    _, log, _ = run(make, "env")
    assert "SAMCONFIG" not in log
    assert "a secret of jira's" not in log


def test_without_make_it_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Failure, match="no `make`"):
        deploy(Screen(as_json=False), tmp_path / "log")
