"""A dead letter that is moved back is worked on like a live delivery."""

import time
import uuid

import pytest

from linksync.core.message_format import encode
from linksync.core.messages import Envelope, TicketStatement
from linksync.store.dead_letters import DeadLetterQueue
from tests.e2e.scene import Scene, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


def test_the_chosen_letter_is_linked_and_the_other_stays(scene: Scene) -> None:
    (chosen, other), (issue,) = scene.cast(tickets=2, issues=1)
    with scene.events():  # the trigger is off: these edits reach linksync by their letters alone
        deliveries = {ticket: _dead_letter(scene, ticket, issue.key) for ticket in (chosen, other)}
    queue = DeadLetterQueue(
        scene.stack.client("sqs"),
        queue_url=scene.stack.outputs["EventQueueUrl"],
        dead_letter_url=scene.stack.outputs["DeadLetterQueueUrl"],
    )
    for letter in queue.each():
        if letter.delivery == deliveries[chosen]:
            queue.move_back(letter)
        else:
            queue.leave(letter)
    eventually(lambda: scene.linked(chosen, other) == {(chosen, issue.key)}, "the chosen letter's link")
    left = scene.dead_letter(deliveries[other])
    assert deliveries[chosen] not in {letter.delivery for letter in queue.letters()}
    scene.discard(left)


def _dead_letter(scene: Scene, ticket: int, key: str) -> str:
    """An edit of the ticket's field whose message lies in the dead-letter queue; its delivery."""
    scene.vendors.write_keys(ticket, key)
    delivery, now = uuid.uuid4().hex, time.time()
    statement = TicketStatement(ticket_id=str(ticket), issue_keys=(key,), at=now, exact=False)
    ids = {"delivery": delivery, "correlation_id": f"redrive-{ticket}", "source": "zendesk_trigger"}
    scene.stack.client("sqs").send_message(
        QueueUrl=scene.stack.outputs["DeadLetterQueueUrl"],
        MessageBody=encode(Envelope(**ids, received_at=now, payload=statement)),
        MessageGroupId=f"ticket#{ticket}",
        MessageDeduplicationId=delivery,
    )
    return delivery
