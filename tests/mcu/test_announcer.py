"""The announcer: everybody is told what changed, only that, and not too often."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from nhipcau.conference.commands import (
    Actor,
    Advance,
    CastVote,
    CloseVote,
    GiveFloor,
    OpenVote,
    RecordVote,
    Role,
    SendPrompt,
    SetHand,
    SetLayout,
    Undo,
)
from nhipcau.mcu.endpoint import Arrival, Endpoint, Farewell, Outbox
from nhipcau.mcu.node import McuNode
from nhipcau.ports.messages import PlannedCue, PlannedTurn
from nhipcau.quantities import SiteId
from nhipcau.webrtc.memory import MemoryNetwork
from tests.mcu.machine import HandClock, run_virtually
from tests.mcu.nodes import COAST, HALL, HILLS, ISLAND, Meeting

CHAIR = Actor(Role.CHAIR, HALL)


@dataclass(slots=True)
class Ear:
    """An endpoint and all that it hears."""

    endpoint: Endpoint
    heard: list[dict[str, Any]] = field(default_factory=list)

    async def listen(self) -> None:
        while True:
            said = await self.endpoint.outbox.next()
            if not isinstance(said, bytes | Farewell):
                self.heard.append(dict(said))

    def take(self, kind: str) -> list[dict[str, Any]]:
        """Return the messages of a kind since the last time."""
        found = [said for said in self.heard if said["type"] == kind]
        self.heard = [said for said in self.heard if said["type"] != kind]
        return found


class House:
    """A node with its announcer at work, and ears."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.meeting = Meeting(self.clock)
        self.node: McuNode = self.meeting.node(MemoryNetwork(self.clock))
        self.tasks: list[asyncio.Task[None]] = []

    def ear(self, site: SiteId | None, role: str = "site") -> Ear:
        arrival = Arrival("site" if role == "site" else "viewer", True, "", False, False)
        ticket = self.node.desk.ticket(self.meeting.token(site, role))
        ear = Ear(self.node.desk.enter(ticket, arrival, Outbox()))
        self.tasks.append(asyncio.create_task(ear.listen()))
        self.node.announcer.welcome(ear.endpoint)
        return ear

    def command(self, command: Any) -> None:
        self.node.desk.command(command)


def play(scene: Callable[[House], Awaitable[None]]) -> None:
    """Run a scene beside the announcer, in virtual time."""
    house = House()

    async def run() -> None:
        house.tasks.append(asyncio.create_task(house.node.announcer.run()))
        await scene(house)
        for task in house.tasks:
            task.cancel()
        await asyncio.wait(house.tasks)

    run_virtually(house.clock, run())


def test_a_newcomer_hears_who_it_is_and_how_things_stand() -> None:
    async def scene(house: House) -> None:
        ear = house.ear(COAST)
        await asyncio.sleep(0.01)
        assert [said["type"] for said in ear.heard] == ["welcome", "state", "upstream"]
        (welcome,) = ear.take("welcome")
        assert welcome["site"]["name"] == "Coast"
        assert welcome["site"]["parent_name"] == "Hall"
        assert welcome["conference"]["chair_site"] == HALL
        assert {"name": "2x2", "cells": 4} in welcome["layouts"]

    play(scene)


def _led_meeting(house: House) -> None:
    cue = PlannedCue(
        cue="c1",
        kind="item",
        title="Report",
        minutes=5,
        planned_ms=60_000,
        layout="speaker",
        turns=(PlannedTurn(turn="0", site=COAST), PlannedTurn(turn="1", site=HILLS)),
    )
    house.node.take_plan(house.meeting.plan().model_copy(update={"scenario": (cue,)}))


