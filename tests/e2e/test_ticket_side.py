"""An agent edits the ticket's field of issue keys (issue: a field is edited, a link appears)."""

import itertools

import pytest

from tests.e2e.scene import Scene

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


def test_one_new_key_costs_one_call_to_each_side(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.write_keys(ticket, issue.key)
    assert scene.linked(ticket) == {(ticket, issue.key)}
    assert scene.calls() == [
        f"Jira: look up {issue.key} → 200",
        *scene.looks(ticket),
        f"Zendesk: link {ticket} {issue.key} → 201",
    ]


def test_several_keys_as_people_write_them_are_looked_up_in_one_call(scene: Scene) -> None:
    (ticket,), (one, two, three) = scene.cast(issues=3)
    scene.write_keys(
        ticket, f"see {one.key}, {two.key.lower()}; https://acme.atlassian.net/browse/{three.key}?focus=1 and {one.key}"
    )
    assert scene.linked(ticket) == {(ticket, issue.key) for issue in (one, two, three)}
    assert len(scene.calls()) == 1 + len(scene.looks(ticket)) + 3


def test_the_same_delivery_again_calls_nobody(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.write_keys(ticket, issue.key)
    scene.begin()
    courier = scene.vendors.senders.trigger.courier
    again = courier.repeat(courier.deliveries[-1])
    scene.wait_quiet()
    assert again.answer.startswith("202")
    assert scene.calls() == []


def test_an_unchanged_statement_calls_nobody(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.write_keys(ticket, issue.key)
    scene.begin()
    trigger = scene.vendors.senders.trigger
    trigger.send(trigger.render(scene.vendors.zendesk.tickets.get(ticket)))
    scene.wait_quiet()
    assert scene.calls() == []
    assert scene.linked(ticket) == {(ticket, issue.key)}


def test_an_unknown_key_among_good_ones_costs_the_others_nothing(scene: Scene) -> None:
    (ticket,), (one, two) = scene.cast(issues=2)
    scene.write_keys(ticket, f"{one.key} PROJ-99999 {two.key}")
    assert scene.linked(ticket) == {(ticket, one.key), (ticket, two.key)}
    assert len(scene.creates(ticket)) == 2


def test_a_key_that_goes_takes_its_link_along_and_no_other(scene: Scene) -> None:
    (ticket,), (one, two) = scene.cast(issues=2)
    scene.write_keys(ticket, f"{one.key} {two.key}")
    scene.write_keys(ticket, two.key)
    assert scene.linked(ticket) == {(ticket, two.key)}


def test_a_key_that_comes_back_is_linked_again(scene: Scene) -> None:
    ticket, issue = scene.pair()
    for keys in (issue.key, "", issue.key):
        scene.write_keys(ticket, keys)
    assert scene.linked(ticket) == {(ticket, issue.key)}
    assert [call.status for call in scene.creates(ticket) + scene.deletes(ticket)] == [201, 201, 204]


def test_a_link_that_was_there_first_is_adopted_and_left_alone(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.vendors.link_table.add(ticket, issue.id, issue.key)
    scene.write_keys(ticket, issue.key)
    assert [call.status for call in scene.creates(ticket)] == scene.told_apart(v1=[], v2=[409])
    scene.write_keys(ticket, "")
    assert scene.linked(ticket) == {(ticket, issue.key)}
    assert scene.deletes(ticket) == []


def test_created_deleted_and_created_within_a_second_ends_linked(scene: Scene) -> None:
    ticket, issue = scene.pair()
    for keys in (issue.key, "", issue.key):
        scene.vendors.write_keys(ticket, keys)
    scene.wait_quiet()
    assert scene.linked(ticket) == {(ticket, issue.key)}


def test_and_so_it_does_in_all_six_orders_with_every_delivery_doubled(scene: Scene) -> None:
    tickets, (issue,) = scene.cast(tickets=6)
    courier = scene.vendors.senders.trigger.courier
    courier.hold()
    for ticket in tickets:
        for keys in (issue.key, "", issue.key):
            scene.vendors.write_keys(ticket, keys)
    threes = itertools.batched(courier.held(), 3, strict=True)
    shuffled = [
        [three[number] for number in order]
        for three, order in zip(threes, itertools.permutations(range(3)), strict=True)
    ]
    courier.release(delivery for order in shuffled for delivery in [*order, *order])
    scene.wait_quiet()
    assert scene.linked(*tickets) == {(ticket, issue.key) for ticket in tickets}


def test_text_that_breaks_the_templates_json_is_cleared_up_by_reading_the_field(scene: Scene) -> None:
    ticket, issue = scene.pair()
    trigger = scene.vendors.senders.trigger
    trigger.escapes = False
    try:
        scene.write_keys(ticket, f'the "big" one, {issue.key}')
    finally:
        trigger.escapes = True
    assert scene.linked(ticket) == {(ticket, issue.key)}
    assert scene.calls()[0] == f"Zendesk: GET tickets/{ticket} → 200"
