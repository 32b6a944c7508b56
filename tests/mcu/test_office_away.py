"""The office is dead for an hour, the MCU's process too: all 145 rooms come back, each by proof of
its key; a guest that was removed does not. Time is virtual, the plan comes from disk.
"""

import asyncio
from pathlib import Path

import pytest

from nhipcau.conference.commands import Actor, Admit, Remove, Role
from nhipcau.credentials import statements
from nhipcau.credentials.codes import pin_record
from nhipcau.credentials.keys import encode_bytes
from nhipcau.mcu.admission import AdmissionError, Proof, Shown
from nhipcau.mcu.endpoint import Arrival, Endpoint, Outbox
from nhipcau.mcu.node import McuNode
from nhipcau.mcu.planfile import PlanFile
from nhipcau.office.tokens import Seat
from nhipcau.ports.messages import ConferencePlan, PlannedDevice, PlannedGuest, PlannedSite
from nhipcau.quantities import DeviceId, SiteId
from nhipcau.webrtc.memory import MemoryNetwork
from tests.credentials.device import RoomBrowser

from .machine import HandClock
from .nodes import CONFERENCE, HALL, Meeting

ROOMS = 145
PRESS, PIN = SiteId("guest-press"), "123456"
HOUR_S = 3_600
ARRIVAL = Arrival("site", capture=True, agent="", takeover=False, synthetic=False)
CONSOLE = Actor(Role.CONSOLE)


class Away:
    """A meeting of 145 paired rooms and a guest, on a clock that is moved by hand."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock()
        self.meeting = Meeting(self.clock)
        self.file = PlanFile(folder / "plan.json")
        sites = [HALL, *(SiteId(f"site-{number}") for number in range(1, ROOMS))]
        self.browsers = {site: RoomBrowser() for site in sites}
        self.tickets: dict[SiteId, str] = {}
        self.file.save(self._plan())

    def node(self) -> McuNode:
        """Return a node as it is after a start: what the log keeps, and the plan from disk."""
        node = self.meeting.node(MemoryNetwork(self.clock))
        plan = self.file.load()
        assert plan is not None
        assert node.take_plan(plan)
        return node

    async def joins(self, node: McuNode, site: SiteId) -> Endpoint:
        """Bring a room in by its key, with its ticket if it has one; it keeps the new one."""
        browser, device = self.browsers[site], DeviceId(f"device-of-{site}")
        challenge = node.desk.challenge()
        said = statements.admission(challenge, device, browser.key.text)
        proof = Proof(device, browser.key.text, browser.sign(said))
        token = self.tickets.get(site, "")
        ticket = await node.desk.admission(Shown(token, proof, None, challenge))
        assert ticket.site == site
        assert ticket.resumes == bool(token)
        return self._seated(node, site, node.desk.enter(ticket, ARRIVAL, Outbox()))

    async def guest_joins(self, node: McuNode, token: str) -> Endpoint:
        """Bring the guest to the door."""
        ticket = await node.desk.admission(Shown(token, pin=PIN))
        return self._seated(node, PRESS, node.desk.enter(ticket, ARRIVAL, Outbox()))

    def invitation(self) -> str:
        """Return the guest's link."""
        seat = Seat(CONFERENCE, "guest", PRESS)
        now_s = self.clock.wall_s()
        return self.meeting.issuer.issue(seat, token_id="g", now_s=now_s, lifetime_s=12.0 * HOUR_S)

    def _seated(self, node: McuNode, site: SiteId, endpoint: Endpoint) -> Endpoint:
        ticket = node.desk.resume_text(endpoint)
        assert ticket is not None
        self.tickets[site] = ticket
        return endpoint

    def _plan(self) -> ConferencePlan:
        rows = [PlannedSite(site=site, name=site, level="commune") for site in self.browsers]
        now_s = int(self.clock.wall_s())
        devices = (
            PlannedDevice(device=DeviceId(f"device-of-{site}"), site=site, keys=(one.key.text,))
            for site, one in self.browsers.items()
        )
        record = pin_record(PIN, bytes(16))
        return self.meeting.plan().model_copy(
            update={
                "sites": (*rows, PlannedSite(site=PRESS, name="Báo", level="guest")),
                "devices": tuple(devices),
                "guests": (PlannedGuest(site=PRESS, pin=record, expires_s=now_s + 8 * HOUR_S),),
                "ticket_key": encode_bytes(bytes(range(32))),
                "tickets_end_s": now_s + 10 * HOUR_S,
            }
        )


def test_all_145_come_back_and_the_removed_guest_does_not(tmp_path: Path) -> None:
    async def scene() -> None:
        away = Away(tmp_path)
        node = away.node()
        for site in away.browsers:
            await away.joins(node, site)
        await away.guest_joins(node, away.invitation())
        node.host.command(Admit(CONSOLE, PRESS))
        node.host.command(Remove(CONSOLE, PRESS))
        assert sum(1 for _ in node.host.state.present()) == ROOMS

        away.clock.pass_s(HOUR_S)
        again = away.node()
        assert not any(again.host.state.present())
        for site in away.browsers:
            await away.joins(again, site)
        assert sum(1 for _ in again.host.state.present()) == ROOMS
        for token in (away.tickets[PRESS], away.invitation()):
            with pytest.raises(AdmissionError) as caught:
                await away.guest_joins(again, token)
            assert caught.value.code == "removed"

    asyncio.run(scene())


def test_a_ticket_ends_with_its_meeting(
    tmp_path: Path,
) -> None:
    async def scene() -> None:
        away = Away(tmp_path)
        node = away.node()
        site = SiteId("site-7")
        await away.joins(node, site)
        away.clock.pass_s(11 * HOUR_S)
        with pytest.raises(AdmissionError) as caught:
            await away.joins(away.node(), site)
        assert caught.value.code == "token_expired"

    asyncio.run(scene())