def test_a_desk_is_told_of_the_scenario_and_of_each_change_a_room_of_what_runs() -> None:
    async def scene(house: House) -> None:
        _led_meeting(house)
        chair, room = house.ear(HALL, "chair"), house.ear(COAST)
        await asyncio.sleep(0.3)
        (told,) = chair.take("scenario")
        assert (told["at"], told["following"]) == (None, {"cue": "c1", "turn": "0"})
        assert room.take("scenario") == []
        house.command(Advance(CHAIR, told["revision"]))
        await asyncio.sleep(0.3)
        (told,) = chair.take("scenario")
        assert told["at"] == {"cue": "c1", "turn": "0"}
        assert [turn["state"] for turn in told["cues"][0]["turns"]] == ["running", "coming"]
        cue = room.take("state")[-1]["cue"]
        assert (cue["title"], cue["speaker"], cue["site"]) == ("Report", "Coast", COAST)
        assert cue["ends_ms"] - cue["since_ms"] == 150_000
        await asyncio.sleep(1)
        assert chair.take("scenario") == []

    play(scene)


def test_a_vote_is_put_to_rooms_and_a_desk_reads_who_answered_what() -> None:
    async def scene(house: House) -> None:
        chair, room, other = house.ear(HALL, "chair"), house.ear(COAST), house.ear(HILLS)
        house.command(OpenVote(CHAIR, "Agreed?", ("Yes", "No"), (COAST, ISLAND)))
        await asyncio.sleep(0.3)
        asked, watching = room.take("state")[-1]["vote"], other.take("state")[-1]["vote"]
        assert (asked["may"], asked["mine"], asked["counts"]) == (True, None, ())
        assert not watching["may"]
        house.command(CastVote(room.endpoint.actor(), "v1", 1))
        house.command(RecordVote(CHAIR, "v1", ISLAND, 0))
        house.command(CloseVote(CHAIR, "v1"))
        await asyncio.sleep(0.3)
        done = room.take("state")[-1]["vote"]
        assert (done["may"], done["mine"], done["counts"]) == (False, 1, (1, 1))
        (vote,) = chair.take("votes")[-1]["votes"]
        answers = [(one["site"], one["answer"], one["told"]) for one in vote["delegations"]]
        assert answers == [(COAST, 1, False), (ISLAND, 0, True)]
        assert room.take("votes") == []

    play(scene)


def test_a_text_cue_is_read_in_the_rooms_that_it_is_meant_for() -> None:
    async def scene(house: House) -> None:
        room, other = house.ear(COAST), house.ear(HILLS)
        house.command(SendPrompt(CHAIR, "Closer to the microphone", COAST))
        await asyncio.sleep(0.3)
        prompt = room.take("state")[-1]["prompt"]
        assert (prompt["text"], prompt["by"]) == ("Closer to the microphone", "chair")
        assert all(said["prompt"] is None for said in other.take("state"))

    play(scene)


def test_a_desk_is_told_when_a_step_was_taken_back_before_anybody_saw_it() -> None:
    async def scene(house: House) -> None:
        _led_meeting(house)
        chair = house.ear(HALL, "chair")
        await asyncio.sleep(0.3)
        (before,) = chair.take("scenario")
        house.command(Advance(CHAIR, before["revision"]))
        house.command(Undo(CHAIR))
        await asyncio.sleep(0.3)
        (after,) = chair.take("scenario")
        assert after["at"] is None
        assert after["revision"] == house.node.host.state.scenario_revision

    play(scene)


def test_only_a_desk_gets_the_roster_and_once() -> None:
    async def scene(house: House) -> None:
        room, desk = house.ear(COAST), house.ear(None, "console")
        await asyncio.sleep(3)
        assert room.take("roster") == []
        assert room.take("roster_delta") == []
        (roster,) = desk.take("roster")
        assert [row["site"] for row in roster["sites"]] == list(house.node.host.state.sites)

    play(scene)


