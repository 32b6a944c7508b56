"""The meetings that the office has planned, and the plans that it gives to the MCUs."""

from collections.abc import Sequence
from dataclasses import dataclass

from nhipcau.ports.bus import Registry
from nhipcau.ports.messages import ConferencePlan, PlannedSite
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
    """

    meeting: ConferenceId
    title: str
    mcu: McuName
    mcu_url: str
    chair_site: SiteId
    layout: str
    sites: Sequence[PlannedSite]


class UnknownMeetingError(Exception):
    """No meeting has that id."""


class MeetingBook:
    """Keeps the meetings and hands their plans to the registry, where the MCUs watch for them."""

    def __init__(self, registry: Registry, token_public_key_pem: str) -> None:
        self._registry = registry
        self._key = token_public_key_pem
        self._meetings: dict[ConferenceId, Meeting] = {}

    async def plan(self, meeting: Meeting) -> None:
        """Keep a meeting and publish its plan.

        Raises:
            BusError: the registry can't be reached; the meeting is not kept.
        """
        plan = ConferencePlan(
            conference=meeting.meeting,
            title=meeting.title,
            mcu=meeting.mcu,
            chair_site=meeting.chair_site,
            layout=meeting.layout,
            sites=tuple(meeting.sites),
            token_public_key_pem=self._key,
        )
        await self._registry.put(plan_key(meeting.meeting), plan.model_dump_json().encode())
        self._meetings[meeting.meeting] = meeting

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
