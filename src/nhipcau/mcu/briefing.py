"""The MCU's dealings with the office: it takes its plan and says every second how it is.

Both go over the bus, and the meeting needs neither: without a bus the plan on disk is used and
nobody hears the status.
"""

import asyncio
from collections.abc import Callable

import structlog
from pydantic import ValidationError

from nhipcau.mcu.planfile import PlanFile
from nhipcau.ports.bus import Bus, BusError, Registry
from nhipcau.ports.messages import ConferencePlan, McuStatus
from nhipcau.ports.subjects import mcu_status, plan_key
from nhipcau.quantities import ConferenceId

_log = structlog.get_logger()
_STATUS_S = 1.0
_RETRY_S = 1.0


class Briefing:
    """Keeps one MCU's plan fresh and its status known."""

    def __init__(
        self,
        bus: Bus,
        registry: Registry,
        file: PlanFile,
        on_plan: Callable[[ConferencePlan], bool],
    ) -> None:
        """Begin without a plan; `on_plan` says whether it can be run."""
        self._bus = bus
        self._registry = registry
        self._file = file
        self._on_plan = on_plan
        self._current: ConferencePlan | None = None

    def recall(self) -> None:
        """Take the plan from disk, if there is one."""
        plan = self._file.load()
        if plan is not None:
            self._take(plan)

    async def run(self, conference: ConferenceId, status: Callable[[], McuStatus]) -> None:
        """Watch for plans and publish the status until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch(conference), name="plan watch")
            group.create_task(self._publish(status), name="status")

    async def _watch(self, conference: ConferenceId) -> None:
        while True:
            try:
                async with self._registry.watch(plan_key(conference)) as entries:
                    async for entry in entries:
                        self._receive(entry.value)
            except BusError as error:
                _log.warning("plan watch interrupted", error=str(error))
            await asyncio.sleep(_RETRY_S)

    def _receive(self, payload: bytes) -> None:
        try:
            plan = ConferencePlan.model_validate_json(payload)
        except ValidationError as error:
            _log.error("the plan is not one of ours, the last good one stays", error=str(error))
            return
        if plan != self._current and self._take(plan):
            self._keep(plan)

    def _take(self, plan: ConferencePlan) -> bool:
        if not self._on_plan(plan):
            return False
        self._current = plan
        return True

    def _keep(self, plan: ConferencePlan) -> None:
        try:
            self._file.save(plan)
        except OSError as error:
            # The meeting goes on by the new plan; a restart would ask the bus for it again.
            _log.error("the plan can't be kept on disk", error=str(error))

    async def _publish(self, status: Callable[[], McuStatus]) -> None:
        while True:
            now = status()
            try:
                await self._bus.publish(mcu_status(now.mcu), now.model_dump_json().encode())
            except BusError as error:
                _log.debug("status not heard", error=str(error))
            await asyncio.sleep(_STATUS_S)
