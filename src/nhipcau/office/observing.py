"""What the office knows of the MCUs: their last status, as they told it over the bus."""

from collections.abc import Sequence

import structlog
from pydantic import ValidationError

from nhipcau.ports.bus import Bus
from nhipcau.ports.clock import Clock
from nhipcau.ports.messages import McuStatus
from nhipcau.ports.subjects import MCU_STATUS, mcu_status
from nhipcau.quantities import ConferenceId, McuName

_log = structlog.get_logger()
# An MCU speaks every second; three missed words and it is not shown as alive.
_SILENT_S = 3.5


class McuObserver:
    """Listens to the status of all MCUs."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        # Each media process of an MCU speaks for itself and its conference.
        self._last: dict[tuple[McuName, ConferenceId | None], tuple[float, McuStatus]] = {}

    async def run(self) -> None:
        """Listen until cancelled."""
        async with self._bus.subscribe(MCU_STATUS.pattern) as messages:
            async for message in messages:
                try:
                    status = McuStatus.model_validate_json(message.payload)
                except ValidationError as error:
                    _log.warning("not a status", subject=message.subject, error=str(error))
                    continue
                # The bus knows who may speak under which subject; the words alone prove nothing.
                if message.subject != mcu_status(status.mcu):
                    _log.warning("a status in another's name", subject=message.subject)
                    continue
                self._last[status.mcu, status.conference] = (self._clock.now_s(), status)

    def alive(self) -> Sequence[McuStatus]:
        """Return the last words of the media processes that have spoken lately."""
        oldest = self._clock.now_s() - _SILENT_S
        return [status for at, status in self._last.values() if at >= oldest]
