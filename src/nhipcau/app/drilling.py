"""What a drill does to a process: it dies as a crashed one does, or its line is cut.

order over the trunk ─▶ plan: a rehearsal? ──┬─ kill ─▶ SIGKILL: others do the rest
                                             └─ cut ──▶ LineCut ─▶ every trunk of this process
"""

import asyncio
import os
import signal
from collections.abc import Callable

import structlog

from nhipcau.conference.drill import CUT_S, DrillKind
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.trunk import DrillOrder

_log = structlog.get_logger()


def die() -> None:
    """End this process at once; nothing is closed and nobody is told."""
    os.kill(os.getpid(), signal.SIGKILL)


class LineCut:
    """The line of this MCU: whole, or cut for some seconds."""

    def __init__(self) -> None:
        self._whole = asyncio.Event()
        self._whole.set()
        self._broken = asyncio.Event()

    def cut(self, seconds: float) -> None:
        """Cut it; it mends by itself."""
        self._whole.clear()
        self._broken.set()
        asyncio.get_running_loop().call_later(seconds, self._mend)

    async def broken(self) -> None:
        """Return when it is cut."""
        await self._broken.wait()

    async def whole(self) -> None:
        """Return as soon as it can be spoken over."""
        await self._whole.wait()

    def _mend(self) -> None:
        self._broken.clear()
        self._whole.set()


class LeafDrills:
    """Does to a leaf what its root was asked for, in a rehearsal only."""

    def __init__(
        self,
        plan: Callable[[], ConferencePlan],
        line: LineCut,
        kill: Callable[[], None] = die,
    ) -> None:
        self._plan = plan
        self._line = line
        self._kill = kill

    def hear(self, order: DrillOrder) -> None:
        """Obey an order that came over the trunk."""
        if not self._plan().rehearsal:
            _log.error("a drill outside a rehearsal", drill=order.drill)
            return
        _log.warning("drill", number=order.drill, kind=order.kind)
        if order.kind == DrillKind.KILL.value:
            self._kill()
        else:
            self._line.cut(CUT_S)
