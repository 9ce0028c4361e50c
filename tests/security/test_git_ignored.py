"""What holds a secret on its way, or one deployment's own settings, cannot be committed by mistake."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


pytestmark = pytest.mark.skipif(
    not (ROOT / ".git").exists() or shutil.which("git") is None, reason="not a clone of the repository"
)
NAMES = """
    credentials.json credentials.old.json webhook-secret.json secrets.json .env .env.local samconfig.local.toml
"""


def ignored(name: str) -> bool:
    command = ["git", "check-ignore", "--quiet", "--no-index", name]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0  # noqa: S603


@pytest.mark.parametrize("name", NAMES.split())
def test_a_file_of_secrets_or_of_one_deployment_is_ignored(name: str) -> None:
    assert ignored(name)
    assert ignored(f"docs/{name}")


def test_every_file_that_the_guides_put_a_secret_into_is_ignored_and_deleted() -> None:
    named = {(page, name) for page in DOCS for name in re.findall(r"file://([A-Za-z][\w.-]*)", page.read_text("utf-8"))}
    assert named
    for page, name in named:
        assert ignored(name), f"{page.name}: {name}"
        assert re.search(rf"\brm .*{re.escape(name)}", page.read_text("utf-8")), f"{page.name} does not delete {name}"
