"""What the office knows of the MCUs: their last status, as they told it over the bus."""

from collections.abc import Mapping

import structlog
from pydantic import ValidationError

from nhipcau.ports.bus import Bus
from nhipcau.ports.clock import Clock
from nhipcau.ports.messages import McuStatus
from nhipcau.ports.subjects import MCU_STATUS
from nhipcau.quantities import McuName

_log = structlog.get_logger()
# An MCU speaks every second; three missed words and it is not shown as alive.
_SILENT_S = 3.5


class McuObserver:
    """Listens to the status of all MCUs."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        self._last: dict[McuName, tuple[float, McuStatus]] = {}

    async def run(self) -> None:
        """Listen until cancelled."""
        async with self._bus.subscribe(MCU_STATUS.pattern) as messages:
            async for message in messages:
                try:
                    status = McuStatus.model_validate_json(message.payload)
                except ValidationError as error:
                    _log.warning("not a status", subject=message.subject, error=str(error))
                    continue
                self._last[status.mcu] = (self._clock.now_s(), status)

    def alive(self) -> Mapping[McuName, McuStatus]:
        """Return the MCUs that have spoken lately."""
        oldest = self._clock.now_s() - _SILENT_S
        return {name: status for name, (at, status) in self._last.items() if at >= oldest}
