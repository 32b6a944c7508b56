"""Where each meeting is hosted, as the MCUs say it every second, and which of them is over.

mcu.<name>.hosting ─▶ last word of each MCU ─▶ URL of a meeting · no place free · ended
"""

import asyncio
from dataclasses import dataclass

import structlog
from pydantic import ValidationError

from nhipcau.office.meetings import Meeting
from nhipcau.ports.bus import Bus
from nhipcau.ports.clock import Clock
from nhipcau.ports.messages import HostedConference, McuHosting
from nhipcau.ports.subjects import MCU_HOSTING, mcu_hosting
from nhipcau.quantities import ConferenceId, McuName

_log = structlog.get_logger()
# As long as an MCU is shown as alive.
SILENT_S = 3.5
WAITING, HOSTED, ENDED = "waiting", "hosted", "ended"


@dataclass(frozen=True, slots=True)
class _Word:
    at_s: float
    said: McuHosting


class Whereabouts:
    """Listens to what all MCUs host."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        self._words: dict[McuName, _Word] = {}
        self._heard = asyncio.Condition()

    def ended(self) -> frozenset[ConferenceId]:
        """Return the conferences that are over, as far as MCUs still speak of them."""
        said = (one for word in self._words.values() for one in word.said.hosted)
        return frozenset(one.conference for one in said if one.standing == ENDED)

    async def run(self) -> None:
        """Listen until cancelled."""
        async with self._bus.subscribe(MCU_HOSTING.pattern) as messages:
            async for message in messages:
                try:
                    said = McuHosting.model_validate_json(message.payload)
                except ValidationError as error:
                    _log.warning("not a hosting", subject=message.subject, error=str(error))
                    continue
                # The bus knows who may speak under which subject; the words alone prove nothing.
                if message.subject != mcu_hosting(said.mcu):
                    _log.warning("a hosting in another's name", subject=message.subject)
                    continue
                await self._take(said)

    async def _take(self, said: McuHosting) -> None:
        self._words[said.mcu] = _Word(self._clock.now_s(), said)
        async with self._heard:
            self._heard.notify_all()

    def find(self, meeting: Meeting) -> HostedConference | None:
        """Return what the meeting's MCU said last of it; None: nothing."""
        return self.find_at(meeting.mcu, meeting.meeting)

    def find_at(self, mcu: McuName, conference: ConferenceId) -> HostedConference | None:
        """Return what an MCU said last of a conference; None: nothing."""
        word = self._words.get(mcu)
        hosted = () if word is None else word.said.hosted
        return next((one for one in hosted if one.conference == conference), None)

    def silent_s(self, mcu: McuName) -> float | None:
        """Return how long ago an MCU spoke; None: it has not spoken yet."""
        word = self._words.get(mcu)
        return None if word is None else self._clock.now_s() - word.at_s

    def is_full(self, mcu: McuName) -> bool:
        """Return True when an MCU that is alive has no place for one more meeting."""
        word = self._words.get(mcu)
        if word is None or word.at_s < self._clock.now_s() - SILENT_S:
            return False
        return word.said.free <= 0

    def places(self, mcu: McuName) -> int:
        """Return how many places an MCU has; 0 when it has not been heard."""
        word = self._words.get(mcu)
        return 0 if word is None else word.said.places

    async def settled(self, meeting: Meeting, timeout_s: float) -> HostedConference | None:
        """Return what a meeting's MCU says of it, as soon as it does; None: not in time."""
        try:
            async with asyncio.timeout(timeout_s), self._heard:
                while (found := self.find(meeting)) is None:
                    await self._heard.wait()
                return found
        except TimeoutError:
            return None
