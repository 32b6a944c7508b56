"""What went into one connection and was not yet confirmed: the bound on what a slow server costs.

    add(bytes) ─▶ … every 256 KiB a ping ─▶ pong: all before it was taken ─▶ subtract

The transport's own flow control is not enough: in some Python versions `writelines` never pauses
(CVE-2024-12254), and the client library's buffer has no bound that fails.
"""

import asyncio

from nats.aio.client import Client

from nhipcau.bus.natserrors import NATS_ERRORS
from nhipcau.ports.bus import BusError

# A ping is 6 bytes: beside this it costs nothing.
_CONFIRM_EVERY_BYTES = 256 << 10
# Beyond this the server reads too slowly to be of use: four of the largest values.
_UNCONFIRMED_LIMIT_BYTES = 4 << 20
# A server that answers no ping within this is as good as gone.
_CONFIRM_TIMEOUT_S = 3


class Outflow:
    """Counts for one connection. Its pings are owned, named tasks."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._unconfirmed = 0
        self._periodic: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, size: int) -> None:
        """Count `size` bytes that are about to be sent.

        Raises:
            BusError: too much is on its way already; send nothing.
        """
        if self._unconfirmed + size > _UNCONFIRMED_LIMIT_BYTES:
            raise BusError("the server does not read what it is sent")
        self._unconfirmed += size
        idle = self._periodic is None or self._periodic.done()
        if idle and self._unconfirmed >= _CONFIRM_EVERY_BYTES:
            self._periodic = self._start()

    async def confirm(self) -> None:
        """Wait until the server has taken all that was sent; it closes the link when it does not.

        The ping itself is never cancelled half-way, whatever happens to the caller: the library's
        reader dies of a pong that nobody waits for any more.
        """
        await asyncio.shield(self._start())

    def _start(self) -> asyncio.Task[None]:
        task = asyncio.create_task(self._ping(), name="nats ping")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _ping(self) -> None:
        sent = self._unconfirmed
        try:
            await self._client.flush(_CONFIRM_TIMEOUT_S)
        except NATS_ERRORS:
            await self._client.close()
        else:
            self._unconfirmed = max(0, self._unconfirmed - sent)

    async def aclose(self) -> None:
        """Cancel the pings under way; the connection is closed already. May be called twice."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
