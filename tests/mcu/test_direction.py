"""Direction: the state decides, and the plan, the cells and what rooms are asked to send follow."""

import asyncio
from collections.abc import Awaitable, Callable

from nhipcau.conference.commands import (
    Actor,
    CallRoll,
    CastVote,
    CloseVote,
    GiveFloor,
    Mute,
    NameNext,
    OpenVote,
    Role,
    SetCamera,
    SetContent,
    SetHand,
    SetLayout,
    ShowVote,
    StopRoll,
)
from nhipcau.mcu.asking import NOTHING, Upstream
from nhipcau.mcu.endpoint import Arrival, Endpoint, Outbox
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.ladder import CONTENT_VIEW, PROGRAM_VIEW, director_view, return_view
from nhipcau.mcu.mediaplan import MediaPlan, ViewPlan
from nhipcau.mcu.node import McuNode
from nhipcau.picture.layout import cells
from nhipcau.ports.transport import UPSTREAM, SendLine
from nhipcau.quantities import SiteId, Ssrc
from nhipcau.webrtc.memory import MemoryNetwork, MemoryTransport
from tests.mcu.machine import HandClock
from tests.mcu.nodes import COAST, HALL, HILLS, ISLAND, Meeting

CHAIR = Actor(Role.CHAIR, HALL)


