"""What a site loses when its MCU is lost: when it notices, and how long it hears and sees nothing.

beats, packets ─▶ Vigil ─▶ lost                 last before, first after ─▶ Switch
"""

from dataclasses import dataclass

# Three beats that did not come, and no packet either (docs/PROTOCOL.md).
QUIET_S = 0.3
# Who looks later than this was away itself, and begins to count anew.
_OWN_DELAY_S = 0.1


@dataclass(frozen=True, slots=True)
class Switch:
    """One change of MCU.

    Attributes:
        at_s: monotonic seconds when the site said hello to the other.
        mcu: where it went; "" until that has said who it is.
        sound_s: from the last packet of sound before to the first one after, those of digital
            silence passed over; None while there is none, or was none before.
        picture_s: the same from the last picture that could be shown to the first one.
    """

    at_s: float
    mcu: str
    sound_s: float | None
    picture_s: float | None


class Vigil:
    """Watches one MCU: silent is it when neither a beat nor a packet comes.

    Who watches may be held up itself; what has not been looked at was not silent.
    """

    def __init__(self) -> None:
        self._since_s = 0.0
        self._looked_s = float("-inf")

    def is_lost(self, heard_s: float, media_s: float | None, now_s: float) -> bool:
        """Return True when nothing has come for so long that the MCU is lost.

        Args:
            heard_s: monotonic seconds of the last signalling.
            media_s: of the last packet; None: nobody has looked for one of late.
            now_s: monotonic; called some twenty times a second.
        """
        if now_s - self._looked_s > _OWN_DELAY_S or media_s is None:
            self._since_s = now_s
        self._looked_s = now_s
        last_s = max(self._since_s, heard_s, media_s or 0.0)
        return now_s - last_s > QUIET_S
