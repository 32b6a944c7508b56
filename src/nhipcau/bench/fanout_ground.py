"""Where the senders of `bench fanout` stand: a network namespace of their own, behind a veth pair.

    senders (198.18.77.2, in the namespace) ── veth ── receivers (198.18.77.1)

Janus and aiortc refuse loopback, so all of them send over the same veth. Needs the right to make
namespaces; without it our own sender is measured on loopback, and the peers are not.
"""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass

# 198.18.0.0/15 is set aside for benchmarks. Source: RFC 2544 §C.2.2.
_RECEIVERS, _SENDERS, _BITS = "198.18.77.1", "198.18.77.2", 30
_NAME = "nhipcau-bench-"


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
    name, inner, outer = f"{_NAME}{os.getpid()}", f"nhi{os.getpid()}", f"nho{os.getpid()}"
    if shutil.which("ip") is None:
        yield _loopback("needs the program ip (Debian: iproute2)")
        return
    await _sweep()
    lack = await _ip("netns", "add", name)
    try:
        if lack is None:
            lack = await _join(name, inner, outer)
        if lack is None:
            # A process that outlives a killed bench would keep the namespace alive.
            prefix = ("setpriv", "--pdeathsig", "KILL", "ip", "netns", "exec", name)
            yield Ground(prefix, _SENDERS, _RECEIVERS, None)
        else:
            yield _loopback(f"needs the right to make network namespaces ({lack})")
    finally:
        await _ip("link", "delete", outer)
        await _ip("netns", "delete", name)


def _loopback(lack: str) -> Ground:
    return Ground((), "127.0.0.1", "127.0.0.1", lack)


async def _join(name: str, inner: str, outer: str) -> str | None:
    """Lay the veth pair; return what went wrong, None when nothing."""
    steps = (
        ("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", name),
        ("address", "add", f"{_RECEIVERS}/{_BITS}", "dev", outer),
        ("link", "set", outer, "up"),
        ("-n", name, "address", "add", f"{_SENDERS}/{_BITS}", "dev", inner),
        ("-n", name, "link", "set", inner, "up"),
        ("-n", name, "link", "set", "lo", "up"),
    )
    for step in steps:
        if (wrong := await _ip(*step)) is not None:
            return wrong
    return None


async def _sweep() -> None:
    """Delete namespaces of benches that were killed."""
    process = await asyncio.create_subprocess_exec(
        "ip", "netns", "list", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    out, _ = await process.communicate()
    for line in out.decode().splitlines():
        name = line.split()[0] if line.split() else ""
        pid = name.removeprefix(_NAME)
        if name != pid and pid.isdigit() and not _lives(int(pid)):
            await _ip("netns", "delete", name)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


async def _ip(*words: str) -> str | None:
    """Run `ip WORDS…`; return what it complained of, None when it did it."""
    process = await asyncio.create_subprocess_exec(
        "ip", *words, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    return None if process.returncode == 0 else said.decode().strip() or "ip failed"
