"""From the ids in a route's path to what the policy is asked about.

{meeting} ─▶ all who take part      {site}, {device} ─▶ whose room it is      others: the verb
"""

from collections.abc import Callable

from fastapi import HTTPException, Request

from nhipcau.access.actor import Target
from nhipcau.office.meetings import MeetingBook, UnknownMeetingError
from nhipcau.office.people.parts import meeting_target, site_target
from nhipcau.org.view import TreeView
from nhipcau.quantities import ConferenceId, SiteId
from nhipcau.web.room_parts import RoomParts

Locator = Callable[[Request], Target | None]


def locator(view: Callable[[], TreeView], book: MeetingBook, rooms: RoomParts | None) -> Locator:
    """Return what finds the target of a request.

    What it can't find it answers like what the caller may not know of: 404 with the same words.
    """

    def locate(request: Request) -> Target | None:
        given = request.path_params
        if "meeting" in given:
            try:
                return meeting_target(view(), book.get(ConferenceId(given["meeting"])))
            except UnknownMeetingError:
                raise hidden() from None
        if "site" in given:
            return site_target(view(), SiteId(given["site"]))
        if "device" in given and rooms is not None:
            kept = rooms.enrolment.store.devices()
            site = next((one.site for one in kept if one.device == given["device"]), None)
            if site is None:
                raise hidden()
            return site_target(view(), site)
        return None

    return locate


def hidden() -> HTTPException:
    """Return the answer for what is not there, or not for whoever asks to know of."""
    return HTTPException(404, "there is none of that id in your subtree")
