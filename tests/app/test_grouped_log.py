"""One sync for all events of one turn, and nothing said before it."""

import asyncio
from pathlib import Path

import pytest

from nhipcau.app.grouped_log import GroupedLog
from nhipcau.storage.eventfile import EventFile


class WatchedFile(EventFile):
    """An event file that tells when it is synced, and may refuse."""

    def __init__(self, path: Path, told: list[str], *, refuses: bool = False) -> None:
        self.told, self.refuses = told, refuses
        super().__init__(path, sync=False)

    def sync(self) -> None:
        self.told.append("sync")
        if self.refuses:
            raise OSError("no space")
        super().sync()


def test_twenty_events_of_one_turn_cost_one_sync_before_anybody_hears_of_them(
    tmp_path: Path,
) -> None:
    told: list[str] = []
    log = GroupedLog(WatchedFile(tmp_path / "log", told))

    async def scene() -> None:
        outbox: asyncio.Queue[str] = asyncio.Queue()

        async def writer() -> None:
            while True:
                told.append(await outbox.get())

        writing = asyncio.create_task(writer())
        await asyncio.sleep(0)

        async def command(number: int) -> None:
            log.append([b"%d" % number])
            outbox.put_nowait("said")

        await asyncio.gather(*(command(number) for number in range(20)))
        await asyncio.sleep(0)
        assert told == ["sync", *["said"] * 20]
        log.append([b"20"])
        writing.cancel()

    asyncio.run(scene())
    log.close()
    assert told[-1] == "sync"
    again = EventFile(tmp_path / "log")
    assert again.replay() == [b"%d" % number for number in range(21)]
    again.close()


def test_without_an_event_loop_each_append_is_synced(tmp_path: Path) -> None:
    told: list[str] = []
    log = GroupedLog(WatchedFile(tmp_path / "log", told))
    log.append([b"one"])
    assert told == ["sync"]
    log.close()


def test_a_disk_that_refuses_ends_the_process(tmp_path: Path) -> None:
    told: list[str] = []
    file = WatchedFile(tmp_path / "log", told, refuses=True)
    log = GroupedLog(file, lambda: told.append("ended"))

    async def scene() -> None:
        log.append([b"one"])
        await asyncio.sleep(0)
        assert told == ["sync", "ended"]

    asyncio.run(scene())
    with pytest.raises(OSError, match="no space"):
        file.sync()
    log.close()
