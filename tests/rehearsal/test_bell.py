"""A synthetic room that is paired: it proves its key, waits at real bells, and goes when called."""

import asyncio
import json
import random
from pathlib import Path

import pytest
from pydantic import ValidationError

from nhipcau.credentials import statements
from nhipcau.credentials.keys import PublicKey
from nhipcau.credentials.statements import Challenge
from nhipcau.mcu.emergency.front import Press
from nhipcau.mcu.emergency.reaching import Choice
from nhipcau.ports.devices import EmergencyPolicy
from nhipcau.ports.directory import KnownDevice
from nhipcau.quantities import DeviceId, SiteId
from nhipcau.rehearsal.bell import BellWait, Ring
from nhipcau.rehearsal.device import RoomDevice
from nhipcau.rehearsal.endpoint import Endpoint, Say
from nhipcau.rehearsal.spec import SiteSpec
from tests.mcu.callers import NORTH_1, directory_of, pass_text
from tests.web.test_front_sockets import NEVER, World, served

ASKED = {"type": "challenge", "nonce": "n", "conference": "c", "mcu": "m", "at_ms": 5}


def a_device(*fronts: str) -> RoomDevice:
    fresh = RoomDevice.fresh()
    return fresh.model_copy(update={"device": DeviceId("d"), "fronts": fronts})


def enrol(world: World, device: RoomDevice, policy: EmergencyPolicy) -> None:
    known = KnownDevice(device=device.device, site=NORTH_1, keys=(device.public,), policy=policy)
    world.office.front.take_directory(directory_of().model_copy(update={"devices": (known,)}))


async def press(world: World) -> str:
    front = world.office.front
    holder = front.holder(pass_text(expires_s=NEVER))
    return (await front.press(holder, Press("x", Choice()), "x")).call.conference


def test_a_paired_site_knocks_and_proves_its_key_to_the_mcu() -> None:
    device = a_device()
    spec = SiteSpec(code=SiteId("1"), name="A", url="ws://127.0.0.1/signal", device=device)
    endpoint = Endpoint(spec, random.Random(1))
    (knock,) = endpoint.handle_open(0.0)
    assert isinstance(knock, Say) and json.loads(knock.text)["type"] == "knock"
    (hello,) = endpoint.handle_text(json.dumps(ASKED), 0.0)
    assert isinstance(hello, Say)
    proof = json.loads(hello.text)["proof"]
    statement = statements.admission(Challenge("n", "c", "m", 5), "d", device.public)
    assert PublicKey.read(proof["key"]).verifies(proof["signature"], statement)


def test_a_site_has_a_link_or_a_key() -> None:
    with pytest.raises(ValidationError):
        SiteSpec(code=SiteId("1"), name="A")
    SiteSpec(code=SiteId("1"), name="A", device=a_device())


def test_a_room_that_waits_at_two_bells_goes_once_for_each_call(tmp_path: Path) -> None:
    async def scene() -> None:
        async with served(tmp_path / "1") as one, served(tmp_path / "2") as two:
            rings: asyncio.Queue[Ring] = asyncio.Queue()
            bells = [f"ws://127.0.0.1:{world.port}/bell" for world in (one, two)]
            device = a_device(*bells)
            for world in (one, two):
                enrol(world, device, EmergencyPolicy.ITSELF)
            wait = BellWait(device, random.Random(1), rings.put_nowait)
            task = asyncio.create_task(wait.run())
            async with asyncio.timeout(20):
                while 0 in {len(world.office.front.bells) for world in (one, two)}:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
                first, second = await press(one), await press(two)
                rung = {(await rings.get()).conference for _ in range(2)}
            assert rung == {first, second}
            assert wait.waits
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(scene())


def test_a_room_whose_policy_asks_stays_where_it_is(tmp_path: Path) -> None:
    async def scene() -> None:
        async with served(tmp_path) as world:
            rings: list[Ring] = []
            device = a_device(f"ws://127.0.0.1:{world.port}/bell")
            enrol(world, device, EmergencyPolicy.ASK)
            task = asyncio.create_task(BellWait(device, random.Random(1), rings.append).run())
            async with asyncio.timeout(20):
                while len(world.office.front.bells) == 0:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
                await press(world)
                # A second call is told after the first one, so both have been heard.
                enrol(world, device, EmergencyPolicy.MOVE)
                holder = world.office.front.holder(pass_text(expires_s=NEVER))
                choice = Choice(sites=(NORTH_1,))
                await world.office.front.press(holder, Press("y", choice), "x")
                while not rings:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            assert len(rings) == 1
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(scene())
