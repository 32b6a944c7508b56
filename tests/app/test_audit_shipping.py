"""Every row reaches the office once and in order, however often either of them was away."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from nhipcau.app.audit_shipping import AuditShipping
from nhipcau.audit.chain import Begin, Chain
from nhipcau.audit.row import Row
from nhipcau.bus.memory import MemoryBus, MemoryHub
from nhipcau.bus.natsbus import NatsBus
from nhipcau.bus.natslink import NatsAddress, NatsLink
from nhipcau.bus.server import NatsServer
from nhipcau.office.auditing import AuditIntake
from nhipcau.ports.audit import AuditStore
from nhipcau.ports.bus import Bus, BusMessage, Handler
from nhipcau.ports.messages import AuditRows
from nhipcau.ports.subjects import AUDIT_ROWS
from nhipcau.storage.auditfolder import ChainFolder
from nhipcau.storage.memoryauditstore import MemoryAuditStore

from ..audit.chains import SIGNER, START_S, chain_of, deed, lines


class EnoughError(Exception):
    """The test has seen what it wanted."""


@dataclass
class Machine:
    """A machine whose process writes a deed now and then, and sends them; time is virtual."""

    folder: Path
    ask: Callable[[bytes], Awaitable[bytes]]
    until_s: float
    beat: Callable[[float], None] = lambda now_s: None
    now_s: float = 0.0
    chain: Chain = field(
        default_factory=lambda: Chain(Begin("hall-1", "mcu hall", START_S, SIGNER.public))
    )

    def write(self, row: Row) -> None:
        with (self.folder / f"{self.chain.begin.chain}.chain").open("ab") as file:
            file.write(row.line())

    def sign(self) -> None:
        line = SIGNER.checkpoint(self.chain.head, START_S + self.now_s).text
        with (self.folder / f"{self.chain.begin.chain}.checkpoints").open("a") as file:
            file.write(f"{line}\n")

    async def pause(self, seconds: float) -> None:
        self.now_s += seconds
        if self.now_s >= self.until_s:
            raise EnoughError
        self.beat(self.now_s)
        await asyncio.sleep(0)


def kept(store: AuditStore, chain: str = "hall-1") -> list[bytes]:
    return [
        line for one in store.chains() if one.begin.chain == chain for line in one.record.lines()
    ]


def asker(bus: Bus) -> Callable[[bytes], Awaitable[bytes]]:
    async def ask(payload: bytes) -> bytes:
        return await bus.request(AUDIT_ROWS.pattern, payload, timeout_s=2)

    return ask


def answering(intake: AuditIntake) -> Handler:
    async def answer(message: BusMessage) -> bytes:
        return await intake.answer(message.payload)

    return answer


@asynccontextmanager
async def memory_bus() -> AsyncIterator[tuple[Bus, Bus]]:
    hub = MemoryHub()
    yield MemoryBus(hub), MemoryBus(hub)


@asynccontextmanager
async def nats_bus(folder: Path) -> AsyncIterator[tuple[Bus, Bus]]:
    server = NatsServer(folder / "nats")
    await server.start()
    try:
        address = server.address
        links = [
            await NatsLink.start(
                NatsAddress(address.url, address.user, address.password), name=name
            )
            for name in ("office", "mcu")
        ]
        for link in links:
            await link.wait_connected(10)
        buses = NatsBus(links[0]), NatsBus(links[1])
        yield buses
        for bus in buses:
            await bus.aclose()
    finally:
        await server.stop()


@pytest.mark.parametrize("kind", ["memory", "nats"])
def test_rows_cross_the_bus_once_and_in_order(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    folder.mkdir()
    _, rows = chain_of(3000)
    (folder / "hall-1.chain").write_bytes(b"".join(row.line() for row in rows))

    async def run() -> None:
        async with AsyncExitStack() as stack:
            opened = memory_bus() if kind == "memory" else nats_bus(tmp_path)
            office, mcu = await stack.enter_async_context(opened)
            store = MemoryAuditStore()
            known: list[Begin] = []
            intake = AuditIntake(store, known.append)
            await stack.enter_async_context(office.respond(AUDIT_ROWS.pattern, answering(intake)))
            shipping = AuditShipping(ChainFolder(folder), asker(mcu))
            while await shipping.turn():
                pass
            assert kept(store) == lines(rows)
            assert [begin.key for begin in known] == [SIGNER.public]
            # A sender that begins anew asks and sends nothing twice.
            assert not await AuditShipping(ChainFolder(folder), asker(mcu)).turn()

    asyncio.run(run())


def test_an_office_that_is_away_for_an_hour_gets_everything_afterwards(tmp_path: Path) -> None:
    async def run() -> None:
        hub = MemoryHub()
        office, mcu = MemoryBus(hub), MemoryBus(hub)
        store = MemoryAuditStore()
        intake = AuditIntake(store, lambda begin: None)
        machine = Machine(tmp_path, asker(mcu), until_s=4000)
        machine.write(machine.chain.first)

        def beat(now_s: float) -> None:
            machine.write(machine.chain.deed(deed(round(now_s))))
            machine.sign()
            if 100 <= now_s < 3700:
                hub.cut()
            else:
                hub.mend()

        machine.beat = beat
        shipping = AuditShipping(ChainFolder(tmp_path), asker(mcu), machine.pause)
        async with office.respond(AUDIT_ROWS.pattern, answering(intake)):
            with pytest.raises(EnoughError):
                await shipping.run()
        assert kept(store) == list(ChainFolder(tmp_path).lines("hall-1"))
        assert len(store.chains()[0].signed) == len(kept(store)) - 1 > 500
        assert shipping.stats().away > 100 and shipping.stats().refused == 0

    asyncio.run(run())


def test_an_answer_that_is_lost_makes_no_row_come_twice(tmp_path: Path) -> None:
    _, rows = chain_of(10)
    (tmp_path / "hall-1.chain").write_bytes(b"".join(row.line() for row in rows))
    store = MemoryAuditStore()
    intake = AuditIntake(store, lambda begin: None)
    answers = 0

    async def ask(payload: bytes) -> bytes:
        nonlocal answers
        answer = await intake.answer(payload)
        answers += 1
        if answers == 2:
            raise OSError("the line broke before the answer came")
        return answer

    async def run() -> None:
        shipping = AuditShipping(ChainFolder(tmp_path), ask)
        with pytest.raises(OSError, match="broke"):
            await shipping.turn()
        while await shipping.turn():
            pass

    asyncio.run(run())
    assert kept(store) == lines(rows)


def test_an_office_restored_from_an_older_copy_is_filled_up_again(tmp_path: Path) -> None:
    chain, rows = chain_of(10)
    path = tmp_path / "hall-1.chain"
    path.write_bytes(b"".join(row.line() for row in rows))
    intake = AuditIntake(MemoryAuditStore(), lambda begin: None)

    async def run() -> None:
        shipping = AuditShipping(ChainFolder(tmp_path), intake.answer)
        while await shipping.turn():
            pass
        intake.store = older = MemoryAuditStore()
        older.append("hall-1", rows[:4])
        with path.open("ab") as file:
            file.write(chain.deed(deed(11)).line())
        while await shipping.turn():
            pass
        assert older.head("hall-1") == chain.head

    asyncio.run(run())


def test_rows_of_another_story_are_refused_and_counted(tmp_path: Path) -> None:
    _, rows = chain_of(3)
    store = MemoryAuditStore()
    store.append("hall-1", rows[:2])
    other = Chain(Begin("hall-1", "mcu hall", START_S, SIGNER.public))
    told = [other.first, *(other.deed(deed(n, who="site:9")) for n in range(3))]
    (tmp_path / "hall-1.chain").write_bytes(b"".join(row.line() for row in told))
    intake = AuditIntake(store, lambda begin: None)

    async def run() -> None:
        shipping = AuditShipping(ChainFolder(tmp_path), intake.answer)
        for _ in range(5):
            await shipping.turn()
        assert shipping.stats().refused == 1

    asyncio.run(run())
    assert kept(store) == lines(rows[:2]) and intake.refused >= 1


def test_what_is_no_message_of_ours_is_an_error_for_its_sender() -> None:
    intake = AuditIntake(MemoryAuditStore(), lambda begin: None)
    with pytest.raises(ValueError, match="no rows"):
        asyncio.run(intake.answer(b'{"chain": 7}'))
    taken = intake.take(AuditRows(chain="x", rows=(("0" * 64, "{"),)))
    assert taken.refused
