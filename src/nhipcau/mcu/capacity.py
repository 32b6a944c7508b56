"""What an MCU can carry: it turns a newcomer away before those who are in notice anything.

    once a second: load ─▶ observe ─▶ is_full ─▶ the desk's answer to a newcomer

Two things fill an MCU: its number of endpoints, and its time. Of the time the composer tells most:
it is the thread with the most to do in one go, so it is late before sound or fan-out suffer. One
bad second is nothing (a hundred rooms that join at once make one), five in a row are.

A room that was in comes back in all the same: its line broke, or its page is loaded anew. Those
who chair or run the meeting come in while it is strained, because they can do something about it.
"""

from dataclasses import dataclass

from nhipcau.mcu.load import McuLoad

# Ticks that begin later than 40 ms. Below it a picture now and then comes one tick later, which a
# receiver's buffer hides.
LATE_SHARE = 0.1
# Of the machine's processors; the rest is for what comes in bursts.
BUSY_SHARE = 0.95
# So many readings in a row fill the MCU, and so many good ones open it again.
READINGS = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """How many endpoints an MCU takes, however little they cost it."""

    endpoints: int = 600


class Capacity:
    """Keeps count of bad and good seconds. The event loop's own.

    Attributes:
        turned_away: newcomers refused so far.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits if limits is not None else Limits()
        self._strained = False
        self._against = 0
        self.turned_away = 0

    @property
    def strained(self) -> bool:
        """True while there is too little time for what is carried already."""
        return self._strained

    def observe(self, load: McuLoad) -> None:
        """Take the load of the last second."""
        bad = load.late > LATE_SHARE or load.cpu_cores > BUSY_SHARE * load.cores
        # Counts the readings that speak against what is held true now.
        self._against = self._against + 1 if bad is not self._strained else 0
        if self._against >= READINGS:
            self._strained, self._against = bad, 0

    def refusal(self, endpoints: int, *, runs_the_meeting: bool) -> str | None:
        """Return why a newcomer is turned away, for a person; None when there is room.

        Args:
            endpoints: how many are in now.
            runs_the_meeting: it is no room, but a chair's or operator's page.
        """
        if endpoints >= self._limits.endpoints:
            reason = f"this MCU carries {endpoints} endpoints, all that it can"
        elif self._strained and not runs_the_meeting:
            reason = f"this MCU has no time for more than its {endpoints} endpoints"
        else:
            return None
        self.turned_away += 1
        return reason
