"""What every registry does: JetStream's key-value store and the twin pass the same tests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from nhipcau.ports.bus import Entry, RevisionError

from .conftest import Line, OpenLine

WAIT_S = 10.0


def play(open_line: OpenLine, scene: Callable[[Line], Awaitable[None]]) -> None:
    async def run() -> None:
        async with open_line() as line, asyncio.timeout(30):
            await scene(line)

    asyncio.run(run())


async def take(entries: AsyncIterator[Entry], count: int) -> list[Entry]:
    async with asyncio.timeout(WAIT_S):
        return [await anext(entries) for _ in range(count)]


def test_what_is_put_at_one_end_is_got_at_the_other(open_line: OpenLine) -> None:
    async def scene(line: Line) -> None:
        assert await line.left_registry.get("plan.first") is None
        revision = await line.left_registry.put("plan.first", b"\x00\xff")
        assert await line.right_registry.get("plan.first") == Entry(
            "plan.first", b"\x00\xff", revision
        )

    play(open_line, scene)


def test_an_empty_value_is_a_value(open_line: OpenLine) -> None:
    async def scene(line: Line) -> None:
        revision = await line.left_registry.put("empty", b"")
        assert await line.left_registry.get("empty") == Entry("empty", b"", revision)

    play(open_line, scene)


def test_revisions_of_a_key_only_grow(open_line: OpenLine) -> None:
    async def scene(line: Line) -> None:
        revisions = [await line.left_registry.put("plan.first", b"x") for _ in range(4)]
        assert revisions == sorted(set(revisions))

    play(open_line, scene)


def test_compare_and_set_stores_only_at_the_expected_revision(open_line: OpenLine) -> None:
    async def scene(line: Line) -> None:
        first = await line.left_registry.put("epoch", b"1", expected=0)
        second = await line.left_registry.put("epoch", b"2", expected=first)
        with pytest.raises(RevisionError):
            await line.right_registry.put("epoch", b"3", expected=first)
        with pytest.raises(RevisionError):
            await line.right_registry.put("epoch", b"3", expected=0)
        with pytest.raises(RevisionError):
            await line.right_registry.put("other", b"3", expected=second)
        assert await line.right_registry.get("epoch") == Entry("epoch", b"2", second)

    play(open_line, scene)


def test_of_many_who_compare_and_set_at_once_one_wins(open_line: OpenLine) -> None:
    async def scene(line: Line) -> None:
        first = await line.left_registry.put("epoch", b"0")
        ends = [line.left_registry, line.right_registry] * 5
        outcomes = await asyncio.gather(
            *(end.put("epoch", b"1", expected=first) for end in ends), return_exceptions=True
        )
        assert sum(isinstance(outcome, int) for outcome in outcomes) == 1
        assert sum(isinstance(outcome, RevisionError) for outcome in outcomes) == len(ends) - 1

    play(open_line, scene)


def test_a_watch_gives_what_is_there_then_what_changes(open_line: OpenLine) -> None:
    async def scene(line: Line) -> None:
        first = await line.left_registry.put("plan.a", b"1")
        second = await line.left_registry.put("plan.b", b"1")
        await line.left_registry.put("other.c", b"1")
        async with line.right_registry.watch("plan.*") as entries:
            assert await take(entries, 2) == [
                Entry("plan.a", b"1", first),
                Entry("plan.b", b"1", second),
            ]
            third = await line.left_registry.put("plan.a", b"2")
            assert await take(entries, 1) == [Entry("plan.a", b"2", third)]

    play(open_line, scene)


def test_a_watch_of_nothing_waits_for_the_first_entry(open_line: OpenLine) -> None:
    async def scene(line: Line) -> None:
        async with line.right_registry.watch(">") as entries, asyncio.TaskGroup() as group:
            waiting = group.create_task(take(entries, 1))
            revision = await line.left_registry.put("plan.a.b", b"1")
            assert await waiting == [Entry("plan.a.b", b"1", revision)]

    play(open_line, scene)


def test_a_slow_watcher_misses_old_values_never_the_newest(open_line: OpenLine) -> None:
    async def scene(line: Line) -> None:
        async with line.right_registry.watch("plan.*") as entries:
            for number in range(50):
                last = await line.left_registry.put("plan.a", bytes([number]))
            got = []
            async with asyncio.timeout(WAIT_S):
                async for entry in entries:
                    got.append(entry)
                    if entry.revision == last:
                        break
            assert got[-1].value == bytes([49])
            assert [entry.revision for entry in got] == sorted({entry.revision for entry in got})

    play(open_line, scene)


def test_a_value_of_a_mebibyte_is_carried_and_a_larger_one_refused(open_line: OpenLine) -> None:
    async def scene(line: Line) -> None:
        await line.left_registry.put("large", bytes(1 << 20), expected=0)
        found = await line.right_registry.get("large")
        assert found is not None
        assert found.value == bytes(1 << 20)
        with pytest.raises(ValueError, match="bytes"):
            await line.left_registry.put("large", bytes((1 << 20) + 1))

    play(open_line, scene)


def test_a_key_that_is_no_key_is_refused(open_line: OpenLine) -> None:
    async def scene(line: Line) -> None:
        with pytest.raises(ValueError, match="subject"):
            await line.left_registry.put("plan.*", b"")
        with pytest.raises(ValueError, match="subject"):
            await line.left_registry.get("")

    play(open_line, scene)
