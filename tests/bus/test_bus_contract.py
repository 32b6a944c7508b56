"""What every bus does: the real server and the in-memory twin pass the same tests."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from nhipcau.ports.bus import Bus, BusError, BusMessage, Handler, Subscription

from .conftest import SMALL_INBOX, Line, OpenLine

WAIT_S = 10.0


def play(open_line: OpenLine, scene: Callable[[Line], Awaitable[None]]) -> None:
    async def run() -> None:
        async with open_line() as line, asyncio.timeout(30):
            await scene(line)

    asyncio.run(run())


async def take(subscription: Subscription, count: int) -> list[BusMessage]:
    messages: list[BusMessage] = []
    async with asyncio.timeout(WAIT_S):
        async for message in subscription:
            messages.append(message)
            if len(messages) == count:
                break
    return messages


async def settle(bus: Bus) -> None:
    """Return when all that was published on this bus before has reached this bus's inboxes."""
    async with bus.subscribe("settle.here") as mark:
        await bus.publish("settle.here", b"")
        await take(mark, 1)


def test_a_message_reaches_a_subscriber_at_the_other_end(open_line: OpenLine) -> None:
    async def scene(line: Line) -> None:
        async with line.right.subscribe("mcu.hall.status") as subscription:
            await line.left.publish("mcu.hall.status", b"\x00\xffwell")
            assert await take(subscription, 1) == [BusMessage("mcu.hall.status", b"\x00\xffwell")]

    play(open_line, scene)


def test_messages_keep_their_order(open_line: OpenLine) -> None:
    async def scene(line: Line) -> None:
        async with line.right.subscribe("count") as subscription:
            for number in range(SMALL_INBOX):
                await line.left.publish("count", bytes([number]))
            got = await take(subscription, SMALL_INBOX)
            assert [message.payload[0] for message in got] == list(range(SMALL_INBOX))

    play(open_line, scene)


@pytest.mark.parametrize(
    ("pattern", "heard"),
    [
        ("mcu.*.status", ["mcu.hall.status"]),
        ("mcu.>", ["mcu.hall.status", "mcu.hall", "mcu.hall.status.deep"]),
        ("mcu.hall", ["mcu.hall"]),
        ("*.*", ["mcu.hall"]),
        (">", ["mcu.hall.status", "mcu", "mcu.hall", "mcu.hall.status.deep", "office.hall"]),
    ],
)
def test_a_pattern_hears_what_it_names(open_line: OpenLine, pattern: str, heard: list[str]) -> None:
    subjects = ["mcu.hall.status", "mcu", "mcu.hall", "mcu.hall.status.deep", "office.hall"]
    if pattern == "*.*":
        heard = ["mcu.hall", "office.hall"]

    async def scene(line: Line) -> None:
        async with line.right.subscribe(pattern) as subscription:
            for subject in subjects:
                await line.left.publish(subject, b"x")
            got = await take(subscription, len(heard))
            assert [message.subject for message in got] == heard

    play(open_line, scene)


def test_a_full_subscription_drops_the_oldest_and_counts(open_line: OpenLine) -> None:
    async def scene(line: Line) -> None:
        async with line.right.subscribe("count") as subscription:
            for number in range(SMALL_INBOX + 3):
                await line.right.publish("count", bytes([number]))
            await settle(line.right)
            got = await take(subscription, SMALL_INBOX)
            assert subscription.dropped == 3
            assert [message.payload[0] for message in got] == list(range(3, SMALL_INBOX + 3))

    play(open_line, scene)


def test_iterating_ends_with_the_subscription(open_line: OpenLine) -> None:
    async def scene(line: Line) -> None:
        async with line.right.subscribe("never") as subscription:
            pass
        async with asyncio.timeout(WAIT_S):
            assert [message async for message in subscription] == []

    play(open_line, scene)


def test_an_error_in_the_context_comes_out_as_it_is(open_line: OpenLine) -> None:
    async def scene(line: Line) -> None:
        with pytest.raises(KeyError):
            async with line.right.subscribe("never"):
                raise KeyError("mine")

    play(open_line, scene)


