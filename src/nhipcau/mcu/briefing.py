"""A conference's plan, as it comes: the last good one is kept, a bad one changes nothing.

hosting folder ─▶ plan ─▶ can it be run? ─▶ run, and kept beside the event log
"""

from collections.abc import AsyncIterator, Callable

import structlog

from nhipcau.mcu.planfile import PlanFile
from nhipcau.ports.messages import ConferencePlan

_log = structlog.get_logger()


class Briefing:
    """Keeps one conference's plan fresh."""

    def __init__(self, file: PlanFile, on_plan: Callable[[ConferencePlan], bool]) -> None:
        """Begin without a plan; `on_plan` says whether it can be run."""
        self._file = file
        self._on_plan = on_plan
        self._current: ConferencePlan | None = None

    def recall(self) -> None:
        """Take the last good plan from disk, if there is one."""
        plan = self._file.load()
        if plan is not None:
            self._take(plan)

    async def run(self, plans: AsyncIterator[ConferencePlan]) -> None:
        """Take each plan as it comes, until there are no more or cancelled."""
        async for plan in plans:
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
            # The meeting goes on by the new plan; a restart would find it in the folder again.
            _log.error("the plan can't be kept on disk", error=str(error))
