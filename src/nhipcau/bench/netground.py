"""A province's lines as network namespaces: one for each MCU, all on one bridge, rooms outside.

    rooms (this namespace, 198.18.80.1) ── bridge ─┬─ veth ── first MCU    198.18.80.10
                                                   ├─ veth ── second MCU   198.18.80.11
                                                   └─ …

A line is cut, made lossy and counted where its packets enter and leave a namespace: by nftables and
by the counters of the kernel.
"""

import contextlib
import json
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from nhipcau.bench.namespaces import NoNamespaceError, name_of, prefix_of, run, sweep

# 198.18.0.0/15 is set aside for benchmarks. Source: RFC 2544 §C.2.2.
_NET, _BITS = "198.18.80", 24
ROOMS_ADDRESS = f"{_NET}.1"
_FIRST_HOST = 10
_TABLE = "inet lines"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one MCU stands: its namespace, and its address there."""

    namespace: str
    address: str

    @property
    def prefix(self) -> tuple[str, ...]:
        """What stands before a command that is to run here."""
        return prefix_of(self.namespace)

    async def lay(self) -> None:
        """Make what `cut` and `lose` write to."""
        await self._nft(
            f"add table {_TABLE}",
            f"add chain {_TABLE} come {{ type filter hook input priority 0; }}",
            f"add chain {_TABLE} go {{ type filter hook output priority 0; }}",
        )

    async def cut(self, others: Sequence["Spot"]) -> None:
        """Let no packet pass to or from these, until `restore`."""
        addresses = ", ".join(one.address for one in others)
        await self._nft(
            f"add rule {_TABLE} come ip saddr {{ {addresses} }} drop",
            f"add rule {_TABLE} go ip daddr {{ {addresses} }} drop",
        )

    async def lose(self, percent: int) -> None:
        """Lose so many of a hundred packets at random, each way, until `restore`."""
        await self._nft(
            f"add rule {_TABLE} come numgen random mod 100 < {percent} drop",
            f"add rule {_TABLE} go numgen random mod 100 < {percent} drop",
        )

    async def restore(self) -> None:
        """Let everything pass again."""
        await self._nft(f"flush table {_TABLE}")

    async def octets_out(self) -> int:
        """Return the bytes that have left on the line, Ethernet's 14 of each packet included."""
        said = await run("ip", "-n", self.namespace, "-s", "-j", "link", "show", "eth0")
        return int(json.loads(said)[0]["stats64"]["tx"]["bytes"])

    async def packets_out(self) -> int:
        """Return the packets that have left on the line."""
        said = await run("ip", "-n", self.namespace, "-s", "-j", "link", "show", "eth0")
        return int(json.loads(said)[0]["stats64"]["tx"]["packets"])

    async def _nft(self, *rules: str) -> None:
        await run("ip", "netns", "exec", self.namespace, "nft", "\n".join(rules))


@contextlib.asynccontextmanager
async def spots(count: int) -> AsyncIterator[tuple[Spot, ...]]:
    """Make so many spots on one bridge while the context is open.

    Raises:
        NoNamespaceError: that can't be done here; nothing of it is left.
    """
    bridge = f"nhb{os.getpid()}"
    made = [Spot(name_of(f"{n}"), f"{_NET}.{_FIRST_HOST + n}") for n in range(count)]
    async with contextlib.AsyncExitStack() as stack:
        await sweep()
        await run("ip", "link", "add", bridge, "type", "bridge")
        stack.push_async_callback(_quietly, "ip", "link", "delete", bridge)
        await run("ip", "address", "add", f"{ROOMS_ADDRESS}/{_BITS}", "dev", bridge)
        await run("ip", "link", "set", bridge, "up")
        for number, spot in enumerate(made):
            await run("ip", "netns", "add", spot.namespace)
            stack.push_async_callback(_quietly, "ip", "netns", "delete", spot.namespace)
            port = f"nhv{os.getpid()}x{number}"
            # A namespace goes some time after it was deleted, and its end of the line with it.
            stack.push_async_callback(_quietly, "ip", "link", "delete", port)
            await _join(spot, port, bridge)
            await spot.lay()
        yield tuple(made)


async def _join(spot: Spot, port: str, bridge: str) -> None:
    there = spot.namespace
    pair = ("type", "veth", "peer", "name", "eth0", "netns", there)
    await run("ip", "link", "add", port, *pair)
    await run("ip", "link", "set", port, "master", bridge, "up")
    await run("ip", "-n", there, "address", "add", f"{spot.address}/{_BITS}", "dev", "eth0")
    for device in ("eth0", "lo"):
        await run("ip", "-n", there, "link", "set", device, "up")


async def _quietly(*words: str) -> None:
    with contextlib.suppress(NoNamespaceError):
        await run(*words)