def test_a_request_is_answered_by_one_responder(open_line: OpenLine) -> None:
    calls: list[str] = []

    def responder(name: str) -> Handler:
        async def answer(message: BusMessage) -> bytes:
            calls.append(name)
            return message.payload[::-1]

        return answer

    async def scene(line: Line) -> None:
        async with (
            line.left.respond("office.plan", responder("left")),
            line.right.respond("office.plan", responder("right")),
        ):
            assert await line.left.request("office.plan", b"abc", timeout_s=WAIT_S) == b"cba"
            assert len(calls) == 1

    play(open_line, scene)


def test_a_responder_of_a_pattern_hears_who_was_asked_as_whom(open_line: OpenLine) -> None:
    async def name(message: BusMessage) -> bytes:
        return message.subject.encode()

    async def scene(line: Line) -> None:
        async with line.right.respond("mcu.*.events", name):
            asked = line.left.request("mcu.hall.events", b"", timeout_s=WAIT_S)
            assert await asked == b"mcu.hall.events"
            with pytest.raises(BusError):
                await line.left.request("mcu.hall.other", b"", timeout_s=WAIT_S)

    play(open_line, scene)


def test_a_request_that_nobody_answers_fails_at_once(open_line: OpenLine) -> None:
    async def scene(line: Line) -> None:
        async with asyncio.timeout(WAIT_S):
            with pytest.raises(BusError):
                await line.left.request("nobody.here", b"", timeout_s=3600)

    play(open_line, scene)


def test_a_request_fails_when_the_answer_is_late(open_line: OpenLine) -> None:
    async def never(message: BusMessage) -> bytes:
        await asyncio.Event().wait()
        return message.payload

    async def scene(line: Line) -> None:
        async with line.right.respond("slow", never):
            with pytest.raises(BusError):
                await line.left.request("slow", b"", timeout_s=0.05)

    play(open_line, scene)


def test_a_handler_that_fails_fails_the_request_and_goes_on_answering(open_line: OpenLine) -> None:
    async def divide(message: BusMessage) -> bytes:
        return bytes([10 // message.payload[0]])

    async def scene(line: Line) -> None:
        async with line.right.respond("divide", divide):
            with pytest.raises(BusError, match="ZeroDivisionError"):
                await line.left.request("divide", b"\x00", timeout_s=WAIT_S)
            assert await line.left.request("divide", b"\x05", timeout_s=WAIT_S) == b"\x02"

    play(open_line, scene)


def test_a_slow_answer_does_not_hold_up_the_next(open_line: OpenLine) -> None:
    gate = asyncio.Event()

    async def answer(message: BusMessage) -> bytes:
        if message.payload == b"slow":
            await gate.wait()
        return message.payload

    async def scene(line: Line) -> None:
        async with line.right.respond("ask", answer), asyncio.TaskGroup() as group:
            slow = group.create_task(line.left.request("ask", b"slow", timeout_s=WAIT_S))
            assert await line.left.request("ask", b"fast", timeout_s=WAIT_S) == b"fast"
            gate.set()
            assert await slow == b"slow"

    play(open_line, scene)


def test_nobody_answers_after_the_responder_has_left(open_line: OpenLine) -> None:
    async def echo(message: BusMessage) -> bytes:
        return message.payload

    async def scene(line: Line) -> None:
        async with line.right.respond("ask", echo):
            assert await line.right.request("ask", b"1", timeout_s=WAIT_S) == b"1"
        with pytest.raises(BusError):
            await line.right.request("ask", b"2", timeout_s=1)

    play(open_line, scene)


def test_a_closed_bus_refuses_and_may_be_closed_again(open_line: OpenLine) -> None:
    async def scene(line: Line) -> None:
        await line.left.aclose()
        await line.left.aclose()
        with pytest.raises(BusError):
            await line.left.publish("mcu.hall", b"")
        with pytest.raises(BusError):
            await line.left.request("mcu.hall", b"", timeout_s=1)

    play(open_line, scene)


@pytest.mark.parametrize("subject", ["", "two words", "a..b", ".a", "a.", "a.*", "a.>", "a\r\nb"])
def test_a_subject_that_is_no_subject_is_refused(open_line: OpenLine, subject: str) -> None:
    async def scene(line: Line) -> None:
        with pytest.raises(ValueError, match="subject"):
            await line.left.publish(subject, b"")

    play(open_line, scene)
