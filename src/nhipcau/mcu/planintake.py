"""The plans that the office has for this MCU go from the bus into its folder of what it hosts.

    registry plan.* ─▶ mine? ─▶ folder            ─▶ another's now? ─▶ hosted here no more

What is in the folder is hosted with or without a bus.
"""

import asyncio

import structlog
from pydantic import ValidationError

from nhipcau.mcu.hostingfolder import HostingFileError, HostingFolder
from nhipcau.ports.bus import BusError, Registry
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.subjects import PLAN
from nhipcau.quantities import McuName

_log = structlog.get_logger()
_RETRY_S = 1.0


class PlanIntake:
    """Takes the plans of one MCU."""

    def __init__(self, registry: Registry, folder: HostingFolder, mcu: McuName) -> None:
        self._registry = registry
        self._folder = folder
        self._mcu = mcu

    async def run(self) -> None:
        """Watch for plans until cancelled."""
        while True:
            try:
                async with self._registry.watch(PLAN.pattern) as entries:
                    async for entry in entries:
                        self._receive(entry.key, entry.value)
            except BusError as error:
                _log.warning("plan watch interrupted", error=str(error))
            await asyncio.sleep(_RETRY_S)

    def _receive(self, key: str, payload: bytes) -> None:
        try:
            plan = ConferencePlan.model_validate_json(payload)
        except ValidationError as error:
            _log.error("the plan is not one of ours, the last good one stays", error=str(error))
            return
        if key != PLAN.named(plan.conference):
            _log.error("a plan under another's name", key=key)
            return
        try:
            self._keep(plan)
        except (HostingFileError, OSError) as error:
            _log.error("the plan can't be kept", conference=plan.conference, error=str(error))

    def _keep(self, plan: ConferencePlan) -> None:
        known = self._folder.find(plan.conference)
        if self._has_part(plan):
            # What is over and was never here need not be known.
            if known is not None or not plan.over:
                self._folder.put(plan)
        elif known is not None and self._has_part(known.plan):
            self._folder.forget(plan.conference)

    def _has_part(self, plan: ConferencePlan) -> bool:
        """Return True when this MCU is root, standby or leaf in that plan."""
        return self._mcu in {plan.mcu, plan.standby, *(leaf.mcu for leaf in plan.leaves)}
