"""The model of SQS in the simulation of `make bench`: lanes, the window, the receive limit and retention."""

from tests.bench.queue_model import Ended, FifoQueue, Limits, Message


def limited(*, receives: int = 1_000, retention: float = 1e9, window: int = 120_000) -> FifoQueue:
    return FifoQueue(Limits(receives=receives, retention=retention, window=window))


def sent(queue: FifoQueue, *lanes: int) -> list[Message]:
    """A message to each of the lanes, one a second."""
    messages = [Message(lane, (), sent_at=second) for second, lane in enumerate(lanes)]
    for message in messages:
        queue.send(message)
    return messages


def received(queue: FifoQueue, now: float = 100.0) -> list[Message]:
    """All that the queue shows."""
    return list(iter(lambda: queue.receive(now), None))


def test_a_lane_shows_its_first_message_alone_and_the_next_once_that_is_done() -> None:
    queue = limited()
    first, second, other = sent(queue, 1, 1, 2)
    assert received(queue) == [first, other]
    queue.show_again(first)
    assert received(queue) == [first]
    queue.end(first, Ended.DONE, now=200)
    assert received(queue) == [second]
    assert (first.receives, first.first_received_at, first.ended, first.ended_at) == (2, 100, Ended.DONE, 200)


def test_a_lane_behind_the_window_is_not_seen_until_an_earlier_message_is_gone() -> None:
    queue = limited(window=3)
    first, second, _, healthy = sent(queue, 1, 1, 1, 2)
    assert received(queue) == [first], "and what was received and put off counts among the first still"
    queue.end(first, Ended.DONE, now=200)
    assert received(queue) == [second, healthy]


def test_one_that_is_put_off_makes_no_room() -> None:
    queue = limited(window=2)
    first, second, third = sent(queue, 1, 2, 3)
    assert received(queue) == [first, second]
    queue.show_again(second)
    assert received(queue) == [second]
    queue.end(second, Ended.DEAD, now=200)
    assert received(queue) == [third]


def test_what_was_received_so_often_is_a_dead_letter_and_its_lane_goes_on() -> None:
    queue = limited(receives=2)
    first, second = sent(queue, 1, 1)
    for _ in range(2):
        assert received(queue) == [first]
        queue.show_again(first)
    assert first.ended is None, "until it would be received again"
    assert received(queue, now=300) == [second]
    assert (first.ended, first.receives, first.ended_at) == (Ended.DEAD, 2, 300)


def test_what_is_too_old_is_gone_received_or_not_and_its_lane_goes_on() -> None:
    queue = limited(retention=50, window=2)
    first, second, unseen, young = sent(queue, 1, 1, 2, 1)
    assert received(queue) == [first]
    queue.expire(51.5)
    assert [message.ended for message in (first, second, unseen, young)] == [Ended.EXPIRED, Ended.EXPIRED, None, None]
    assert (first.ended_at, second.ended_at) == (50, 51)
    assert received(queue) == [unseen, young]
    queue.show_again(first)
    queue.end(first, Ended.DONE, now=60)
    assert (received(queue), first.ended) == ([], Ended.EXPIRED)


def test_what_was_behind_the_window_grows_too_old_as_well() -> None:
    queue = limited(retention=50, window=1)
    first, unseen, last = sent(queue, 1, 2, 3)
    assert received(queue) == [first]
    queue.expire(51)
    assert [message.ended for message in (first, unseen, last)] == [Ended.EXPIRED, Ended.EXPIRED, None]
    assert received(queue) == [last]
