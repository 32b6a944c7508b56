"""`bench join`, the emergency: from the press to sound in the rooms of a whole province.

enrol 145 rooms ─▶ each waits at the bell ─▶ press ─▶ hosted ─▶ ring ─▶ proof ─▶ ICE, DTLS ─▶ sound

Every room is a real device of the office's database, at a real bell, and comes by proof of its key.
"""

import asyncio
import json
import math
import time
import urllib.request
from collections.abc import Iterable, Sequence
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect

from nhipcau.app.clock import SystemClock
from nhipcau.bench.ownsites import fleet_here
from nhipcau.bench.report import Figure, at_most, percentile, plain
from nhipcau.bench.stage import Stage, demo_stage
from nhipcau.credentials import statements
from nhipcau.office.enrolment import Enrolment
from nhipcau.ports.devices import JoinPolicy
from nhipcau.quantities import DeviceId, SiteId
from nhipcau.rehearsal.device import RoomDevice
from nhipcau.rehearsal.fleet import Fleet
from nhipcau.rehearsal.spec import SiteSpec
from nhipcau.storage.database import open_database, sqlite_url
from nhipcau.storage.sqldevices import SqlDeviceStore

_GOAL_S = 5.0
_ROOMS = 145
_LEADER = "chu-toa"
_HALL = "56"
_PATIENCE_S = 90.0
# A person presses some time after the rooms were switched on.
_CALM_S = 4.0
# Beyond it a room has not come.
_COMING_S = 30.0
_POLL_S = 0.05
_SECRET = bytes(32)


async def emergency_figures() -> list[Figure]:
    """Return how long a province of idle rooms takes from the press to its sound."""
    async with demo_stage(0) as stage:
        codes = [SiteId(code) for code in stage.announcement["join"]][:_ROOMS]
        given = await asyncio.to_thread(_pass, stage)
        devices = await asyncio.to_thread(_enrol, stage.data, codes)
        bells = tuple(_socket(front, "/bell") for front in given["fronts"])
        async with fleet_here() as fleet:
            for code, device in zip(codes, devices, strict=True):
                room = device.model_copy(update={"fronts": bells})
                fleet.add(SiteSpec(code=code, name=code, device=room))
            await _until_waiting(fleet, len(codes))
            await asyncio.sleep(_CALM_S)
            pressed_s, called_s = await _press(given)
            await _until_sound(fleet, pressed_s)
            took = _times(fleet, pressed_s)
    return [
        at_most("emergency_95_percent_s", percentile(took, 0.95), "s", _GOAL_S),
        plain("emergency_median_s", percentile(took, 0.5), "s"),
        plain("emergency_called_ms", 1000 * (called_s - pressed_s), "ms"),
        plain("emergency_rooms", sum(map(math.isfinite, took)), "rooms"),
    ]


def _enrol(data: Path, codes: Iterable[SiteId]) -> list[RoomDevice]:
    """Enrol a device for each site, by a code each, as the office does.

    In its database: over HTTP its brake on codes would make it a quarter of an hour.
    """
    store = SqlDeviceStore(open_database(sqlite_url(data / "office" / "office.db")))
    enrolment = Enrolment(store, SystemClock(), _SECRET)
    try:
        return [_enrol_one(enrolment, code) for code in codes]
    finally:
        store.close()


def _enrol_one(enrolment: Enrolment, code: SiteId) -> RoomDevice:
    room = RoomDevice.fresh()
    shown = enrolment.make_code(code, JoinPolicy.ITSELF).code
    signature = room.sign(statements.pairing(shown.replace("-", ""), room.public))
    enrolled = enrolment.pair(shown, room.public, signature, "bench")
    return room.model_copy(update={"device": DeviceId(enrolled.device)})


def _pass(stage: Stage) -> dict[str, Any]:
    """Return a pass of the province's leader, as the office gives it."""
    office = str(stage.announcement["office"])
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    accounts = stage.announcement["accounts"]
    link = next(str(one["url"]) for one in accounts if one["name"] == _LEADER)
    _post(opener, f"{office}/api/v1/sign-in/link", {"token": link.split("#sign-in=", 1)[1]})
    given: dict[str, Any] = _post(opener, f"{office}/api/v1/emergency/passes", {"site": _HALL})
    return given


def _post(opener: urllib.request.OpenerDirector, url: str, body: object) -> Any:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with opener.open(request, timeout=_PATIENCE_S) as answer:
        said = answer.read()
        return json.loads(said) if said else None


async def _press(given: dict[str, Any]) -> tuple[float, float]:
    """Press; return when, and when the front had called."""
    url = _socket(given["fronts"][0], "/emergency/call")
    async with asyncio.timeout(_PATIENCE_S), connect(url, max_size=2**22, proxy=None) as socket:
        await socket.send(json.dumps({"type": "hello", "v": 1, "pass": given["text"]}))
        pressed_s = math.nan
        async for text in socket:
            said = json.loads(text)
            if said["type"] == "error":
                raise RuntimeError(f"nobody was called: {said}")
            if said["type"] == "welcome":
                pressed_s = time.monotonic()
                await socket.send(json.dumps({"type": "press", "title": "Họp khẩn"}))
            if said["type"] == "called":
                return pressed_s, time.monotonic()
    raise RuntimeError("the front closed the connection")


async def _until_waiting(fleet: Fleet, rooms: int) -> None:
    """Return when all rooms wait at the bell.

    Raises:
        TimeoutError: some do not.
    """
    async with asyncio.timeout(_PATIENCE_S):
        while fleet.waiting() < rooms:  # noqa: ASYNC110 - polled
            await asyncio.sleep(_POLL_S)


async def _until_sound(fleet: Fleet, pressed_s: float) -> None:
    while time.monotonic() - pressed_s < _COMING_S:
        if all(math.isfinite(one) for one in _times(fleet, pressed_s)):
            return
        # Seldom: the rooms share this process.
        await asyncio.sleep(10 * _POLL_S)


def _times(fleet: Fleet, pressed_s: float) -> Sequence[float]:
    """Return when each room heard its first sound, in seconds after the press."""
    firsts = [site.sound.first_s for site in fleet.stats().values()]
    return [math.inf if first is None else first - pressed_s for first in firsts]


def _socket(front: str, path: str) -> str:
    return f"{front.replace('http', 'ws', 1)}{path}"
