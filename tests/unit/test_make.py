"""The Makefile's smaller targets run as they are documented; the others are what CI runs."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (["soak", "HISTORIES=50"], "50 histories (seeds 0 to 49; UnlinkPolicy owned, any, never)"),
        (["fuzz", "REQUESTS=200", "SEED=1"], "seed 1: 200 hostile requests"),
        ([], "make demo"),
    ],
)
def test_a_target_does_what_it_says(target: list[str], told: str) -> None:
    done = subprocess.run(["make", *target], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603, S607
    assert (done.returncode, told in done.stdout) == (0, True), done.stdout + done.stderr
