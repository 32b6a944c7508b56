"""The API of rooms as devices: codes and devices for administrators, pairing and agenda for rooms.

A room shows no cookie and no token: each of its calls is signed with its key.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException

from nhipcau.access.actions import Action
from nhipcau.office.enrolment import EnrolmentError, SignedBy
from nhipcau.office.meetings import Meeting
from nhipcau.ports.bus import BusError
from nhipcau.ports.devices import Device, StaleDeviceError
from nhipcau.ports.messages import PlannedSite
from nhipcau.quantities import DeviceId, SiteId
from nhipcau.web.problems import Problem
from nhipcau.web.room_parts import RoomParts, address_of
from nhipcau.web.room_schema import (
    AgendaMeeting,
    AgendaOut,
    CodeIn,
    CodeOut,
    DeviceChange,
    DeviceOut,
    PairingIn,
    RoomOut,
    RotationIn,
    SignedIn,
    device_out,
)

_STATUS = {
    "code_refused": 403,
    "key_invalid": 422,
    "signature_invalid": 403,
    "clock": 409,
    "unknown": 404,
}
_PROBLEMS: dict[int | str, dict[str, object]] = {
    status: {"model": Problem} for status in (403, 404, 409, 429, 503)
}


def device_router(parts: RoomParts) -> APIRouter:
    """Return the routes of devices."""
    router = APIRouter(prefix="/api/v1", responses=_PROBLEMS)
    _add_administration(router, parts)
    _add_room(router, parts)
    return router


def _add_administration(router: APIRouter, parts: RoomParts) -> None:
    @router.post("/sites/{site}/pairing-codes", status_code=201)
    async def make_code(site: str, body: CodeIn, request: Request) -> CodeOut:
        """Make a code that enrols one browser as this site's room: 10 minutes, once."""
        known = await asyncio.to_thread(parts.names.find, SiteId(site))
        if known is None:
            raise HTTPException(404, f"there is no site {site!r}")
        fresh = await asyncio.to_thread(parts.enrolment.make_code, known.site, body.join)
        parts.note(request, Action.DEVICES_CHANGE, f"site:{site}")
        return CodeOut(
            code=fresh.code, site=site, site_name=known.name, expires_ms=fresh.expires_ms
        )

    @router.get("/rooms")
    async def rooms(request: Request) -> list[RoomOut]:
        """Return every site of one's subtree, and how many devices stand for it."""
        return await asyncio.to_thread(_rooms, parts, request)

    @router.get("/devices")
    async def devices(
        request: Request, site: Annotated[str | None, Query(max_length=64)] = None
    ) -> list[DeviceOut]:
        """Return the enrolled devices of one's subtree, of all its sites or of one."""
        return await asyncio.to_thread(_devices, parts, request, site)

    @router.patch("/devices/{device}")
    async def change(device: str, body: DeviceChange, request: Request) -> DeviceOut:
        """Change what a room does when its meeting starts, or when it is called."""
        work = lambda: parts.enrolment.set_policy(  # noqa: E731
            DeviceId(device), body.join, body.emergency
        )
        changed = await _do(parts, request, Action.DEVICES_CHANGE, work)
        return await asyncio.to_thread(_out, parts, changed)

    @router.delete("/devices/{device}")
    async def revoke(device: str, request: Request) -> DeviceOut:
        """Revoke a device: it is let in no more, and put out of a live meeting."""
        work = lambda: parts.enrolment.revoke(DeviceId(device))  # noqa: E731
        revoked = await _do(parts, request, Action.DEVICES_CHANGE, work)
        await tell_plans(parts, revoked.site)
        return await asyncio.to_thread(_out, parts, revoked)


def _add_room(router: APIRouter, parts: RoomParts) -> None:
    @router.post("/room/pairing", status_code=201)
    async def pair(body: PairingIn, request: Request) -> DeviceOut:
        """Enrol this browser by a code; it proves that it has the key."""
        parts.check_tries(request)
        name = body.name or address_of(request)
        work = lambda: parts.enrolment.pair(body.code, body.key, body.signature, name)  # noqa: E731
        device = await _do(parts, request, Action.ROOM_PAIR, work)
        await tell_plans(parts, device.site)
        return await asyncio.to_thread(_out, parts, device)

    @router.post("/room/agenda")
    async def agenda(body: SignedIn) -> AgendaOut:
        """Return what comes next for the room that signed this."""
        device = await recognised(parts, body)
        return await asyncio.to_thread(_agenda, parts, device)

    @router.post("/room/keys", status_code=201)
    async def rotate(body: RotationIn, request: Request) -> DeviceOut:
        """Let a new key follow the room's old one; both are good for two weeks."""
        said = SignedBy(DeviceId(body.device), body.at_ms, body.signature)
        work = lambda: parts.enrolment.rotate(said, body.key, body.key_signature)  # noqa: E731
        device = await _do(parts, request, Action.ROOM_SELF, work)
        await tell_plans(parts, device.site)
        return await asyncio.to_thread(_out, parts, device)


