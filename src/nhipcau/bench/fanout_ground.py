"""Where the senders of `bench fanout` stand: a network namespace of their own, behind a veth pair.

    senders (198.18.77.2, in the namespace) ── veth ── receivers (198.18.77.1)

Janus and aiortc refuse loopback, so all of them send over the same veth. Needs the right to make
namespaces; without it our own sender is measured on loopback, and the peers are not.
"""

import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass

from nhipcau.bench.namespaces import NoNamespaceError, name_of, prefix_of, run, sweep

# 198.18.0.0/15 is set aside for benchmarks. Source: RFC 2544 §C.2.2.
_RECEIVERS, _SENDERS, _BITS = "198.18.77.1", "198.18.77.2", 30


@dataclass(frozen=True, slots=True)
class Ground:
    """Where both sides are.

    Attributes:
        prefix: what stands before a sender's command.
        sender: a sender's address.
        receiver: the receivers' address.
        lack: why there is no namespace, None when there is one.
    """

    prefix: tuple[str, ...]
    sender: str
    receiver: str
    lack: str | None


@contextlib.asynccontextmanager
async def ground() -> AsyncIterator[Ground]:
    """Make the namespace while the context is open; fall back to loopback."""
    name, inner, outer = name_of(), f"nhi{os.getpid()}", f"nho{os.getpid()}"
    try:
        lack = None
        try:
            await sweep()
            await run("ip", "netns", "add", name)
            await _join(name, inner, outer)
        except NoNamespaceError as error:
            lack = str(error)
        if lack is None:
            yield Ground(prefix_of(name), _SENDERS, _RECEIVERS, None)
        else:
            yield _loopback(f"needs the right to make network namespaces ({lack})")
    finally:
        for words in (("link", "delete", outer), ("netns", "delete", name)):
            with contextlib.suppress(NoNamespaceError):
                await run("ip", *words)


def _loopback(lack: str) -> Ground:
    return Ground((), "127.0.0.1", "127.0.0.1", lack)


async def _join(name: str, inner: str, outer: str) -> None:
    """Lay the veth pair."""
    for step in (
        ("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", name),
        ("address", "add", f"{_RECEIVERS}/{_BITS}", "dev", outer),
        ("link", "set", outer, "up"),
        ("-n", name, "address", "add", f"{_SENDERS}/{_BITS}", "dev", inner),
        ("-n", name, "link", "set", inner, "up"),
        ("-n", name, "link", "set", "lo", "up"),
    ):
        await run("ip", *step)
