"""A console's counterpart for `bench wall`: the real pages, and a meeting that only its words play.

    Crowd ─ roster, five deltas a second, each watched site's still every 3 s ─▶ real console page

It speaks docs/PROTOCOL.md with the MCU's own row and state; there is no media, because a bench of
the wall would then measure the decoding of the program.
"""

import asyncio
import contextlib
import itertools
import json
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, replace

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from nhipcau.app.httpserver import bind_tcp, serving
from nhipcau.conference.views import MicView, RosterView, SiteRef, SiteView, Tally
from nhipcau.mcu.wall import STILL_S
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.stills import still
from nhipcau.web.pages import STATIC_DIR, serve_pages

_DISTRICT_SITES = 17
_TURN_S = 0.2
_BEAT_TURNS = 5
# Microphones that are open, and rows whose loss changes, in each turn.
_TALKERS = 3
_LINES = 4
_FACES = 24
_TOP = SiteId("56")


def is_built() -> bool:
    """Return True when there are pages to serve."""
    return (STATIC_DIR / "index.html").is_file()


class Crowd:
    """A meeting of many sites as one console is told of it.

    Attributes:
        speed: how many times faster than in life everything happens.
    """

    def __init__(self, sites: int, speed: float) -> None:
        self.speed = speed
        self._chance = random.Random(sites)
        self._rows = {row.site: row for row in _rows(sites)}
        self._faces = [still(SiteId(f"{n}"), f"Xã {n}", n % 8) for n in range(_FACES)]
        self._watched: Sequence[SiteId] = ()

    async def talk(self, socket: WebSocket) -> None:
        """Speak to one console until it goes."""
        await socket.accept()
        await socket.receive_text()
        for message in (self._welcome(), self._state(), self._roster()):
            await socket.send_text(json.dumps(message))
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen(socket), name="listen")
                group.create_task(self._tell(socket), name="tell")
                group.create_task(self._show(socket), name="show")

    async def _listen(self, socket: WebSocket) -> None:
        while True:
            message = json.loads(await socket.receive_text())
            if message["type"] == "watch_stills":
                self._watched = tuple(message["sites"])

    async def _tell(self, socket: WebSocket) -> None:
        for turn in itertools.count():
            await asyncio.sleep(_TURN_S / self.speed)
            delta = {"type": "roster_delta", "sites": self._changes()}
            await socket.send_text(json.dumps(delta))
            if turn % _BEAT_TURNS == 0:
                await socket.send_text(json.dumps({"type": "beat", "t": turn}))

    async def _show(self, socket: WebSocket) -> None:
        """Send each watched site's still in turn, evenly over the period."""
        sent = 0
        while True:
            watched = self._watched
            await asyncio.sleep(STILL_S / self.speed / max(1, len(watched)))
            if watched:
                sent += 1
                code = watched[sent % len(watched)].encode("ascii")
                face = self._faces[(sent + sent // len(watched)) % _FACES]
                await socket.send_bytes(bytes((len(code),)) + code + face)

    def _changes(self) -> list[dict[str, object]]:
        talkers = list(self._rows)[:_TALKERS]
        lines = self._chance.sample(list(self._rows), _LINES)
        for site in talkers:
            level = -self._chance.randrange(12, 60)
            self._rows[site] = replace(self._rows[site], mic=True, level_dbov=level)
        for site in lines:
            loss = round(self._chance.random() ** 4 / 10, 4)
            self._rows[site] = replace(self._rows[site], loss=loss)
        return [asdict(self._rows[site]) for site in {*talkers, *lines}]

    def _welcome(self) -> dict[str, object]:
        conference = {"conference": "bench", "title": "Bench", "chair_site": _TOP, "chair_name": ""}
        return {
            "type": "welcome",
            "v": 1,
            "endpoint": "bench",
            "role": "console",
            "site": None,
            "conference": conference,
            "layouts": [{"name": "speaker", "cells": 1}],
            "wall_ms": 0,
            "beat_ms": 1000,
        }

    def _state(self) -> dict[str, object]:
        return {"type": "state", **asdict(_calm_state(len(self._rows)))}

    def _roster(self) -> dict[str, object]:
        return {"type": "roster", "sites": [asdict(row) for row in self._rows.values()]}


@contextlib.asynccontextmanager
async def wall_stage(crowd: Crowd) -> AsyncIterator[str]:
    """Serve the console to whoever comes; yield its address."""
    app = FastAPI()
    app.add_api_websocket_route("/signal", crowd.talk)
    serve_pages(app, ("/console",))
    listener = bind_tcp("127.0.0.1", 0)
    port = listener.getsockname()[1]
    async with serving(app, listener):
        yield f"http://127.0.0.1:{port}/console#token=bench"


def _rows(sites: int) -> list[RosterView]:
    """Return a province, its districts and their communes, `sites` rows in all."""
    rows = [_row(_TOP, "Tỉnh Khánh Hòa", "province", None)]
    while len(rows) < sites:
        place = len(rows) - 1
        district = SiteId(f"h{place // _DISTRICT_SITES}")
        if place % _DISTRICT_SITES == 0:
            rows.append(_row(district, f"Huyện {district}", "district", _TOP))
        else:
            rows.append(_row(SiteId(f"x{place}"), f"Xã {place}", "commune", district))
    return rows


def _row(site: SiteId, name: str, level: str, parent: SiteId | None) -> RosterView:
    return RosterView(
        site=site,
        name=name,
        level=level,
        parent=parent,
        present=True,
        state="present",
        mic=False,
        camera=True,
        hand=None,
        asked=False,
        floor=False,
        sharing=False,
        synthetic=False,
        level_dbov=None,
        loss=0.0,
        rung="720p",
        capture=True,
        guest=False,
        removed=False,
        roster_shown=False,
        spoken_ms=0,
        speaks_since_ms=None,
    )


def _calm_state(sites: int) -> SiteView:
    return SiteView(
        seq=1,
        tally=Tally.LISTEN,
        mic=MicView(open=False, locked=False),
        camera=False,
        hand=None,
        asked=False,
        waiting=False,
        asking=(),
        hands=0,
        sharing=False,
        floor=(SiteRef(_TOP, "Tỉnh Khánh Hòa"),),
        next=None,
        speaker=None,
        content=None,
        layout="auto",
        shown="speaker",
        cells=(),
        present=sites,
        invited=sites,
        undo_ms=0,
        mics_locked=False,
        hands_via_parent=False,
        doors_ask=False,
        locked=False,
        guest=False,
        cue=None,
        vote=None,
        prompt=None,
        roll=None,
    )
