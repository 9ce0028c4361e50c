"""Takes the README's pictures anew, into docs/pictures: the playground in light and dark, and the demonstration.

Both are of the built template, deployed on this machine.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from rich.console import Console

from local.aws.stack import Stack
from local.demo.demonstration import play
from local.demo.steps import prepare, steps
from local.playground.playground import Playground
from local.vendors import SimulatedVendors
from tests.browser.chromium import chromium
from tests.screens.recorded import THEMES, svg_format

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
SIZE = {"width": 1360, "height": 1000}
SHOWN_STEPS = 6
COLUMNS = 100
PATIENCE = 60_000
"""Milliseconds to wait for something to be seen."""


def main() -> int:
    """Takes them."""
    PICTURES.mkdir(exist_ok=True)
    with _stack() as stack:
        _take_demonstration(stack)
    with _stack() as stack, Playground(stack) as playground, chromium() as browser:
        _take_playground(playground, browser)
    for path in sorted(PICTURES.iterdir()):
        print(f"{path.relative_to(PICTURES.parents[1])}: {path.stat().st_size // 1024} KB")
    return 0


@contextmanager
def _stack() -> Iterator[Stack]:
    with SimulatedVendors(time_scale=0.1) as vendors:
        prepare(vendors)
        with Stack(vendors) as stack:
            yield stack


def _take_demonstration(stack: Stack) -> None:
    """The first steps: all of them are a long picture."""
    console = Console(width=COLUMNS, record=True, force_terminal=True, highlight=False, file=StringIO())
    wrong = play(stack, console, steps()[:SHOWN_STEPS])
    assert wrong == []
    for theme, colours in THEMES.items():
        picture = console.export_svg(
            title="make demo", theme=colours, clear=False, unique_id="demo", code_format=svg_format()
        )
        (PICTURES / f"demonstration-{theme}.svg").write_text(picture, "utf-8")


def _take_playground(playground: Playground, browser: Browser) -> None:
    pages = {scheme: _page(playground, browser, scheme) for scheme in THEMES}
    _something_of_everything(playground, pages["light"])
    for scheme, page in pages.items():
        expect(page.locator(".wire.pending")).to_have_count(2, timeout=PATIENCE)  # one of them in the legend
        page.screenshot(path=PICTURES / f"playground-{scheme}.png")


def _page(playground: Playground, browser: Browser, scheme: str) -> Page:
    page = browser.new_context(viewport=SIZE, color_scheme=scheme).new_page()
    page.goto(playground.url)
    page.wait_for_selector("body[data-ready]")
    return page


def _something_of_everything(playground: Playground, page: Page) -> None:
    """Links of all kinds, a slip, and an edit that waits for Zendesk to come back."""
    do = playground.controls.do
    for key, text in (("PROJ-5", "5001, 5003"), ("PROJ-4", "")):
        do("issue", {"id": key, "text": text})
    for ticket, text in ((5001, "PROJ-1, proj-2"), (5002, "PROJ-4"), (5004, "PROJ-3 PROJ-999")):
        do("ticket", {"id": ticket, "text": text})
    expect(page.locator(".wire.ours")).to_have_count(1 + 5, timeout=PATIENCE)
    expect(page.locator("#stories > li.done")).to_have_count(5, timeout=PATIENCE)  # with the reconciler's first run
    do("switch", {"name": "zendesk.outage", "on": True})
    do("ticket", {"id": 5003, "text": "PROJ-3"})
    expect(page.locator("#stories > li.waiting")).to_have_count(1, timeout=PATIENCE)


if __name__ == "__main__":
    sys.exit(main())
