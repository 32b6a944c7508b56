"""A standby in this process follows a root over a real WebSocket: its copy, and what pages hear."""

import asyncio
import json
from pathlib import Path

from websockets.asyncio.client import connect

from nhipcau.app.httpserver import bind_tcp, serving
from nhipcau.app.trunk_dial import Callee, TrunkDial
from nhipcau.bus.memory import MemoryHub, MemoryRegistry
from nhipcau.mcu.candidacy import Candidacy
from nhipcau.mcu.candidates import Candidate, Papers
from nhipcau.mcu.ownlog import OwnLog
from nhipcau.mcu.reignfile import ReignFile
from nhipcau.mcu.reignregistry import ReignRegistry
from nhipcau.mcu.succession import Reign
from nhipcau.quantities import McuName
from nhipcau.storage.memorylog import MemoryLog
from nhipcau.web.door import Door
from nhipcau.web.faults import SignallingCounters
from nhipcau.web.knocks import Knocks
from nhipcau.web.mcu_app import mcu_app
from nhipcau.webrtc.memory import MemoryNetwork
from tests.mcu.machine import WallClock
from tests.mcu.nodes import CONFERENCE, Meeting
from tests.web.doors import eventually, hello, until

STANDBY = McuName("standby")


def test_a_page_of_a_followed_root_is_answered_and_the_follower_has_what_it_was_told(
    tmp_path: Path,
) -> None:
    asyncio.run(_followed(tmp_path))


async def _followed(folder: Path) -> None:
    clock = WallClock()
    meeting = Meeting(clock)
    network = MemoryNetwork(clock)
    root = meeting.node(network)
    listener = bind_tcp("127.0.0.1", 0)
    port = listener.getsockname()[1]
    known = {"standby": STANDBY, "root_url": f"http://127.0.0.1:{port}", "trunk_key": "k" * 32}
    plan = meeting.plan().model_copy(update=known)
    root.take_plan(plan)
    registry = ReignRegistry(MemoryRegistry(MemoryHub()), CONFERENCE)
    log = OwnLog(lambda _anew: MemoryLog(meeting.kept))
    papers = Papers(log, ReignFile(folder / "root.json"), registry)
    first = Reign(1, McuName("mcu"))
    Candidate(root, Candidacy(McuName("mcu"), first, clock.now_s(), reigns=True), papers, clock)
    other = Meeting(clock, issuer=meeting.issuer)
    follower = other.node(network)
    follower.reigning.clear()
    theirs = Papers(OwnLog(lambda _anew: MemoryLog()), ReignFile(folder / "standby.json"), registry)
    candidacy = Candidacy(STANDBY, first, clock.now_s(), reigns=False)
    standby = Candidate(follower, candidacy, theirs, clock)
    dial = TrunkDial(standby, lambda now: Callee(now.mcu, now.root_url), lambda: plan)
    door = Door(
        root.desk,
        root.announcer,
        clock,
        SignallingCounters(),
        confirmation=root.confirmation,
    )
    async with serving(mcu_app(door, root, root.is_ready, list), listener, Knocks()):
        calling = asyncio.create_task(dial.run())
        try:
            await eventually(lambda: follower.host.state == root.host.state, "the copy")
            url = f"ws://127.0.0.1:{port}/signal"
            async with connect(url, compression=None, proxy=None) as page:
                await page.send(hello(meeting.token(None, "chair"), kind="viewer", capture=False))
                await until(page, "welcome")
                for number in range(1, 6):
                    said = {"type": "prompt", "text": f"Văn bản {number}", "id": number}
                    await page.send(json.dumps(said))
                    assert (await until(page, "ok"))["id"] == number
                    has = len(follower.host.state.prompts) >= number
                    # On a machine that is busy for longer than it is waited for, it is counted.
                    assert has or root.confirmation.unconfirmed
        finally:
            calling.cancel()
            await asyncio.gather(calling, return_exceptions=True)
            await root.aclose()
            await follower.aclose()
