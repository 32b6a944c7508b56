"""Every queue between threads is bounded, drops by its policy, and counts what it dropped."""

from nhipcau.mcu.bounded import DropOldest, FrameQueue
from nhipcau.mcu.endpoint import OUTBOX_LIMIT, Outbox
from nhipcau.rtp.frame import EncodedFrame


def frame(number: int, *, keyframe: bool = False) -> EncodedFrame:
    return EncodedFrame(b"", number, keyframe, 0.0)


def stamps(frames: list[EncodedFrame]) -> list[int]:
    return [frame.timestamp for frame in frames]


def test_the_oldest_go_first_and_are_counted() -> None:
    queue: DropOldest[int] = DropOldest(3)
    queue.put_all(range(10))
    assert (len(queue), queue.dropped) == (3, 7)
    assert queue.take_all() == [7, 8, 9]
    assert queue.take_all() == []


def test_what_is_cleared_on_purpose_is_not_counted_as_dropped() -> None:
    queue: DropOldest[int] = DropOldest(3)
    queue.put_all(range(3))
    queue.clear()
    assert (len(queue), queue.dropped) == (0, 0)


def test_pictures_begin_with_a_key_frame() -> None:
    queue = FrameQueue(5)
    assert not queue.put(frame(1))
    assert queue.put(frame(2, keyframe=True))
    assert queue.put(frame(3))
    assert stamps(queue.take_all()) == [2, 3]
    assert queue.dropped == 1


def test_a_full_queue_of_pictures_goes_whole_and_waits_for_the_next_key_frame() -> None:
    queue = FrameQueue(3)
    queue.put(frame(0, keyframe=True))
    queue.put(frame(1))
    queue.put(frame(2))
    assert not queue.put(frame(3))
    assert queue.wants_keyframe
    assert queue.dropped == 4
    assert not queue.put(frame(4))
    assert queue.put(frame(5, keyframe=True))
    assert stamps(queue.take_all()) == [5]
    assert queue.dropped == 5


def test_a_key_frame_does_not_squeeze_into_a_full_queue() -> None:
    queue = FrameQueue(1)
    queue.put(frame(0, keyframe=True))
    assert not queue.put(frame(1, keyframe=True))
    assert queue.put(frame(2, keyframe=True))
    assert stamps(queue.take_all()) == [2]


def test_control_messages_are_not_dropped_in_silence() -> None:
    outbox = Outbox()
    for number in range(OUTBOX_LIMIT):
        outbox.send({"number": number})
    assert not outbox.overflowed.is_set()
    outbox.send({"number": OUTBOX_LIMIT})
    assert outbox.overflowed.is_set()


def test_stills_leave_room_for_control_messages() -> None:
    outbox = Outbox()
    taken = sum(outbox.offer(b"still") for _ in range(OUTBOX_LIMIT))
    assert taken == OUTBOX_LIMIT // 2
    for number in range(OUTBOX_LIMIT // 2):
        outbox.send({"number": number})
    assert not outbox.overflowed.is_set()
