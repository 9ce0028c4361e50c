"""The README shows pictures that are there, in light and dark, small, and load nothing (`make pictures` takes them)."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.findall(r'(?:src|srcset)="(docs/[^"]+)"', (ROOT / "README.md").read_text("utf-8"))
TAKEN = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs/pictures").iterdir())
MOST_BYTES = 300 * 1024


def test_the_readme_shows_every_picture_that_is_taken() -> None:
    assert TAKEN
    assert set(TAKEN) <= set(NAMED)


@pytest.mark.parametrize("name", NAMED)
def test_a_picture_is_small_and_there_is_one_for_light_and_one_for_dark(name: str) -> None:
    assert (ROOT / name).stat().st_size < MOST_BYTES
    other = {"light": "dark", "dark": "light"}
    assert re.sub("light|dark", lambda match: other[match[0]], name) in NAMED


@pytest.mark.parametrize("name", [name for name in NAMED if name.endswith(".svg")])
def test_a_picture_loads_nothing(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert "url(http" not in text
    assert "@import" not in text
