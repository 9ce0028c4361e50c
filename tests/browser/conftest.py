"""The stack with its playground, the browser, and a page that is watched."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page

from local.aws.stack import Stack
from local.demo.steps import prepare
from local.playground.playground import Playground
from local.vendors import SimulatedVendors
from tests.browser.chromium import NoBrowser, chromium
from tests.browser.watched import Watched


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; what needs it is skipped where there is none."""
    with ExitStack() as opened:
        try:
            started = opened.enter_context(chromium())
        except NoBrowser as problem:
            pytest.skip(f"no browser: {problem}")
        yield started


@pytest.fixture(scope="session")
def served(browser: Browser) -> Iterator[Playground]:  # noqa: ARG001  no stack where there is no browser
    """The playground of a stack of its own."""
    with SimulatedVendors(time_scale=0.1) as vendors:
        prepare(vendors)
        with Stack(vendors) as stack, Playground(stack) as playground:
            yield playground


@pytest.fixture
def playground(served: Playground) -> Iterator[Playground]:
    """The playground; whatever was switched on is off again afterwards."""
    yield served
    served.controls.switches.clear()


type OpenPage = Callable[..., Page]


@pytest.fixture
def opened(playground: Playground, browser: Browser) -> Iterator[OpenPage]:
    """Opens the page, by default 1280 pixels wide and in light colours; at the end nothing must have gone wrong."""
    watched: list[Watched] = []
    with ExitStack() as contexts:

        def open_page(*, width: int = 1280, scheme: str = "light") -> Page:
            context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
            contexts.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(20_000)
            watched.append(Watched(page, playground.url))
            page.goto(playground.url)
            page.wait_for_selector("body[data-ready]")
            return page

        yield open_page
        assert [failure for one in watched for failure in one.failures] == []
