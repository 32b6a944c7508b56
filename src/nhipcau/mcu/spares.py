"""The warm process that stands by for one supervisor, or for all supervisors of an MCU.

    all at work ─▶ a moment later ─▶ spawn, import, wait ─▶ take ─▶ the next one, and so on

A spare does not know yet whose place it will take: what to do comes with the word "go".
"""

import asyncio
from collections.abc import Callable

import structlog

from nhipcau.mcu.supervised import Child, Command

_log = structlog.get_logger(__name__)

Delay = Callable[[int], float]
"""Seconds to wait after so many spares in a row that ended by themselves."""


class Spares:
    """One spare at a time. One event loop."""

    def __init__(self, command: Command, after_s: float, delay_s: Delay) -> None:
        """Prepare; nothing runs yet.

        Args:
            command: how to start it; its `go` is not said.
            after_s: from the moment when all are at work.
            delay_s: beyond that, after spares that died.
        """
        self._command = command
        self._after_s = after_s
        self._delay_s = delay_s
        self._settled: list[asyncio.Event] = []
        self._spare: Child | None = None

    def attach(self, settled: asyncio.Event) -> None:
        """Stand by for a supervisor, too; `settled` is set while its process is at work."""
        self._settled.append(settled)

    def detach(self, settled: asyncio.Event) -> None:
        """Stand by no longer for a supervisor that has ended."""
        if settled in self._settled:
            self._settled.remove(settled)
        # Whoever waits for it to be at work waits no longer.
        settled.set()

    @property
    def warm_pid(self) -> int | None:
        """The warm process's id, None while there is none or it is still importing."""
        return self._spare.pid if self._spare is not None and self._spare.warm else None

    def take(self) -> Child | None:
        """Give the spare away, warm or still importing; None where there is none."""
        spare, self._spare = self._spare, None
        return None if spare is None or spare.exit.done() else spare

    async def keep(self) -> None:
        """Keep a spare until cancelled."""
        deaths = 0
        if not self._settled:
            # Nobody is at work yet, so that there is nobody to be in the way of.
            deaths = await self._stand_by(deaths)
        while True:
            for one in list(self._settled):
                await one.wait()
            await asyncio.sleep(self._after_s + self._delay_s(deaths))
            if not all(one.is_set() for one in self._settled):
                continue
            deaths = await self._stand_by(deaths)

    async def _stand_by(self, deaths: int) -> int:
        """Keep one spare until it is taken or ends; return how many ended in a row."""
        spare = self._spare = await Child.spawn(self._command)
        await asyncio.wait((spare.exit, spare.taken), return_when=asyncio.FIRST_COMPLETED)
        if spare.taken.done():
            return 0
        self._spare = None
        _log.warning("supervisor.spare_ended", pid=spare.pid, status=await spare.end())
        return deaths + 1

    async def aclose(self) -> None:
        """End the spare, which has nothing to lose; may be called twice."""
        if self._spare is not None:
            self._spare.kill()
            await self._spare.end()
