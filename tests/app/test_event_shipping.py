"""Every event reaches the office once and in order, however often either of them was away."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from nhipcau.app.event_shipping import EventShipping
from nhipcau.bus.memory import MemoryBus, MemoryHub
from nhipcau.office.event_intake import EventIntake
from nhipcau.ports.bus import BusError, BusMessage
from nhipcau.ports.busrights import mcu_rights, office_rights
from nhipcau.ports.eventstore import LogKey
from nhipcau.ports.messages import EventRows, EventsTaken
from nhipcau.ports.subjects import MCU_EVENTS, mcu_events
from nhipcau.quantities import ConferenceId, McuName
from nhipcau.storage.eventfile import EventFile
from nhipcau.storage.memoryevents import MemoryEventStore

HALL, COAST = McuName("hall"), McuName("coast")
MAIN = LogKey(ConferenceId("hop"))


class EnoughError(Exception):
    """The test has seen what it wanted."""


def event(number: int, word: str = "sự kiện") -> bytes:
    return f'{{"v":1,"event":"x","at_ms":{number},"word":"{word} \\" {number}"}}'.encode()


def nobody(_conference: ConferenceId) -> tuple[McuName, ...]:
    return ()


def asking(intake: EventIntake, mcu: McuName = HALL) -> Callable[[bytes], Awaitable[bytes]]:
    async def ask(payload: bytes) -> bytes:
        return await intake.answer(BusMessage(mcu_events(mcu), payload))

    return ask


@dataclass
class Machine:
    """An MCU whose conference has an event now and then; time is virtual."""

    folder: Path
    ask: Callable[[bytes], Awaitable[bytes]]
    until_s: float = 1e9
    beat: Callable[[float], None] = lambda now_s: None
    mcu: McuName = HALL
    now_s: float = 0.0
    written: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.path = self.folder / "hop.events"
        self.log = EventFile(self.path, sync=False)

    def write(self, *records: bytes) -> None:
        self.log.append(records)
        self.written += records

    def write_more(self, count: int = 1) -> None:
        begin = len(self.written)
        self.write(*(event(number) for number in range(begin, begin + count)))

    def begin_anew(self, records: Sequence[bytes] = ()) -> None:
        """Have the log as it is after the disk was lost, or damaged behind `records`."""
        self.log.close()
        self.path.rename(self.path.with_suffix(".corrupt-1"))
        self.log, self.written = EventFile(self.path, sync=False), []
        self.write(*records)

    def shipping(self) -> EventShipping:
        return EventShipping(self.mcu, self.folder, self.ask, self.pause)

    async def pause(self, seconds: float) -> None:
        self.now_s += seconds
        if self.now_s >= self.until_s:
            raise EnoughError
        self.beat(self.now_s)
        await asyncio.sleep(0)


async def all_of(shipping: EventShipping) -> None:
    while await shipping.turn():
        pass


def test_events_cross_the_bus_once_and_in_order_within_the_rights_of_both(tmp_path: Path) -> None:
    async def run() -> None:
        hub, store = MemoryHub(), MemoryEventStore()
        office = MemoryBus(hub, rights=office_rights())
        hall = MemoryBus(hub, rights=mcu_rights(HALL))
        intake = EventIntake(store, nobody)

        async def ask(payload: bytes) -> bytes:
            return await hall.request(mcu_events(HALL), payload, timeout_s=2)

        machine = Machine(tmp_path, ask)
        machine.write_more(9000)
        async with office.respond(MCU_EVENTS.pattern, intake.answer):
            shipping = machine.shipping()
            await all_of(shipping)
            assert store.read(MAIN) == machine.written
            # A sender that begins anew asks, and sends nothing twice.
            again = machine.shipping()
            await all_of(again)
            assert again.stats().sent == 0
            # Nobody speaks in another's name.
            with pytest.raises(BusError):
                await hall.request(mcu_events(COAST), b"{}", timeout_s=2)

    asyncio.run(run())


def test_an_office_that_is_away_for_an_hour_gets_everything_afterwards(tmp_path: Path) -> None:
    async def run() -> None:
        hub, store = MemoryHub(), MemoryEventStore()
        office, mcu = MemoryBus(hub), MemoryBus(hub)

        async def ask(payload: bytes) -> bytes:
            return await mcu.request(mcu_events(HALL), payload, timeout_s=2)

        machine = Machine(tmp_path, ask, until_s=4000)

        def beat(now_s: float) -> None:
            machine.write_more(3)
            hub.cut() if 100 <= now_s < 3700 else hub.mend()

        machine.beat = beat
        machine.write_more()
        async with office.respond(MCU_EVENTS.pattern, EventIntake(store, nobody).answer):
            with pytest.raises(EnoughError):
                await machine.shipping().run()
        assert store.read(MAIN) == machine.written[: len(store.read(MAIN))]
        # All but what was written in the last second.
        assert len(machine.written) - len(store.read(MAIN)) <= 3

    asyncio.run(run())


@pytest.mark.parametrize("seed", range(20))
def test_lost_questions_lost_answers_and_restarts_leave_each_event_once(
    seed: int, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    store = MemoryEventStore()
    good = asking(EventIntake(store, nobody))

    async def lossy(payload: bytes) -> bytes:
        fate = chance.random()
        if fate < 0.3:
            raise BusError("the question is lost")
        answer = await good(payload)
        if fate < 0.6:
            raise BusError("the answer is lost")
        return answer

    async def run() -> None:
        machine = Machine(tmp_path, lossy)
        shipping = machine.shipping()
        for _ in range(60):
            machine.write_more(chance.randrange(4))
            if chance.random() < 0.2:
                shipping = machine.shipping()
            with suppress(BusError):
                await shipping.turn()
            kept = store.read(MAIN)
            assert kept == machine.written[: len(kept)]
        machine.ask = good
        await all_of(machine.shipping())
        assert store.read(MAIN) == machine.written

    asyncio.run(run())


def test_an_office_that_was_restored_from_an_older_copy_gets_again_what_it_lost(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        store, older = MemoryEventStore(), MemoryEventStore()
        machine = Machine(tmp_path, asking(EventIntake(older, nobody)))
        machine.write_more(10)
        shipping = machine.shipping()
        await all_of(shipping)
        machine.ask = asking(EventIntake(store, nobody))
        shipping._ask = machine.ask
        machine.write_more(10)
        await all_of(shipping)
        assert store.read(MAIN) == machine.written
        assert shipping.stats().refused == 0

    asyncio.run(run())


def test_a_log_that_was_begun_anew_is_refused_once_and_kept_beside_the_other(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        store = MemoryEventStore()
        intake = EventIntake(store, nobody)
        machine = Machine(tmp_path, asking(intake))
        machine.write_more(10)
        shipping = machine.shipping()
        await all_of(shipping)
        before = machine.written
        machine.begin_anew()
        machine.write(*(event(number, "khác") for number in range(4)))
        await all_of(shipping)
        assert store.read(MAIN) == before
        (branch,) = [log for log in store.logs() if log.key.branch]
        assert branch.key.branch.startswith("hall.")
        assert store.read(branch.key) == machine.written
        assert (intake.refused, shipping.stats().refused) == (1, 1)
        # After a restart it goes on in the same branch.
        machine.write(event(5, "khác"))
        await all_of(machine.shipping())
        assert len(store.logs()) == 2
        assert store.read(branch.key) == machine.written

    asyncio.run(run())


def test_a_log_that_lost_its_end_goes_on_in_a_branch_only_once_it_differs(tmp_path: Path) -> None:
    async def run() -> None:
        store = MemoryEventStore()
        machine = Machine(tmp_path, asking(EventIntake(store, nobody)))
        machine.write_more(10)
        shipping = machine.shipping()
        await all_of(shipping)
        before = machine.written
        machine.begin_anew(before[:6])
        await all_of(shipping)
        assert len(store.logs()) == 1
        machine.write(event(6, "khác"))
        await all_of(shipping)
        assert store.read(MAIN) == before
        (branch,) = [log for log in store.logs() if log.key.branch]
        assert store.read(branch.key) == machine.written

    asyncio.run(run())


def test_a_log_that_is_refused_holds_up_no_other(tmp_path: Path) -> None:
    async def run() -> None:
        store = MemoryEventStore()
        for number in range(10):
            EventFile(tmp_path / f"old-{number}.events", sync=False).append([event(number)])
        (tmp_path / "bad.events").write_bytes(b"nothing of ours")
        for name, record in (("binary", b"\xff"), ("no-event", b"[]"), ("x" * 200, event(1))):
            EventFile(tmp_path / f"{name}.events", sync=False).append([record])
        inner = asking(EventIntake(store, lambda one: (COAST,) if one == MAIN.conference else ()))
        asked: list[EventRows] = []

        async def ask(payload: bytes) -> bytes:
            asked.append(EventRows.model_validate_json(payload))
            if asked[-1].conference == "old-3":
                return EventsTaken(number=5, refused="no").model_dump_json().encode()
            return await inner(payload)

        machine = Machine(tmp_path, ask)
        machine.write_more(3)
        shipping = machine.shipping()
        await all_of(shipping)
        kept = {log.key.conference for log in store.logs()}
        assert kept == {"hop", *(f"old-{n}" for n in range(10) if n != 3)}
        # The plan of the meeting is with another MCU: ours is kept under our name.
        (branch,) = store.logs(MAIN.conference)
        assert branch.key.branch.startswith("hall.")
        # What is no text, none of ours, or too long a name, is told of once.
        assert shipping.stats().unreadable == 3
        # Whoever is refused again and again is left alone.
        count = len(asked)
        await all_of(shipping)
        assert len(asked) == count

    asyncio.run(run())


@pytest.mark.parametrize("payload", [b"", b"[]", b'{"conference": ""}'])
def test_what_is_none_of_our_messages_is_an_error_to_its_sender(payload: bytes) -> None:
    async def run() -> None:
        await asking(EventIntake(MemoryEventStore(), nobody))(payload)

    with pytest.raises(ValueError, match="no events"):
        asyncio.run(run())


def test_a_branch_bears_the_name_of_its_mcu() -> None:
    intake = EventIntake(MemoryEventStore(), nobody)
    rows = EventRows(conference=MAIN.conference, branch="coast.1", records=(event(1).decode(),))
    assert intake.take(HALL, rows).refused
    assert intake.take(COAST, rows) == EventsTaken(number=1)


def test_either_candidate_brings_the_log_of_a_root_and_what_a_lost_one_had_alone_stays() -> None:
    store = MemoryEventStore()
    intake = EventIntake(store, lambda _: (HALL, COAST))
    shared = tuple(event(number).decode() for number in range(1, 4))
    rows = EventRows(conference=MAIN.conference, records=shared)
    assert intake.take(HALL, rows) == EventsTaken(number=3)
    assert intake.take(COAST, rows) == EventsTaken(number=3)
    alone = EventRows(conference=MAIN.conference, records=(*shared, event(4).decode()))
    assert intake.take(HALL, alone) == EventsTaken(number=4)
    other = EventRows(conference=MAIN.conference, records=(*shared, event(5).decode()))
    assert intake.take(COAST, other).refused
    kept = other.model_copy(update={"branch": "coast.1"})
    assert intake.take(COAST, kept) == EventsTaken(number=4)
    # Reports are made of the log that goes on the longest.
    newest = max(store.logs(MAIN.conference), key=lambda log: log.last_ms)
    assert newest.key.branch == "coast.1"
