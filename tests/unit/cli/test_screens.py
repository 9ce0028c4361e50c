"""The screens in docs/ are what the command line shows, at 80 columns as at 120."""

from pathlib import Path

import pytest

from linksync_cli.app import app
from tests.screens.recorded import THEMES
from tests.screens.screens import SCREENS, page, recorded

DOCS = Path(__file__).parents[3] / "docs"
WITH_FINDINGS = ("doctor-failing", "drift", "backfill-plan", "backfill", "redrive")
SECRETS = ("of-the-laptop-world",)


@pytest.mark.parametrize("width", [80, 120])
def test_no_screen_is_wider_than_its_terminal_or_holds_a_secret(width: int) -> None:
    screens = recorded(width)
    for name, screen in screens.items():
        text = screen.text()
        assert all(len(line) <= width for line in screen.lines()), name
        assert not [secret for secret in SECRETS if secret in text], name
        assert screen.status == (1 if name in WITH_FINDINGS else 0), text
        assert not [theme for theme in THEMES if "url(http" in screen.svg(theme).replace('"', "")], name
    if width == 80:
        assert page(screens) == (DOCS / "commands.md").read_text("utf-8"), "run `make screens`"


def test_every_command_has_a_screen_or_says_why_not() -> None:
    without = {"configure", "verify-signature"}  # the first is a step of install, the second a line
    shown = {one.arguments.split()[0] for one in SCREENS.values()}
    names = {str(command.name) for command in app.registered_commands}
    assert names - shown == without
