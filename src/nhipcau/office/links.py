"""Links into a meeting: a page of the MCU with a token in the fragment, which no server sees."""

import secrets
from collections.abc import Callable, Mapping

from nhipcau.office.meetings import Meeting
from nhipcau.office.tokens import Seat, TokenIssuer
from nhipcau.ports.clock import Clock
from nhipcau.quantities import SiteId

# A working day: rehearsal in the morning, session, and what comes after.
_LIFETIME_S = 16 * 3600.0


class LinkMaker:
    """Makes the links of a meeting."""

    def __init__(
        self,
        issuer: TokenIssuer,
        clock: Clock,
        url_of: Callable[[Meeting, SiteId | None], str] = lambda meeting, _: meeting.mcu_url,
    ) -> None:
        """Sign with `issuer`; `url_of` says where a room's pages find a meeting now, or those of
        whoever runs it.
        """
        self._issuer = issuer
        self._clock = clock
        self._url_of = url_of

    def room(self, meeting: Meeting, site: SiteId) -> str:
        """Return the link that opens the room page as `site`."""
        return self._link(meeting, "room", Seat(meeting.meeting, "site", site))

    def chair(self, meeting: Meeting) -> str:
        """Return the link to the chair's page."""
        seat = Seat(meeting.meeting, "chair", meeting.chair_site)
        return self._link(meeting, "chair", seat)

    def secretary(self, meeting: Meeting) -> str:
        """Return the link to the secretary's page."""
        return self._link(meeting, "secretary", Seat(meeting.meeting, "secretary", None))

    def console(self, meeting: Meeting, bearer: str = "") -> str:
        """Return the link to the console of the whole meeting; `bearer`: whose it is, by name."""
        seat = Seat(meeting.meeting, "console", None, bearer=bearer)
        return self._link(meeting, "console", seat)

    def operator(self, meeting: Meeting, subtree: SiteId) -> str:
        """Return the link to the console of whoever looks after `subtree` and all below it."""
        return self._link(meeting, "console", Seat(meeting.meeting, "operator", None, subtree))

    def guest(self, meeting: Meeting, site: SiteId, lifetime_s: float) -> str:
        """Return a guest's link, good for `lifetime_s`; without its PIN it opens nothing."""
        seat = Seat(meeting.meeting, "guest", site)
        return self._link(meeting, "guest", seat, lifetime_s)

    def operators(self, meeting: Meeting) -> Mapping[SiteId, str]:
        """Return an operator's link for each site that has others below it, but for the chair's."""
        above = {planned.parent for planned in meeting.sites} - {meeting.chair_site}
        leading = (planned.site for planned in meeting.sites if planned.site in above)
        return {site: self.operator(meeting, site) for site in leading}

    def rooms(self, meeting: Meeting) -> Mapping[SiteId, str]:
        """Return the room link of every site."""
        return {planned.site: self.room(meeting, planned.site) for planned in meeting.sites}

    def _link(
        self, meeting: Meeting, page: str, seat: Seat, lifetime_s: float = _LIFETIME_S
    ) -> str:
        token = self._issuer.issue(
            seat,
            token_id=secrets.token_urlsafe(12),
            now_s=self._clock.wall_s(),
            lifetime_s=lifetime_s,
        )
        # Whoever runs the meeting is at its root; a chair's seat names its site, too.
        room = seat.site if seat.role in ("site", "guest") else None
        return f"{self._url_of(meeting, room)}/{page}#token={token}"
