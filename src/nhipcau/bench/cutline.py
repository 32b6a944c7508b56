"""A line to an MCU that can be cut: what is sent over it neither arrives nor is refused.

leaf ─▶ CutLine ─▶ root        cut: connections stand still, new ones are never answered
"""

import asyncio
import contextlib

_CHUNK = 65_536
_BIND = "127.0.0.1"


class CutLine:
    """Carries TCP to one port of this machine, until it is cut."""

    def __init__(self) -> None:
        """Be whole; nothing listens yet."""
        self._whole = asyncio.Event()
        self._whole.set()
        self._server: asyncio.Server | None = None
        self._jobs: set[asyncio.Task[None]] = set()
        self._port = 0

    async def open(self, port: int) -> str:
        """Carry to `port` from now on; return the URL at this end."""
        self._port = port
        self._server = await asyncio.start_server(self._carry, _BIND, 0)
        return f"http://{_BIND}:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """Let nothing pass."""
        self._whole.clear()

    def mend(self) -> None:
        """Let pass what comes; what waited on a cut line was given up long ago by its senders."""
        for job in list(self._jobs):
            job.cancel()
        self._whole.set()

    async def aclose(self) -> None:
        """End every connection; may be called twice."""
        for job in list(self._jobs):
            job.cancel()
        if self._server is not None:
            self._server.close()
        await asyncio.gather(*self._jobs, return_exceptions=True)

    async def _carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        job = asyncio.current_task()
        assert job is not None
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            try:
                await self._whole.wait()
                await self._join(near, back)
            finally:
                await _close(back)

    async def _join(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, forth = await asyncio.open_connection(_BIND, self._port)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(near, forth))
                group.create_task(self._pump(far, back))
        except* OSError:
            pass
        finally:
            await _close(forth)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(_CHUNK):
            await self._whole.wait()
            sink.write(data)
            await sink.drain()
        # The other way is of no use alone.
        raise ConnectionResetError


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
