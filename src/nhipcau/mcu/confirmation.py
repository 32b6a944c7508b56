"""What pages are told waits until the follower has it on its disk, too, but not for long.

    decided ─▶ log ─▶ follower ─▶ have      a frame to a page, of events up to n ─▶ wait until n is
                        └────────────────────────────────────────────────────────▶ safe, or 50 ms

So whatever anyone was told of survives the loss of this MCU. A follower that does not answer in
time is waited for again when it is heard; what went out meanwhile is counted. All of it runs on the
event loop; without a follower nothing waits.
"""

import asyncio
from collections.abc import Callable

from nhipcau.mcu.followers import Followers

PATIENCE_S = 0.05


class Confirmation:
    """Holds frames back for one conference.

    Attributes:
        unconfirmed: how many times somebody was told of events that the follower did not have.
    """

    def __init__(self, seq: Callable[[], int], followers: Followers) -> None:
        """Begin; `seq` returns the number of the last event that took effect."""
        self._seq = seq
        self._followers = followers
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []
        self._deaf = False
        self.unconfirmed = 0
        followers.listen(self._hear)

    def is_safe(self, number: int) -> bool:
        """Return True when the follower has so many events, and when there is none."""
        safe = self._followers.safe()
        return safe is None or safe >= number

    async def wait(self) -> None:
        """Return when what has taken effect by now is safe, or time is up."""
        number = self._seq()
        if self.is_safe(number):
            return
        if self._deaf:
            self.unconfirmed += 1
            return
        heard = asyncio.get_running_loop().create_future()
        self._waiting.append((number, heard))
        try:
            async with asyncio.timeout(PATIENCE_S):
                await heard
        except TimeoutError:
            self._deaf = True
            self.unconfirmed += 1
        finally:
            self._waiting = [one for one in self._waiting if one[1] is not heard]

    def _hear(self) -> None:
        self._deaf = False
        for number, heard in self._waiting:
            if not heard.done() and self.is_safe(number):
                heard.set_result(None)


def unfollowed() -> Confirmation:
    """Return what holds nothing back."""
    return Confirmation(lambda: 0, Followers())
