"""The announcer: tells every endpoint what changed, and only that.

    conference or levels changed ──▶ at most 20 times a second ──▶ state, roster_delta, upstream
    every 100 ms, or every second ──▶ beat

Twenty commands in one moment cost one message for each endpoint, not twenty.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from nhipcau.conference.arrange import Arrangement
from nhipcau.conference.rollcall_views import roll_view
from nhipcau.conference.scenario_views import scenario_view
from nhipcau.conference.views import (
    Meter,
    Scene,
    participants,
    roster_row,
    scene,
    site_view,
    visible_sites,
)
from nhipcau.conference.vote_views import vote_views
from nhipcau.mcu.desk import Desk
from nhipcau.mcu.direction import Direction
from nhipcau.mcu.drilling import Drilling
from nhipcau.mcu.endpoint import Endpoint, Outgoing
from nhipcau.mcu.host import ConferenceHost
from nhipcau.mcu.posting import QUICK_BEAT_S, SLOW_EVERY, Posting
from nhipcau.ports.clock import Clock
from nhipcau.ports.messages import ConferencePlan
from nhipcau.ports.posts import homes_of
from nhipcau.quantities import McuName, SiteId

_ANNOUNCE_S = 0.05
# The roster is for eyes that look over many rows: five changes a second are as live as it gets.
_ROSTER_EVERY = 4
_ROLL_EVERY = 10

_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """What the announcer looks at."""

    host: ConferenceHost
    desk: Desk
    direction: Direction
    clock: Clock
    posting: Posting
    drilling: Drilling


class Announcer:
    """Speaks to all endpoints of one conference, on the event loop."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.drilling = stage.drilling
        self._rows: dict[SiteId, _Row] = {}
        self._homes_of: ConferencePlan | None = None
        self._homes: Mapping[SiteId, McuName] = {}
        self._announced_seq = -1
        self._ticks = 0

    def welcome(self, endpoint: Endpoint) -> None:
        """Say the first words to a new endpoint: who it is, where it is, and what is going on."""
        if endpoint.media is not None:
            # It was warm: what it is to send and to see is at hand.
            self._stage.direction.refresh()
        state = self._stage.host.state
        layouts = self._stage.direction.layouts
        chair = state.sites.get(state.chair_site)
        plan = self._stage.desk.plan
        carried = plan.carried if plan is not None else None
        endpoint.outbox.send(
            {
                "type": "welcome",
                "v": 1,
                "endpoint": endpoint.id,
                "role": endpoint.ticket.role.value,
                "site": self._introduction(endpoint),
                "conference": {
                    "conference": state.conference,
                    "title": state.title,
                    "chair_site": state.chair_site,
                    "chair_name": chair.name if chair else "",
                    "parent": plan.parent if plan is not None else None,
                    "rehearsal": state.rehearsal,
                    "cut_from": carried.source if carried is not None else None,
                },
                "layouts": [
                    {"name": name, "cells": len(layout.regions)} for name, layout in layouts.items()
                ],
                "wall_ms": round(self._stage.clock.wall_s() * 1000),
                "beat_ms": round(self._stage.posting.beat_s(endpoint) * 1000),
                "ticket": self._stage.desk.resume_text(endpoint),
                "chair_ticket": self._stage.desk.chair_text(endpoint),
            }
        )
        self._tell(endpoint, self._scene(self._stage.direction.seen_by(endpoint)))
        if endpoint.sees_roster:
            rows = [self._row(site) for site in visible_sites(state, endpoint.actor())]
            endpoint.outbox.send({"type": "roster", "sites": rows})

    def tell_watchers(self, message: Outgoing) -> None:
        """Say something to whoever sees the roster: chair, consoles, operators."""
        for endpoint in list(self._stage.desk.endpoints.values()):
            if endpoint.sees_roster:
                endpoint.outbox.send(message)

    async def run(self) -> None:
        """Announce until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._announce(), name="announcer")
            group.create_task(self._beat(), name="beat")

    async def _announce(self) -> None:
        while True:
            await asyncio.sleep(_ANNOUNCE_S)
            self._ticks += 1
            self._stage.direction.refresh()
            scenes: dict[int, Scene] = {}
            for endpoint in list(self._stage.desk.endpoints.values()):
                seen = self._stage.direction.seen_by(endpoint)
                common = scenes.get(id(seen))
                if common is None:
                    common = scenes[id(seen)] = self._scene(seen)
                self._tell(endpoint, common)
            if self._ticks % _ROSTER_EVERY == 0:
                self._tell_roster()

    async def _beat(self) -> None:
        posting, turn = self._stage.posting, 0
        while True:
            await asyncio.sleep(QUICK_BEAT_S)
            turn += 1
            beat = {"type": "beat", "t": round(self._stage.clock.wall_s() * 1000)}
            for endpoint in list(self._stage.desk.endpoints.values()):
                # A page behind a leaf hears the leaf's.
                if endpoint.via is None and (
                    turn % SLOW_EVERY == 0 or posting.beat_s(endpoint) == QUICK_BEAT_S
                ):
                    endpoint.outbox.offer(beat)

    def _tell_posts(self, endpoint: Endpoint) -> None:
        news = self._stage.posting.news(endpoint)
        if news is not None:
            endpoint.outbox.send(news)

    def _scene(self, seen: Arrangement) -> Scene:
        stage = self._stage
        return scene(stage.host.state, seen, stage.direction.speaker)

    def _tell(self, endpoint: Endpoint, common: Scene) -> None:
        state, subtree = self._stage.host.state, endpoint.ticket.subtree
        view = site_view(state, endpoint.site, common, subtree)
        if view != endpoint.last_view:
            endpoint.last_view = view
            endpoint.outbox.send({"type": "state", **asdict(view)})
        known = participants(state, endpoint.seat)
        if known != endpoint.last_participants:
            endpoint.last_participants = known
            sites = [asdict(site) for site in known]
            endpoint.outbox.send({"type": "participants", "sites": sites})
        if endpoint.sees_roster:
            self._tell_scenario(endpoint)
            self._tell_votes(endpoint)
            self._tell_roll(endpoint)
        self.drilling.tell(endpoint, self._ticks)
        self._tell_posts(endpoint)
        upstream = self._stage.direction.upstream(endpoint)
        if upstream != endpoint.last_upstream:
            endpoint.last_upstream = upstream
            endpoint.outbox.send({"type": "upstream", **asdict(upstream)})

    def _tell_scenario(self, endpoint: Endpoint) -> None:
        state = self._stage.host.state
        made_of = (state.scenario_revision, state.scenario.awaited)
        if made_of == endpoint.last_scenario:
            return
        endpoint.last_scenario = made_of
        now_ms = round(self._stage.clock.wall_s() * 1000)
        view = asdict(scenario_view(state, now_ms))
        for name in ("at", "following"):
            view[name] = None if view[name] is None else view[name]._asdict()
        endpoint.outbox.send({"type": "scenario", **view})

    def _tell_votes(self, endpoint: Endpoint) -> None:
        state = self._stage.host.state
        if state.votes.all != endpoint.last_votes:
            endpoint.last_votes = state.votes.all
            votes = [asdict(view) for view in vote_views(state)]
            endpoint.outbox.send({"type": "votes", "votes": votes})

    def _tell_roll(self, endpoint: Endpoint) -> None:
        state = self._stage.host.state
        roll, last = state.roll, endpoint.last_roll
        # Twelve sites a wave change it ten times a second; nobody reads that fast.
        if roll is last or (roll.runs and last.runs and self._ticks % _ROLL_EVERY):
            return
        endpoint.last_roll = roll
        view = asdict(roll_view(state, visible_sites(state, endpoint.actor())))
        for line in view["sites"]:
            line["call"] = self._stage.desk.whom_to_call(line["site"])
        endpoint.outbox.send({"type": "roll", **view})

    def _tell_roster(self) -> None:
        watchers = [e for e in self._stage.desk.endpoints.values() if e.sees_roster]
        if not watchers:
            self._rows.clear()
            return
        rows = {site: self._row(site) for site in self._stage.host.state.sites}
        # A delta says what changed; only the whole list says who is on it no more.
        shrunk = not self._rows.keys() <= rows.keys()
        changed = [row for site, row in rows.items() if shrunk or self._rows.get(site) != row]
        self._rows = rows
        kind = "roster" if shrunk else "roster_delta"
        for endpoint in watchers if changed else ():
            seen = set(visible_sites(self._stage.host.state, endpoint.actor()))
            rows_seen = [row for row in changed if row["site"] in seen]
            if rows_seen:
                endpoint.outbox.send({"type": kind, "sites": rows_seen})

    def _row(self, site: SiteId) -> _Row:
        endpoint = self._stage.desk.media_of(site)
        loss = endpoint.report.get("loss_down") if endpoint is not None else None
        rung = self._rung(endpoint) if endpoint is not None else None
        meter = Meter(self._stage.direction.level(site), loss, rung)
        row = asdict(roster_row(self._stage.host.state, site, meter))
        return {**row, "mcu": self._mcu(site, endpoint)}

    def _mcu(self, site: SiteId, endpoint: Endpoint | None) -> McuName:
        """Return the leaf behind which a site is, or, while it is not here, was planned to be."""
        if endpoint is not None:
            return endpoint.via.mcu if endpoint.via is not None else McuName("")
        plan = self._stage.desk.plan
        if plan is not self._homes_of:
            self._homes_of, self._homes = plan, homes_of(plan) if plan is not None else {}
        return self._homes.get(site, McuName(""))

    def _rung(self, endpoint: Endpoint) -> str | None:
        if endpoint.via is not None:
            return endpoint.via.rungs.get(endpoint.id)
        return self._stage.desk.care.rung(endpoint.id)

    def _introduction(self, endpoint: Endpoint) -> Mapping[str, Any] | None:
        sites = self._stage.host.state.sites
        row = sites.get(endpoint.site) if endpoint.site is not None else None
        if row is None:
            return None
        parent = sites.get(row.parent) if row.parent is not None else None
        return {
            "site": row.site,
            "name": row.name,
            "level": row.level,
            "parent_name": parent.name if parent else None,
        }
