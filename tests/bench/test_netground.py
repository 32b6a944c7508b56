"""The lines of the benches: cut, lossy, restored, counted."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from nhipcau.bench.namespaces import NoNamespaceError, run
from nhipcau.bench.netground import ROOMS_ADDRESS, Spot, spots

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("nft") is None or shutil.which("ip") is None,
    reason="network namespaces need root, ip and nft",
)
_SEND = """
import socket, sys
line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(int(sys.argv[2])):
    try:
        line.sendto(b"x" * 100, (sys.argv[1], 9))
    except OSError:
        pass
"""


class _Count(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.taken = 0

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.taken += 1


@asynccontextmanager
async def _listening() -> AsyncIterator[_Count]:
    loop = asyncio.get_running_loop()
    transport, count = await loop.create_datagram_endpoint(_Count, local_addr=(ROOMS_ADDRESS, 9))
    yield count
    transport.close()


async def _arrives(spot: Spot, count: _Count, packets: int) -> int:
    before = count.taken
    await run(*spot.prefix, "python3", "-c", _SEND, ROOMS_ADDRESS, str(packets))
    await asyncio.sleep(0.2)
    return count.taken - before


async def _use_lines() -> None:
    async with spots(2) as (one, other), _listening() as rooms:
        sent = await one.octets_out()
        assert await _arrives(one, rooms, 50) == 50
        assert await one.octets_out() - sent >= 50 * 142
        await one.lose(50)
        assert 10 < await _arrives(one, rooms, 100) < 90
        await one.restore()
        await one.cut([Spot("", ROOMS_ADDRESS)])
        assert await _arrives(one, rooms, 20) == 0
        # Nobody else is cut.
        assert await _arrives(other, rooms, 20) == 20
        await one.restore()
        assert await _arrives(one, rooms, 20) == 20
    assert one.namespace not in await run("ip", "netns", "list")
    async with spots(2) as again:
        assert len(again) == 2


async def _fail() -> None:
    with pytest.raises(NoNamespaceError, match="needs the program no-such"):
        await run("no-such-program")
    with pytest.raises(NoNamespaceError, match="netns"):
        await run("ip", "netns", "delete", "nhipcau-bench-0-none")


def test_a_line_carries_loses_is_cut_and_restored_and_counts_what_left() -> None:
    asyncio.run(_use_lines())


def test_what_can_not_be_done_says_why() -> None:
    asyncio.run(_fail())