class House:
    """A node without threads; its poll thread's tick is called by hand."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.meeting = Meeting(self.clock)
        self.network = MemoryNetwork(self.clock)
        self.node: McuNode = self.meeting.node(self.network)

    async def join(
        self,
        site: SiteId | None,
        role: str = "site",
        *,
        director: bool = False,
        capture: bool = True,
    ) -> Endpoint:
        """Seat an endpoint and bring its media up."""
        kind = "site" if role == "site" else "viewer"
        ticket = self.node.desk.ticket(self.meeting.token(site, role))
        arrival = Arrival(kind, capture, "", False, False, director)
        endpoint = self.node.desk.enter(ticket, arrival, Outbox())
        offer = await self.node.desk.connect(endpoint)
        lines = [SendLine(mid, Ssrc(n + 1), "far") for n, mid in enumerate(UPSTREAM)]
        far = MemoryTransport(self.network).answer(offer, lines)
        await self.node.desk.answer(endpoint, far.local_sdp() or "")
        self.poll()
        return endpoint

    def poll(self) -> None:
        """Let the poll thread look at the connections, and the direction at what it saw."""
        for _ in range(20):
            self.node.engine._poller.tick(self.clock.pass_s(0.005))
        self.node.direction.refresh()

    def desk_leaves(self, endpoint: Endpoint) -> None:
        """Let a connection break."""
        self.node.desk.leave(endpoint, on_purpose=False)
        self.poll()

    def do(self, command: object) -> None:
        outcome = self.node.desk.command(command)  # type: ignore[arg-type] # any command
        assert isinstance(outcome, tuple), outcome

    @property
    def plan(self) -> MediaPlan:
        return self.node.engine._plan

    def view(self, name: str = PROGRAM_VIEW) -> ViewPlan:
        (view,) = (view for view in self.plan.views if view.view == name)
        return view

    def upstream(self, endpoint: Endpoint) -> Upstream:
        return self.node.direction.upstream(endpoint)


def play(scene: Callable[[House], Awaitable[None]]) -> None:
    async def run() -> None:
        house = House()
        await scene(house)
        await house.node.aclose()

    asyncio.run(run())


def warmed(house: House) -> list[EndpointMedia]:
    return list(house.plan.warm)


def shown(view: ViewPlan) -> list[SiteId | None]:
    return [cell.site for cell in view.cells]


def test_without_anybody_there_is_nothing_to_make() -> None:
    async def scene(house: House) -> None:
        house.poll()
        assert house.plan.views == ()
        assert house.plan.listeners == ()

    play(scene)


def test_everybody_who_is_up_watches_the_program_and_hears() -> None:
    async def scene(house: House) -> None:
        ends = [await house.join(site) for site in (HALL, COAST)]
        ends.append(await house.join(None, "console"))
        medias = {end.media for end in ends}
        assert set(house.view().viewers) == medias
        assert set(house.plan.listeners) == medias
        assert {view.view for view in house.plan.views} == {PROGRAM_VIEW}

    play(scene)


def test_cells_lie_where_the_layout_says_and_hold_who_the_state_says() -> None:
    async def scene(house: House) -> None:
        for site in (HALL, COAST, HILLS):
            await house.join(site)
        house.do(SetLayout(CHAIR, "2x2"))
        view = house.view()
        layout = house.node.direction.layouts["2x2"]
        assert [cell.cell for cell in view.cells] == list(cells(layout, 1280, 720))
        assert shown(view) == [HALL, COAST, HILLS, None]
        assert [cell.name for cell in view.cells] == ["Hall", "Coast", "Hills", ""]
        assert not any(cell.on_air for cell in view.cells)

    play(scene)


def test_a_vote_that_is_shown_stands_in_a_cell_of_the_program() -> None:
    async def scene(house: House) -> None:
        for site in (HALL, COAST, HILLS):
            await house.join(site)
        house.do(SetLayout(CHAIR, "2x2"))
        house.do(OpenVote(CHAIR, "Agreed?", ("Yes", "No"), (COAST, HILLS)))
        house.do(CastVote(Actor(Role.SITE, COAST), "v1", 0))
        (asked,) = [cell.board for cell in house.view().cells if cell.board is not None]
        assert (asked.title, asked.foot) == ("Agreed?", "1/2 đã trả lời")
        assert asked.rows == (("Yes", None), ("No", None))
        house.do(CloseVote(CHAIR, "v1"))
        (closed,) = [cell.board for cell in house.view().cells if cell.board is not None]
        assert closed.rows == (("Yes", 1), ("No", 0))
        house.do(ShowVote(CHAIR, None))
        assert not any(cell.board for cell in house.view().cells)
        assert shown(house.view()) == [HALL, COAST, HILLS, None]

    play(scene)


def test_the_floor_is_on_air_and_heard_and_a_muted_site_is_not() -> None:
    async def scene(house: House) -> None:
        for site in (HALL, COAST, HILLS):
            await house.join(site)
        house.do(SetLayout(CHAIR, "2x2"))
        house.do(GiveFloor(CHAIR, COAST))
        assert [cell.site for cell in house.view().cells if cell.on_air] == [COAST]
        assert COAST in house.plan.microphones
        house.do(Mute(CHAIR, COAST))
        assert COAST not in house.plan.microphones

    play(scene)


def test_who_has_the_floor_gets_a_return_view_and_the_chair_is_asked_for_its_camera() -> None:
    async def scene(house: House) -> None:
        hall, coast, _ = [await house.join(site) for site in (HALL, COAST, HILLS)]
        house.do(SetLayout(CHAIR, "speaker"))
        house.do(GiveFloor(CHAIR, COAST))
        assert shown(house.view()) == [COAST]
        returned = house.view(return_view(COAST))
        assert shown(returned) == [HALL]
        assert returned.viewers == (coast.media,)
        assert coast.media not in house.view().viewers
        assert house.upstream(hall).camera
        house.do(GiveFloor(CHAIR, HALL))
        assert [view.view for view in house.plan.views] == [PROGRAM_VIEW]
        assert coast.media in house.view().viewers

    play(scene)


def test_a_program_that_nobody_watches_does_not_exist() -> None:
    async def scene(house: House) -> None:
        await house.join(COAST)
        hall = await house.join(HALL)
        house.do(GiveFloor(CHAIR, COAST))
        house.desk_leaves(hall)
        assert [view.view for view in house.plan.views] == [return_view(COAST)]

    play(scene)


def test_a_lost_site_keeps_its_cell_without_a_source() -> None:
    async def scene(house: House) -> None:
        await house.join(HALL)
        coast = await house.join(COAST)
        house.do(GiveFloor(CHAIR, COAST))
        house.node.desk.leave(coast, on_purpose=False)
        house.poll()
        (cell,) = (cell for cell in house.view().cells if cell.site == COAST)
        assert (cell.name, cell.on_air, cell.source) == ("Coast", True, None)
        assert coast.media not in house.plan.listeners

    play(scene)


def test_only_who_is_shown_is_asked_for_its_camera_and_only_who_is_open_for_its_sound() -> None:
    async def scene(house: House) -> None:
        _, coast, hills = [await house.join(site) for site in (HALL, COAST, HILLS)]
        house.do(GiveFloor(CHAIR, COAST))
        house.do(SetLayout(CHAIR, "speaker"))
        assert shown(house.view()) == [COAST]
        assert house.upstream(coast).camera
        assert house.upstream(coast).microphone
        assert not house.upstream(hills).camera
        assert not house.upstream(hills).microphone
        house.do(SetLayout(CHAIR, "2x2"))
        assert house.upstream(hills).camera
        house.do(SetCamera(Actor(Role.SITE, COAST), on=False))
        assert not house.upstream(coast).camera

    play(scene)


def test_a_shared_screen_is_a_view_of_its_own_and_is_asked_for() -> None:
    async def scene(house: House) -> None:
        hall, coast = await house.join(HALL), await house.join(COAST)
        house.do(GiveFloor(CHAIR, COAST))
        house.do(SetContent(Actor(Role.SITE, COAST), on=True))
        content = house.view(CONTENT_VIEW)
        assert coast.media is not None
        assert [cell.source for cell in content.cells] == [coast.media.content]
        assert set(content.viewers) == {hall.media, coast.media}
        assert house.upstream(coast).content
        assert not house.upstream(hall).content
        house.do(SetContent(Actor(Role.SITE, COAST), on=False))
        assert CONTENT_VIEW not in {view.view for view in house.plan.views}

    play(scene)


def test_a_director_sees_what_it_looks_at_and_the_site_is_asked_for_it() -> None:
    async def scene(house: House) -> None:
        await house.join(HALL)
        hidden = await house.join(COAST)
        house.do(SetLayout(CHAIR, "speaker"))
        director = await house.join(None, "console", director=True)
        assert not house.upstream(hidden).camera
        assert director.media not in house.view().viewers
        director.look = ("2x2", (COAST,))
        house.node.direction.refresh()
        look = house.view(director_view(director.id))
        assert shown(look) == [COAST, None, None, None]
        assert list(look.viewers) == [director.media]
        layout = house.node.direction.layouts["2x2"]
        assert [cell.cell for cell in look.cells] == list(cells(layout, 640, 360))
        assert house.upstream(hidden).camera
        house.node.desk.leave(director, on_purpose=True)
        house.poll()
        assert {view.view for view in house.plan.views} == {PROGRAM_VIEW}
        assert not house.upstream(hidden).camera

    play(scene)


def test_a_room_under_test_is_measured_and_not_mixed() -> None:
    async def scene(house: House) -> None:
        await house.join(HALL)
        coast = await house.join(COAST)
        house.node.desk.inspections.begin(COAST, coast.id)
        house.node.direction.refresh()
        assert (COAST in house.plan.measured, COAST in house.plan.microphones) == (True, False)
        assert house.upstream(coast).test
        assert house.upstream(coast).microphone
        house.do(GiveFloor(CHAIR, COAST))
        assert (COAST in house.plan.measured, COAST in house.plan.microphones) == (False, True)

    play(scene)


def test_stills_are_asked_for_while_somebody_looks_at_the_wall() -> None:
    async def scene(house: House) -> None:
        coast = await house.join(COAST)
        console = await house.join(None, "console")
        assert house.upstream(coast).still_s == 0
        house.node.desk.wall.watch(console.id, console.outbox, [COAST])
        assert house.upstream(coast).still_s > 0
        assert house.upstream(console) == NOTHING
        house.node.desk.leave(console, on_purpose=True)
        assert house.upstream(coast).still_s == 0

    play(scene)


def test_pages_turn_when_there_are_more_sites_than_cells() -> None:
    async def scene(house: House) -> None:
        for site in (HALL, COAST, HILLS, ISLAND):
            await house.join(site)
        house.do(GiveFloor(CHAIR, HALL))
        house.do(SetLayout(CHAIR, "duo"))
        dwell_s = house.node.direction.layouts["duo"].dwell_s
        seen = set()
        for _ in range(3):
            house.node.direction.refresh()
            assert shown(house.view())[0] == HALL
            seen.update(shown(house.view()))
            house.clock.pass_s(dwell_s)
        assert seen == {HALL, COAST, HILLS, ISLAND}

    play(scene)


def test_the_plan_is_the_same_object_until_something_changes() -> None:
    async def scene(house: House) -> None:
        await house.join(HALL)
        plan = house.plan
        for _ in range(5):
            house.node.direction.refresh()
        assert house.plan is plan
        house.do(SetLayout(CHAIR, "2x2"))
        assert house.plan is not plan

    play(scene)


def test_the_holder_is_asked_for_720p_and_small_tiles_for_360p() -> None:
    async def scene(house: House) -> None:
        ends = {site: await house.join(site) for site in (HALL, COAST, HILLS, ISLAND)}
        house.do(SetLayout(CHAIR, "2x2"))
        assert {house.upstream(end).height for end in ends.values()} == {360}
        house.do(GiveFloor(CHAIR, COAST))
        assert house.upstream(ends[COAST]).height == 720
        assert house.upstream(ends[HILLS]).height == 360
        house.do(SetLayout(CHAIR, "speaker"))
        assert not house.upstream(ends[HILLS]).camera

    play(scene)


def test_who_is_next_is_warmed_up_before_anybody_sees_it() -> None:
    async def scene(house: House) -> None:
        hall, coast = await house.join(HALL), await house.join(COAST)
        house.do(GiveFloor(CHAIR, HALL))
        house.do(SetLayout(CHAIR, "speaker"))
        assert not house.upstream(coast).camera
        house.do(SetHand(Actor(Role.SITE, COAST), up=True))
        assert coast.media is not None
        assert COAST not in shown(house.view())
        assert warmed(house) == [coast.media]
        assert coast.media.camera in set(house.plan.sources())
        assert house.upstream(coast).height == 720
        assert not house.upstream(coast).microphone
        house.do(GiveFloor(CHAIR, COAST))
        assert warmed(house) == []
        assert shown(house.view()) == [COAST]
        house.do(NameNext(CHAIR, HALL))
        assert warmed(house) == [hall.media]
        house.do(SetCamera(CHAIR, on=False))
        assert warmed(house) == []

    play(scene)


def test_who_is_called_sends_a_small_picture_and_sound_that_nobody_sees_or_hears() -> None:
    async def scene(house: House) -> None:
        hall, coast = await house.join(HALL), await house.join(COAST)
        house.do(GiveFloor(CHAIR, HALL))
        house.do(SetLayout(CHAIR, "speaker"))
        house.do(CallRoll(CHAIR))
        house.node.direction.roll_caller.step()
        house.node.direction.refresh()
        asked = house.upstream(coast)
        assert (asked.camera, asked.height, asked.fps, asked.microphone) == (True, 360, 10, True)
        # Who is seen anyway is asked for no less than before.
        assert house.upstream(hall).height == 720
        assert coast.media is not None
        assert coast.media in house.plan.called
        assert house.plan.measured[COAST] is coast.media
        assert COAST not in house.plan.microphones
        assert COAST not in shown(house.view())
        house.do(StopRoll(CHAIR))
        house.node.direction.roll_caller.step()
        house.node.direction.refresh()
        assert not house.upstream(coast).camera
        assert not house.upstream(coast).microphone

    play(scene)
