"""The meetings that the office has planned, and the plans that it gives to the MCUs."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from nhipcau.office.admitting import Doors
from nhipcau.ports.bus import Registry
from nhipcau.ports.clock import Clock
from nhipcau.ports.messages import ConferencePlan, PlannedCue, PlannedSite
from nhipcau.ports.subjects import plan_key
from nhipcau.quantities import ConferenceId, McuName, SiteId


@dataclass(frozen=True, slots=True)
class Meeting:
    """A planned meeting.

    Attributes:
        meeting: its id, also the id of the conference that it becomes.
        title: as on the invitation.
        mcu: who runs it.
        mcu_url: how pages reach that MCU.
        chair_site: the chairing site (điểm cầu chủ tọa).
        layout: `auto` or a layout's name, at the start.
        sites: the roster, in calling order.
        starts_s, ends_s: seconds since 1970-01-01 UTC; rooms ring at the first, and at the second
            at the latest every ticket ends. 0: at once, and never.
        scenario: the approved cues, in order.
        opens_s: from when on its MCU has it open; 0: at once.
        begun: somebody started it, whatever the hour.
        over: it is ended or cancelled.
    """

    meeting: ConferenceId
    title: str
    mcu: McuName
    mcu_url: str
    chair_site: SiteId
    layout: str
    sites: Sequence[PlannedSite]
    starts_s: int = 0
    ends_s: int = 0
    scenario: tuple[PlannedCue, ...] = ()
    opens_s: int = 0
    begun: bool = False
    over: bool = False


class UnknownMeetingError(Exception):
    """No meeting has that id."""


class MeetingBook:
    """Keeps the meetings and hands their plans to the registry, where the MCUs watch for them."""

    def __init__(
        self,
        registry: Registry,
        token_public_key_pem: str,
        doors: Doors | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._registry = registry
        self._key = token_public_key_pem
        self._doors = doors
        self._clock = clock
        self._planning = asyncio.Lock()
        self._meetings: dict[ConferenceId, Meeting] = {}

    async def plan(self, meeting: Meeting) -> None:
        """Keep a meeting and publish its plan; one that is over is kept no more.

        Raises:
            BusError: the registry can't be reached; the meeting is not kept.
            StoreError: who may come in can't be read; the meeting is not kept.
        """
        # One after another, so that an older plan never follows a newer one.
        async with self._planning:
            await self._publish(meeting)
            if meeting.over:
                self._meetings.pop(meeting.meeting, None)
            else:
                self._meetings[meeting.meeting] = meeting

    async def publish_again(self, *sites: SiteId) -> None:
        """Publish the plans of all meetings that one of `sites` takes part in; of all if none.

        Raises:
            BusError, StoreError: as `plan`; some may be out.
        """
        chosen = set(sites)
        for meeting in self.all():
            if not chosen or not chosen.isdisjoint(one.site for one in meeting.sites):
                await self.plan(meeting)

    async def _publish(self, meeting: Meeting) -> None:
        plan = ConferencePlan(
            conference=meeting.meeting,
            title=meeting.title,
            mcu=meeting.mcu,
            chair_site=meeting.chair_site,
            layout=meeting.layout,
            sites=tuple(meeting.sites),
            token_public_key_pem=self._key,
            scenario=meeting.scenario,
            opens_s=meeting.opens_s,
            over=meeting.over,
        )
        if self._doors is not None and self._clock is not None:
            now_ms = round(self._clock.wall_s() * 1000)
            given = await asyncio.to_thread(
                self._doors.of, meeting.meeting, tuple(meeting.sites), now_ms
            )
            plan = plan.model_copy(update={**given, "tickets_end_s": meeting.ends_s})
        await self._registry.put(plan_key(meeting.meeting), plan.model_dump_json().encode())

    def all(self) -> list[Meeting]:
        """Return every meeting, in the order in which they were planned."""
        return list(self._meetings.values())

    def get(self, meeting: ConferenceId) -> Meeting:
        """Return one meeting.

        Raises:
            UnknownMeetingError: there is none of that id.
        """
        try:
            return self._meetings[meeting]
        except KeyError:
            raise UnknownMeetingError(meeting) from None
