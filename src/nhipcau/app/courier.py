"""The rhythm of whoever brings things to the office: at once while there is something, else now
and then; when the office is away, later. Nothing is lost by waiting: it stays where it is.
"""

from collections.abc import Awaitable, Callable

import structlog
from pydantic import ValidationError

from nhipcau.ports.bus import BusError

_log = structlog.get_logger()
Ask = Callable[[bytes], Awaitable[bytes]]
Pause = Callable[[float], Awaitable[None]]
# What is new is at the office within a second; one that is away is asked every 5 s.
_BEAT_S = 1.0
_AWAY_S = 5.0


class Courier:
    """Keeps one kind of thing on its way.

    Attributes:
        away: how often the office was away.
    """

    def __init__(self, what: str, pause: Pause) -> None:
        """Bring nothing yet; `what` names in the log what waits for the office."""
        self._what = what
        self._pause = pause
        self.away = 0

    async def run(self, turn: Callable[[], Awaitable[bool]]) -> None:
        """Take turns until cancelled.

        Args:
            turn: brings what is due and returns False when nothing was; raises BusError while the
                office is away, OSError when a file can't be read, ValidationError when the answer
                is none.
        """
        while True:
            try:
                moved = await turn()
            except (BusError, OSError, ValidationError) as error:
                if self.away == 0:
                    _log.info(f"the {self._what} waits for the office", error=str(error))
                self.away += 1
                await self._pause(_AWAY_S)
            else:
                if not moved:
                    await self._pause(_BEAT_S)