def test_who_has_nothing_new_hears_only_the_beat() -> None:
    async def scene(house: House) -> None:
        room = house.ear(COAST)
        await asyncio.sleep(0.5)
        room.heard.clear()
        await asyncio.sleep(10)
        beats = room.take("beat")
        assert 9 <= len(beats) <= 11
        assert room.heard == []
        steps = [b["t"] - a["t"] for a, b in itertools.pairwise(beats)]
        assert all(abs(step - 1_000) <= 2 for step in steps)

    play(scene)


def test_twenty_commands_in_a_moment_are_one_message() -> None:
    async def scene(house: House) -> None:
        room = house.ear(COAST)
        await asyncio.sleep(0.5)
        room.heard.clear()
        for number in range(20):
            house.command(SetLayout(CHAIR, ("2x2", "3x3")[number % 2]))
        await asyncio.sleep(0.2)
        (state,) = room.take("state")
        assert state["layout"] == "3x3"
        assert state["seq"] == house.node.host.state.seq

    play(scene)


def test_everybody_hears_the_same_of_the_meeting_and_each_its_own_part() -> None:
    async def scene(house: House) -> None:
        coast, hills = house.ear(COAST), house.ear(HILLS)
        house.command(GiveFloor(CHAIR, COAST))
        house.command(SetHand(Actor(Role.SITE, HILLS), up=True))
        await asyncio.sleep(0.2)
        of_coast, of_hills = coast.take("state")[-1], hills.take("state")[-1]
        assert (of_coast["tally"], of_hills["tally"]) == ("on_air", "next")
        assert (of_coast["hand"], of_hills["hand"]) == (None, 1)
        assert of_coast["floor"] == of_hills["floor"] == ({"site": COAST, "name": "Coast"},)
        assert coast.take("upstream")[-1]["microphone"]
        assert not hills.take("upstream")[-1]["microphone"]

    play(scene)


def test_who_is_on_the_list_no_more_is_off_it_on_every_desk() -> None:
    async def scene(house: House) -> None:
        desk = house.ear(None, "console")
        await asyncio.sleep(1)
        desk.take("roster")
        house.node.take_plan(house.meeting.plan(HALL, COAST))
        await asyncio.sleep(1)
        (roster,) = desk.take("roster")
        assert [row["site"] for row in roster["sites"]] == [HALL, COAST]

    play(scene)


def test_roster_rows_change_five_times_a_second_at_most_and_nothing_is_missed() -> None:
    async def scene(house: House) -> None:
        house.ear(COAST)
        desk = house.ear(None, "console")
        await asyncio.sleep(1)
        desk.heard.clear()
        hills = Actor(Role.SITE, COAST)
        for number in range(200):
            house.command(SetHand(hills, up=number % 2 == 0))
            await asyncio.sleep(0.01)
        house.command(SetHand(hills, up=True))
        await asyncio.sleep(0.3)
        deltas = desk.take("roster_delta")
        assert 0 < len(deltas) <= 12
        assert all([row["site"] for row in delta["sites"]] == [COAST] for delta in deltas)
        assert deltas[-1]["sites"][0]["hand"] == 1
        assert len(desk.take("state")) <= 50

    play(scene)


def test_a_report_of_loss_reaches_the_desk_s_row() -> None:
    async def scene(house: House) -> None:
        room, desk = house.ear(COAST), house.ear(None, "console")
        await asyncio.sleep(1)
        desk.heard.clear()
        room.endpoint.report = {"loss_down": 0.25}
        await asyncio.sleep(0.5)
        (delta,) = desk.take("roster_delta")
        assert [(row["site"], row["loss"]) for row in delta["sites"]] == [(COAST, 0.25)]

    play(scene)


def test_who_has_gone_is_told_nothing_more() -> None:
    async def scene(house: House) -> None:
        room = house.ear(COAST)
        await asyncio.sleep(0.5)
        house.node.desk.leave(room.endpoint, on_purpose=True)
        room.heard.clear()
        await asyncio.sleep(5)
        assert room.heard == []

    play(scene)
