"""The API of guests: invite one to a meeting, list the invitations, withdraw one."""

import asyncio

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException

from nhipcau.access.actions import Action
from nhipcau.quantities import ConferenceId, SiteId
from nhipcau.web.device_api import tell_plans
from nhipcau.web.problems import Problem
from nhipcau.web.room_parts import RoomParts
from nhipcau.web.room_schema import GuestIn, GuestOut, InvitationOut, guest_out

_PROBLEMS: dict[int | str, dict[str, object]] = {
    status: {"model": Problem} for status in (403, 404, 409, 503)
}
# As many as a plan takes; far more than a meeting has guests.
_MOST = 200


def guest_router(parts: RoomParts) -> APIRouter:
    """Return the routes of guests."""
    router = APIRouter(prefix="/api/v1", responses=_PROBLEMS)

    @router.get("/meetings/{meeting}/guests")
    async def guests(meeting: str) -> list[GuestOut]:
        """Return the invitations to a meeting, the withdrawn too."""
        known = parts.meeting(meeting)
        kept = await asyncio.to_thread(parts.inviting.store.guests, known.meeting)
        return [guest_out(guest) for guest in kept]

    @router.post("/meetings/{meeting}/guests", status_code=201)
    async def invite(meeting: str, body: GuestIn, request: Request) -> InvitationOut:
        """Invite one agency; link and PIN are in the answer and nowhere else."""
        known = parts.meeting(meeting)
        await asyncio.to_thread(_check_room, parts, known.meeting)
        made = await asyncio.to_thread(
            parts.inviting.invite, known, body.agency, body.person, body.hours
        )
        parts.note(request, Action.GUESTS_INVITE, f"guest:{made.guest.site}")
        await _tell(parts, known.meeting)
        return InvitationOut(**guest_out(made.guest).model_dump(), link=made.link, pin=made.pin)

    @router.delete("/meetings/{meeting}/guests/{site}", status_code=204)
    async def withdraw(meeting: str, site: str, request: Request) -> None:
        """Withdraw an invitation; the guest is put out of a live meeting."""
        known = parts.meeting(meeting)
        kept = await asyncio.to_thread(parts.inviting.store.guests, known.meeting)
        if site not in {guest.site for guest in kept}:
            raise HTTPException(404, "there is no such invitation")
        await asyncio.to_thread(parts.inviting.withdraw, SiteId(site))
        parts.note(request, Action.GUESTS_INVITE, f"guest:{site}")
        await _tell(parts, known.meeting)

    return router


async def _tell(parts: RoomParts, meeting: ConferenceId) -> None:
    await tell_plans(parts, *(one.site for one in parts.book.get(meeting).sites))


def _check_room(parts: RoomParts, meeting: ConferenceId) -> None:
    now_ms = parts.clock.wall_s() * 1000
    kept = parts.inviting.store.guests(meeting)
    good = [one for one in kept if one.withdrawn_ms is None and one.expires_ms > now_ms]
    if len(good) >= _MOST:
        raise HTTPException(409, f"a meeting has at most {_MOST} guests")
