"""What a receiver loads: import-linter reads our own imports, this sees those of libraries too."""

import subprocess
import sys

import pytest

# Powertools asks for the bare package `botocore` to see whether it is there; that costs nothing.
HEAVY = ("boto3", "botocore.session", "botocore.exceptions", "urllib3", "requests", "pydantic")


@pytest.mark.parametrize("function", ["zendesk_webhook", "jira_webhook"])
def test_a_receiver_starts_without_what_it_does_not_need(function: str) -> None:
    script = (
        f"import sys; sys.path[:0] = {sys.path!r}; import functions.{function}.app; "
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603  our own
    assert done.stdout.strip() == ""