async def recognised(parts: RoomParts, body: SignedIn) -> Device:
    """Return the device that signed this.

    Raises:
        HTTPException: its key is not known, its signature or its clock is wrong.
    """
    said = SignedBy(DeviceId(body.device), body.at_ms, body.signature)
    return await _answer(parts, lambda: parts.enrolment.recognise(said))


async def tell_plans(parts: RoomParts, *sites: SiteId) -> None:
    """Publish the plans that know these sites, so that the MCUs know of the change.

    Raises:
        HTTPException: 503: kept, but the MCUs can't be told now.
    """
    try:
        await parts.book.publish_again(*sites)
    except BusError as error:
        raise HTTPException(503, f"it is kept, but the MCUs can't be told now: {error}") from None


async def _do(
    parts: RoomParts, request: Request, action: Action, work: Callable[[], Device]
) -> Device:
    """Do one deed on a device and tell the audit how it went."""
    try:
        device = await _answer(parts, work)
    except HTTPException as error:
        parts.note(request, action, "device:", f"refused:{error.status_code}")
        raise
    parts.note(request, action, f"device:{device.device}")
    parts.changed()
    return device


async def _answer(parts: RoomParts, work: Callable[[], Device]) -> Device:
    """Run blocking work; its refusals become answers. A wrong clock is told the right one."""
    try:
        return await asyncio.to_thread(work)
    except EnrolmentError as error:
        now_ms = round(parts.clock.wall_s() * 1000)
        headers = {"X-Now-Ms": str(now_ms)} if error.code == "clock" else None
        raise HTTPException(_STATUS[error.code], str(error), headers=headers) from None
    except StaleDeviceError:
        raise HTTPException(409, "somebody else has just changed this device") from None


def _rooms(parts: RoomParts, request: Request) -> list[RoomOut]:
    kept = parts.enrolment.store.devices()
    count = Counter(device.site for device in kept if device.revoked_ms is None)
    sites, may_see = parts.names.all(), parts.seeing(request)
    return [
        RoomOut(
            site=one.site,
            name=one.name,
            level=one.level,
            parent_name=_name_of(sites, one.parent),
            devices=count[one.site],
        )
        for one in sites.values()
        if may_see(one.site)
    ]


def _name_of(sites: Mapping[SiteId, PlannedSite], site: SiteId | None) -> str | None:
    known = sites.get(site) if site is not None else None
    return None if known is None else known.name


def _devices(parts: RoomParts, request: Request, site: str | None) -> list[DeviceOut]:
    kept, may_see = parts.enrolment.store.devices(), parts.seeing(request)
    return [
        _out(parts, device)
        for device in kept
        if site in (None, device.site) and may_see(device.site)
    ]


def _out(parts: RoomParts, device: Device) -> DeviceOut:
    return device_out(device, parts.names.find(device.site))


def _agenda(parts: RoomParts, device: Device) -> AgendaOut:
    site = parts.names.find(device.site)
    parent = parts.names.find(site.parent) if site is not None and site.parent else None
    now_s = parts.clock.wall_s()
    coming = [
        meeting
        for meeting in parts.book.all()
        if any(one.site == device.site for one in meeting.sites)
        and (not meeting.ends_s or meeting.ends_s > now_s)
    ]
    return AgendaOut(
        now_ms=round(now_s * 1000),
        device=device.device,
        site=device.site,
        site_name=site.name if site is not None else "",
        parent_name=parent.name if parent is not None else None,
        join=device.join,
        fronts=list(parts.fronts(device.site)),
        meetings=[
            _agenda_meeting(meeting, parts.urls(meeting, device.site), now_s)
            for meeting in sorted(coming, key=lambda one: one.starts_s)
        ],
    )


def _agenda_meeting(meeting: Meeting, urls: tuple[str, ...], now_s: float) -> AgendaMeeting:
    """Return a meeting as a room sees it: live once it has begun and is hosted somewhere."""
    begun = meeting.starts_s <= now_s or meeting.begun
    chair = next((one.name for one in meeting.sites if one.site == meeting.chair_site), "")
    return AgendaMeeting(
        meeting=meeting.meeting,
        title=meeting.title,
        chair_name=chair,
        starts_ms=meeting.starts_s * 1000,
        live=begun and bool(urls),
        mcus=list(urls),
    )
