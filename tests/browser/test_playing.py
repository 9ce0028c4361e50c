"""People play: they edit, break, mend, lose and find, and the page shows what the deployed stack makes of it."""

import pytest
from playwright.sync_api import Locator, Page, expect

from local.playground.playground import Playground
from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("browser")]

expect.set_options(timeout=45_000)


def write(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label)
    field.fill(text)
    field.press("Enter")


def card(page: Page, name: str) -> Locator:
    return page.locator(".card", has=page.get_by_label(name))


def line(page: Page, playground: Playground, ticket: int, key: str) -> Locator:
    issue = playground.vendors.jira.issues.get(key)
    return page.locator(f'#wires [data-key="{ticket}-{issue.id}"]')


def linked(playground: Playground, ticket: int) -> set[str]:
    return {key for number, key in playground.vendors.links() if number == str(ticket)}


def story(page: Page, text: str) -> Locator:
    return page.locator("#stories > li", has_text=text).first


def test_an_edit_becomes_a_link_and_the_next_one_waits_out_an_outage(playground: Playground, opened: OpenPage) -> None:
    page = opened()
    write(page, "#5001 issue keys", "PROJ-1")
    expect(card(page, "#5001 issue keys").get_by_role("listitem")).to_have_text("PROJ-1 linked")
    expect(line(page, playground, 5001, "PROJ-1")).to_have_class("wire ours")
    expect(story(page, "Ticket 5001 now says “PROJ-1”")).to_contain_text(
        "link to PROJ-1 made: the ticket's field names it"
    )

    page.get_by_text("Break something").click()
    page.get_by_label("Zendesk is down: 503").check()
    write(page, "#5001 issue keys", "PROJ-1 PROJ-2")
    told = story(page, "Ticket 5001 now says “PROJ-1 PROJ-2”")
    expect(told).to_contain_text("waiting for another try")
    expect(told).to_contain_text("202 accepted")
    expect(line(page, playground, 5001, "PROJ-2").and_(page.locator(".ours"))).to_have_count(0)

    page.get_by_role("button", name="Mend everything").click()
    expect(line(page, playground, 5001, "PROJ-2")).to_have_class("wire ours")
    expect(told).to_have_class("done")
    assert linked(playground, 5001) == {"PROJ-1", "PROJ-2"}


def test_what_was_lost_on_the_way_is_found_by_the_reconciler(playground: Playground, opened: OpenPage) -> None:
    page = opened()
    page.get_by_text("Break something").click()
    page.get_by_label("Every delivery is lost").check()
    write(page, "PROJ-3 ticket numbers", "5003")
    expect(story(page, "PROJ-3 now says")).to_contain_text("It never arrived: no function ran.")
    assert linked(playground, 5003) == set()

    page.get_by_label("Every delivery is lost").uncheck()
    page.get_by_role("button", name="Run the reconciler").click()
    expect(page.get_by_role("status").filter(has_text="The reconciler's run: finished.")).to_be_visible()
    expect(line(page, playground, 5003, "PROJ-3")).to_have_class("wire ours")
    expect(story(page, "A run finished")).to_contain_text("link to PROJ-3 made")


def test_a_forged_request_is_refused(opened: OpenPage) -> None:
    page = opened()
    page.get_by_role("button", name="Forge a request").click()
    told = story(page, "It is claimed: Ticket 5001 now says nothing")
    expect(told).to_contain_text("401 NotAuthentic")
    expect(told).to_have_class("refused")


def test_a_dead_letter_says_why_and_is_sent_back(playground: Playground, opened: OpenPage) -> None:
    page = opened()
    playground.vendors.senders.trigger.send(b'{"ticket": "5002')
    letter = page.locator("#letters > li")
    expect(letter).to_contain_text("not_json")
    letter.get_by_role("button", name="Send back").click()
    expect(page.get_by_text("1 moved back to the event queue.")).to_be_visible()
    expect(letter).to_have_count(1)  # nobody has mended it: it is dead again


def test_a_link_by_hand_is_told_apart(playground: Playground, opened: OpenPage) -> None:
    page = opened()
    page.get_by_label("Ticket", exact=True).select_option("#5004")
    page.get_by_label("Issue", exact=True).select_option("PROJ-5")
    page.get_by_role("button", name="Link by hand", exact=True).click()
    expect(line(page, playground, 5004, "PROJ-5")).to_have_class("wire hand")
    page.get_by_role("button", name="Unlink by hand").click()
    expect(line(page, playground, 5004, "PROJ-5")).to_have_count(0)


def test_a_scenario_says_what_it_does_until_it_is_over(opened: OpenPage) -> None:
    page = opened()
    page.get_by_role("button", name="A key that does not exist").click()
    expect(page.locator("#captions")).to_contain_text("one good key and one wrong one")
    links = card(page, "#5004 issue keys").get_by_role("listitem")
    expect(links).to_have_text(["PROJ-4 linked", "PROJ-999 not found"])
    expect(page.locator('#scenarios [aria-pressed="true"]')).to_have_count(0)


def test_the_keyboard_is_enough(playground: Playground, opened: OpenPage) -> None:
    page = opened()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to tickets and issues")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in ("the field of #5001", "why it is linked", "the field of #5002"):
        page.keyboard.press("Tab")
    expect(page.get_by_label("#5002 issue keys")).to_be_focused()
    page.keyboard.type("PROJ-5")
    page.keyboard.press("Enter")
    expect(line(page, playground, 5002, "PROJ-5")).to_have_class("wire ours")


def test_what_somebody_is_writing_is_left_alone(playground: Playground, opened: OpenPage) -> None:
    page = opened()
    field = page.get_by_label("PROJ-4 ticket numbers")
    field.press_sequentially("500")
    write_elsewhere = playground.controls.do("ticket", {"id": 5003, "text": "PROJ-2"})
    assert write_elsewhere == {}
    expect(line(page, playground, 5003, "PROJ-2")).to_have_class("wire ours")
    expect(field).to_have_value("500")
    field.press("Escape")
    expect(field).to_have_value("")
