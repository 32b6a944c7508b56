"""Hosting by this MCU's own folder: a plan is put there, and its MCU finds it a place at once."""

import asyncio
from collections.abc import Sequence

from nhipcau.mcu.emergency.front import NotHostedError
from nhipcau.mcu.hostingfolder import HostingFileError, HostingFolder
from nhipcau.ports.messages import ConferencePlan
from nhipcau.quantities import ConferenceId

# The MCU looks into its folder ten times a second; a busy machine takes longer.
_PLACED_S = 5.0
_LOOK_S = 0.01


class FolderHosting:
    """The folder of one MCU, and where pages reach its places."""

    def __init__(self, folder: HostingFolder, urls: Sequence[str]) -> None:
        """Use a folder.

        Args:
            folder: the MCU's.
            urls: of its places, in their order.
        """
        self._folder = folder
        self._urls = urls

    async def begin(self, plan: ConferencePlan) -> str:
        """Put the plan there and return where its conference will be reached.

        Raises:
            NotHostedError: no place is free, or the disk refuses; nothing is left of the plan.
        """
        try:
            self._folder.put(plan)
        except (HostingFileError, OSError) as error:
            raise NotHostedError(f"the plan can't be kept: {error}") from None
        try:
            async with asyncio.timeout(_PLACED_S):
                while (url := self._url(plan.conference)) is None:  # noqa: ASYNC110 - a file
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError:
            self._folder.forget(plan.conference)
            raise NotHostedError("no place of this MCU is free") from None
        return url

    def is_over(self, conference: ConferenceId) -> bool:
        """Return True when a conference was ended, or nothing is known of it any more."""
        found = self._folder.find(conference)
        return found is None or found.ended_s is not None

    def _url(self, conference: ConferenceId) -> str | None:
        found = self._folder.find(conference)
        if found is None or found.place is None or found.place >= len(self._urls):
            return None
        return self._urls[found.place] or None
