"""What the office believes of the MCUs: what each says of itself."""

import asyncio

import pytest

from nhipcau.bus.memory import MemoryBus, MemoryHub
from nhipcau.office.observing import McuObserver
from nhipcau.ports.messages import McuStatus
from nhipcau.ports.subjects import mcu_status
from nhipcau.quantities import McuName

from ..mcu.machine import HandClock

HALL, COAST = McuName("hall"), McuName("coast")


def status(mcu: McuName) -> McuStatus:
    return McuStatus(
        mcu=mcu,
        pid=1,
        url="http://mcu",
        conference=None,
        sites_present=0,
        endpoints=0,
        cpu_cores=0.0,
        rss_mb=0.0,
    )


def heard(*said: tuple[McuName, bytes]) -> set[str]:
    """Return the MCUs that are taken for alive after these words, each under an MCU's subject."""

    async def run() -> set[str]:
        bus = MemoryBus(MemoryHub())
        observer = McuObserver(bus, HandClock())
        listening = asyncio.create_task(observer.run())
        await asyncio.sleep(0)
        for under, words in said:
            await bus.publish(mcu_status(under), words)
        for _ in range(5):
            await asyncio.sleep(0)
        listening.cancel()
        return {one.mcu for one in observer.alive()}

    return asyncio.run(run())


def test_an_mcu_is_alive_when_it_says_so() -> None:
    assert heard((HALL, status(HALL).model_dump_json().encode())) == {HALL}


@pytest.mark.parametrize("words", [status(COAST).model_dump_json().encode(), b"{", b""])
def test_what_is_said_in_anothers_name_or_is_no_status_is_not_believed(words: bytes) -> None:
    assert heard((HALL, words)) == set()
