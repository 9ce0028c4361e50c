"""The page can be read by everybody: in light and dark, wide and narrow, by eye and by screen reader, stale or not."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from local.playground.playground import Playground
from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("browser")]

SERIOUS = {"serious", "critical"}
SCHEMES = ["light", "dark"]


@pytest.fixture
def busy(playground: Playground) -> None:
    """Something of everything is there to be seen: a done story, a refused one, a dead letter, a switch that is on."""
    playground.controls.do("ticket", {"id": 5002, "text": "PROJ-1 PROJ-777"})
    playground.controls.do("forge", {})
    playground.vendors.senders.trigger.send(b'{"ticket": "5002')
    playground.controls.do("switch", {"name": "zendesk.search_lag", "on": True})


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_no_serious_fault(opened: OpenPage, scheme: str, width: int) -> None:
    page = opened(scheme=scheme, width=width)
    _everything_shown(page)
    violations = Axe().run(page).response["violations"]
    found = {one["id"]: [node["html"] for node in one["nodes"]] for one in violations if one["impact"] in SERIOUS}
    assert found == {}


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
def test_nobody_scrolls_sideways(opened: OpenPage, scheme: str, width: int) -> None:
    page = opened(scheme=scheme, width=width)
    _everything_shown(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize(("scheme", "brighter"), [("light", "ground"), ("dark", "text")])
def test_light_is_light_and_dark_is_dark(opened: OpenPage, scheme: str, brighter: str) -> None:
    page = opened(scheme=scheme)
    style = "const style = getComputedStyle(document.body);"
    ground, text = (
        page.evaluate(f"(() => {{ {style} return style.{name}; }})()") for name in ("backgroundColor", "color")
    )
    assert (_brightness(ground) > _brightness(text)) == (brighter == "ground")


def test_a_page_that_is_old_says_since_when(
    playground: Playground, opened: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened()
    live = page.locator("#live")
    expect(live).to_have_text("Live")
    with monkeypatch.context() as patched:
        patched.setattr(playground, "look", _unreachable)
        expect(live).to_contain_text("Stale since", timeout=10_000)
    expect(live).to_have_text("Live", timeout=10_000)


def _unreachable() -> None:
    raise OSError


def _everything_shown(page: Page) -> None:
    page.get_by_text("Break something").click()
    expect(page.locator("#letters > li")).not_to_have_count(0, timeout=20_000)
    expect(page.locator("#stories > li.done")).not_to_have_count(0, timeout=20_000)


def _brightness(color: str) -> int:
    return sum(int(part) for part in color.removeprefix("rgb(").rstrip(")").split(","))
