"""An MCU that was taken over, with its own password and the raw protocol, against a real server."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from nats.aio.client import Client

from nhipcau.bus.hangup import hang_up
from nhipcau.bus.natsbus import NatsBus
from nhipcau.bus.natslink import NatsLink
from nhipcau.bus.natsregistry import BUCKET, NatsRegistry
from nhipcau.bus.server import NatsServer
from nhipcau.ports.bus import BusMessage
from nhipcau.ports.subjects import AUDIT_ROWS, MCU_STATUS, barred_key, mcu_status, plan_key
from nhipcau.quantities import ConferenceId, McuName

from .conftest import CONNECT_TIMEOUT_S
from .test_rights import COAST, HALL, USERS

STREAM = f"KV_{BUCKET}"
PLAN_KEY = plan_key(ConferenceId("m"))
BARRED = f"$KV.{BUCKET}.{barred_key(ConferenceId('m'))}"
ASK_S = 2.0


@dataclass
class Attack:
    """The office at work, and a client of the hall's MCU that says what it likes."""

    bus: NatsBus
    registry: NatsRegistry
    client: Client
    refused: list[str] = field(default_factory=list)

    async def ask(self, subject: str, **body: Any) -> None:
        """Ask JetStream and return when the server has passed the question on, or refused to."""
        payload = json.dumps(body).encode()
        await self.client.publish(subject, payload, reply=self.client.new_inbox())
        await self.client.flush()

    async def no(self, count: int) -> list[str]:
        """Return the server's refusals once there are so many; they come when they come."""
        async with asyncio.timeout(20):
            while len(self.refused) < count:  # noqa: ASYNC110 - polled
                await asyncio.sleep(0.01)
        return self.refused

    async def plan(self) -> bytes:
        """Return the plan as the office reads it."""
        found = await self.registry.get(PLAN_KEY)
        assert found is not None
        return found.value


@asynccontextmanager
async def attack(folder: Path) -> AsyncIterator[Attack]:
    server = NatsServer(folder, users=USERS)
    await server.start()
    link = await NatsLink.start(server.address_of("office"), name="office")
    client = Client()
    try:
        await link.wait_connected(CONNECT_TIMEOUT_S)
        scene = Attack(NatsBus(link), NatsRegistry(link), client)

        async def on_error(error: Exception) -> None:
            scene.refused.append(str(error).lower())

        address = server.address_of(HALL)
        await client.connect(
            address.url,
            user=address.user,
            password=address.password,
            inbox_prefix=f"_INBOX_{HALL}",
            allow_reconnect=False,
            error_cb=on_error,
        )
        await scene.registry.put(PLAN_KEY, b"plan")
        yield scene
    finally:
        await hang_up(client)
        await link.aclose()
        await server.stop()


def play(folder: Path, scene: Callable[[Attack], Awaitable[None]]) -> None:
    async def run() -> None:
        async with attack(folder) as one, asyncio.timeout(50):
            await scene(one)

    asyncio.run(run())


def test_the_server_says_no_to_another_mcus_name_and_to_a_plan(tmp_path: Path) -> None:
    async def scene(one: Attack) -> None:
        forged = (mcu_status(COAST), f"$KV.{BUCKET}.{PLAN_KEY}")
        for subject in forged:
            await one.client.publish(subject, b"forged")
        pairs = zip(forged, await one.no(2), strict=True)
        assert all(subject.lower() in said for subject, said in pairs)
        assert all("permissions violation" in said for said in one.refused)
        assert await one.plan() == b"plan"

    play(tmp_path, scene)


@pytest.mark.parametrize(
    "subject",
    [
        f"$JS.API.STREAM.PURGE.{STREAM}",
        f"$JS.API.STREAM.DELETE.{STREAM}",
        f"$JS.API.STREAM.UPDATE.{STREAM}",
        f"$JS.API.STREAM.MSG.DELETE.{STREAM}",
        f"$JS.API.STREAM.MSG.GET.{STREAM}",
        f"$JS.API.CONSUMER.CREATE.{STREAM}",
        "$JS.API.STREAM.CREATE.mine",
        "$JS.API.STREAM.NAMES",
        "$SYS.REQ.SERVER.PING",
    ],
)
def test_of_jetstream_it_may_ask_nothing_but_its_keys(tmp_path: Path, subject: str) -> None:
    async def scene(one: Attack) -> None:
        await one.ask(subject, name="mine", subjects=["mcu.>"], seq=1)
        assert subject.lower() in (await one.no(1))[0]
        assert await one.plan() == b"plan"

    play(tmp_path, scene)


@pytest.mark.parametrize("headers", [{"Nats-Rollup": "all"}, {"Nats-Rollup": "sub"}])
def test_a_header_on_its_own_key_sweeps_no_other_away(
    tmp_path: Path, headers: dict[str, str]
) -> None:
    async def scene(one: Attack) -> None:
        answer = await one.client.request(BARRED, b"x", timeout=ASK_S, headers=headers)
        assert "error" in json.loads(answer.data)
        assert await one.plan() == b"plan"

    play(tmp_path, scene)


def test_it_listens_to_nobodys_answers(tmp_path: Path) -> None:
    async def scene(one: Attack) -> None:
        for subject in ("_INBOX_office.>", "_INBOX_coast.>", ">", f"$KV.{BUCKET}.>"):
            await one.client.subscribe(subject)
        assert len(await one.no(4)) == 4

    play(tmp_path, scene)


def test_what_a_stream_delivers_in_anothers_name_is_passed_over(tmp_path: Path) -> None:
    async def scene(one: Attack) -> None:
        target = mcu_status(COAST)
        async with one.bus.subscribe(MCU_STATUS.pattern) as heard:
            await one.client.request(BARRED, b"forged", timeout=ASK_S)
            config = {
                "name": "c",
                "deliver_subject": target,
                "deliver_policy": "last_per_subject",
                "ack_policy": "none",
                "filter_subject": BARRED,
            }
            subject = f"$JS.API.CONSUMER.CREATE.{STREAM}.c.{BARRED}"
            await one.ask(subject, stream_name=STREAM, config=config)
            direct = f"$JS.API.DIRECT.GET.{STREAM}.{BARRED}"
            await one.client.publish(direct, b"", reply=target)
            await one.client.publish(mcu_status(McuName(HALL)), b"own")
            async with asyncio.timeout(20):
                assert (await anext(aiter(heard))).payload == b"own"
                while one.bus.stats().strange < 1:  # noqa: ASYNC110 - polled
                    await asyncio.sleep(0.01)

    play(tmp_path, scene)


def test_an_answer_goes_to_an_inbox_and_nowhere_else(tmp_path: Path) -> None:
    async def scene(one: Attack) -> None:
        asked: list[bytes] = []

        async def answer(rows: BusMessage) -> bytes:
            asked.append(rows.payload)
            return b"forged"

        async with one.bus.respond(AUDIT_ROWS.pattern, answer):
            await one.client.publish(AUDIT_ROWS.pattern, b"bad", reply=mcu_status(COAST))
            await one.client.request(AUDIT_ROWS.pattern, b"good", timeout=20)
        assert asked == [b"good"]

    play(tmp_path, scene)
