"""A leaf: repeats what its root composes, carries its pages' words to it, keeps their lines.

    page ─ WebSocket ─▶ channel ═▶ trunk ═▶ root       hello, commands, state: passed on unread
         ◀─ offer, answer, upstream ──┐
    root ─ seated, lanes, lend ─▶ LeafNode ─▶ engine   what concerns media is the leaf's own
                                     └─▶ leaves below  it is a root to them

All of it runs on the event loop; media in threads of the engine.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import asdict
from typing import Any

import structlog

from nhipcau.mcu.asking import Asking, Duties, Upstream
from nhipcau.mcu.gathering import gathered
from nhipcau.mcu.leafallegiance import Allegiance, TrunkEnd
from nhipcau.mcu.leafbeat import beat
from nhipcau.mcu.leafbelow import Above, LeavesBelow
from nhipcau.mcu.leafchannel import HangUp, LeafChannel, PageBox
from nhipcau.mcu.leafengine import LeafEngine, LeafPlan
from nhipcau.mcu.leaflanes import LeafLanes
from nhipcau.mcu.leafmedia import LeafMedia
from nhipcau.mcu.linecare import LineCare
from nhipcau.mcu.replica import Replica
from nhipcau.mcu.succession import Reign
from nhipcau.mcu.trunk import TrunkOutbox
from nhipcau.mcu.uplinkcontrol import UP_STEPS
from nhipcau.mcu.warm import WarmPlace, WarmPlaces, out_by, was_in
from nhipcau.ports.clock import Clock
from nhipcau.ports.transport import SdpError
from nhipcau.ports.trunk import (
    Anew,
    Claim,
    Closed,
    DrillOrder,
    Events,
    LaneAnswer,
    LaneOffer,
    LaneOver,
    Lend,
    Lines,
    Opened,
    Reigns,
    RungsInUse,
    Said,
    Seated,
    Seating,
    TrunkBeat,
    TrunkError,
    TrunkMessage,
    still_frame,
)
from nhipcau.quantities import Bitrate, McuName

_log = structlog.get_logger()
_LINES_S = 1.0
_TEND_S = 0.05
# 1012: the service restarts; a page comes back by itself (RFC 6455 §7.4.1 and its registry).
_AWAY = 1012
_DONE = 1000
_MEDIA_FAILED = 4000
_OURS = ('"upstream"', '"welcome"', '"challenge"', '"occupied"')


class LeafNode:
    """The live plane of one conference on an MCU that is not its root."""

    def __init__(
        self,
        engine: LeafEngine,
        lanes: LeafLanes,
        replica: Replica,
        clock: Clock,
        allegiance: Allegiance,
    ) -> None:
        self._engine = engine
        self.replica = replica
        self.allegiance = allegiance
        self._lanes = lanes
        self._clock = clock
        self._numbers = 0
        self._in_use: RungsInUse | None = None
        self._plan = LeafPlan()
        self._jobs: set[asyncio.Task[None]] = set()
        self.channels: dict[int, LeafChannel] = {}
        self.warm: WarmPlaces[LeafMedia] = WarmPlaces(engine, clock)
        self.care = LineCare()
        self.asking = Asking()
        # What a rehearsal's drill does to this process.
        self.on_drill: Callable[[DrillOrder], None] = lambda _: None
        # Who answers a page that comes while the root is away; None: it is to call again.
        self.greet: Callable[[LeafChannel, Mapping[str, Any]], None] | None = None
        above = Above(engine, replica, clock, lambda: self._outbox, self._new_number)
        self.below = LeavesBelow(above)

    @property
    def epoch(self) -> int:
        """Of the root that is followed."""
        return self.allegiance.follows

    @property
    def is_up(self) -> bool:
        """True while the trunk to the root is up."""
        return self.allegiance.root is not None

    @property
    def clock(self) -> Clock:
        """The clock that it goes by."""
        return self._clock

    @property
    def _outbox(self) -> TrunkOutbox | None:
        """To the root; None while it is away."""
        root = self.allegiance.root
        return root.outbox if root is not None else None

    def trunk_up(self, to: McuName, outbox: TrunkOutbox, reign: Reign | None) -> TrunkEnd:
        """Have a trunk to a candidate from now on; `reign`: what it says that it reigns in."""
        end = TrunkEnd(to, self._lanes.of_another_trunk(), outbox, self._clock.now_s())
        if reign is not None:
            self._follow_root(end, reign)
        return end

    def _follow_root(self, end: TrunkEnd, reign: Reign) -> None:
        """Follow a root, if it is one; whoever was seated takes its seat there at once."""
        before = self.allegiance.root
        older = self.allegiance.hear_reign(end, reign)
        if self.allegiance.root is not end or before is end:
            return
        end.lanes.carry()
        if older is not None:
            older.lanes.end_all()
        self._take_seats_again(end.outbox)

    def _take_seats_again(self, outbox: TrunkOutbox) -> None:
        outbox.send(self.replica.have())
        self._tell_rungs()
        for channel in self._by_weight():
            if channel.seated is None:
                # Between two words of its greeting: it begins anew.
                self._dismiss(channel, _AWAY)
                continue
            channel.again = True
            seating = channel.seated.seating
            outbox.send(Opened(channel=channel.number, address=channel.address, seated=seating))
        self.below.take_seats_again(outbox)

    def _by_weight(self) -> list[LeafChannel]:
        """Return the channels, those first who are seen or heard now."""
        state = self.replica.state
        sites = (*state.floor, *(one.site for one in state.sites.values() if one.mic))
        first = {site: place for place, site in enumerate(sites)}
        last = len(first)
        return sorted(
            self.channels.values(),
            key=lambda one: last if one.seat is None else first.get(one.seat, last),
        )

    def trunk_down(self, end: TrunkEnd) -> None:
        """A trunk is lost; is it the root's, rooms keep their connections, and what they say is
        lost.
        """
        self.allegiance.part(end)
        end.lanes.end_all()

    def open_channel(self, address: str, box: PageBox | None = None) -> LeafChannel:
        """Return the channel of a page that has called."""
        channel = self._channel(address, box or PageBox())
        if self._outbox is not None:
            self._outbox.send(Opened(channel=channel.number, address=address))
        elif self.greet is None:
            channel.box.send(HangUp(_AWAY))
        return channel

    def seat(self, seating: Seating, place: WarmPlace[LeafMedia], box: PageBox) -> LeafChannel:
        """Return the channel of a page that stood ready, and bring it to the root."""
        channel = self._channel(seating.address, box)
        channel.place = place
        self._say(Opened(channel=channel.number, address=channel.address, seated=seating))
        row = was_in(self.replica.state, place)
        if row is not None and place.media is not None:
            # It was in the meeting a moment ago: sound and picture do not wait for the root.
            self._heat(place.media, speaks=row.mic)
        return channel

    def _heat(self, media: LeafMedia, *, speaks: bool) -> None:
        if speaks and media.cold:
            media.listener.come_speaking(self._clock.now_s())
        self._engine.heat(media)

    def _channel(self, address: str, box: PageBox) -> LeafChannel:
        number = self._new_number()
        channel = self.channels[number] = LeafChannel(number, address, box)
        return channel

    def close_channel(self, channel: LeafChannel, code: int) -> None:
        """The page is gone; may be called twice."""
        if channel.gone:
            return
        channel.gone = True
        self.channels.pop(channel.number, None)
        self._forget_media(channel)
        if self._outbox is not None:
            self._outbox.send(Closed(channel=channel.number, code=code))

    def hear(self, channel: LeafChannel, text: str) -> None:
        """Take a text frame of a page."""
        said = _json(text)
        if said.get("type") == "answer" and channel.media is not None:
            self._start(self._accept(channel, channel.media, str(said.get("sdp", ""))))
            return
        if said.get("type") == "report":
            channel.report = {
                name: value
                for name, value in said.items()
                if isinstance(value, int | float) and not isinstance(value, bool)
            }
        if self._outbox is not None:
            self._outbox.send(Said(channel=channel.number, text=text))
        elif channel.seated is None and self.greet is not None:
            self.greet(channel, said)

    def hear_still(self, channel: LeafChannel, jpeg: bytes) -> None:
        """Take a still picture of a page; it is let go where the trunk is behind."""
        if self._outbox is not None:
            self._outbox.offer(still_frame(channel.number, jpeg))

    def take_still(self, end: TrunkEnd, number: int, frame: bytes) -> None:
        """Take a still picture for a page behind this leaf, or behind one below."""
        end.heard_s = self._clock.now_s()
        if end is not self.allegiance.root:
            return
        channel = self.channels.get(number)
        if channel is not None:
            channel.box.offer(frame)
        else:
            self.below.show_still(number, frame)

    def handle(self, end: TrunkEnd, message: TrunkMessage) -> None:
        """Take what a candidate says.

        Raises:
            TrunkError: a candidate does not say that.
        """
        end.heard_s = self._clock.now_s()
        match message:
            case TrunkBeat():
                pass
            case Reigns():
                self._follow_root(end, Reign(message.epoch, message.root))
            case Claim():
                end.outbox.send(self.allegiance.answer(message))
            case LaneOffer():
                self._start(self._answer_lane(end, message))
            case Lend():
                end.lanes.lend(message.lane, message.site)
                self.below.lend()
            case LaneOver():
                end.lanes.end(message.lane)
            case _ if end is self.allegiance.root:
                self._hear_root(message)
            case _:
                # The last words of a root that is followed no more.
                pass

    def _hear_root(self, message: TrunkMessage) -> None:
        match message:
            case Said() | Closed() | Seated():
                channel = self.channels.get(message.channel)
                if channel is not None:
                    self._tell(channel, message)
                else:
                    self.below.tell(message)
            case Events():
                self._copy(message)
            case Anew():
                self.replica.begin_anew()
                self.below.copy_anew()
            case DrillOrder():
                self.on_drill(message)
            case _:
                raise TrunkError(f"a root does not say {message.type}")

    async def run(self) -> None:
        """Look after lines and lanes until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look_after_lines(), name="lines")
            group.create_task(self._tend(), name="lanes")
            group.create_task(beat(self.channels.values, self._clock), name="beat")
            group.create_task(self.warm.run(), name="warm places")

    def close(self) -> None:
        """Let everybody go: they will be back elsewhere."""
        for channel in list(self.channels.values()):
            self._dismiss(channel, _AWAY)
        self.warm.close()

    def _new_number(self) -> int:
        """Return a channel's number; those of pages below are among them."""
        self._numbers += 1
        return self._numbers

    def _start(self, work: Coroutine[object, object, None]) -> None:
        job = asyncio.create_task(work, name="leaf media")
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    def _copy(self, message: Events) -> None:
        known = self.replica.have().events
        if not self.replica.take(message):
            raise TrunkError("events are missing")
        self.below.copy(message, known)
        self._say(self.replica.have())
        self._follow()
        self.warm.put_out(out_by(None, self.replica.state))

    def _tell(self, channel: LeafChannel, message: Said | Closed | Seated) -> None:
        match message:
            case Said():
                self._pass_on(channel, message)
            case Closed():
                channel.box.send(HangUp(message.code))
            case Seated():
                channel.seated = message

    def _pass_on(self, channel: LeafChannel, message: Said) -> None:
        said = _json(message.text) if _concerns_us(message.text) else {}
        if said.get("type") == "upstream":
            channel.asked = Upstream(**{n: v for n, v in said.items() if n != "type"})
            self._follow()
            self._ask(channel)
        elif said.get("type") == "welcome" and channel.again:
            channel.again = False
        else:
            channel.box.send(message.text)
            self._note(channel, said)

    def _note(self, channel: LeafChannel, said: Mapping[str, Any]) -> None:
        """Take note of what a page has just been told by the root."""
        kind, seated = said.get("type"), channel.seated
        if kind == "welcome" and seated is not None:
            place, channel.place = channel.place, None
            row = self.replica.state.sites.get(channel.seat) if channel.seat else None
            if place is not None and place.media is not None:
                self._heat(place.media, speaks=row is not None and row.mic)
            media = self.warm.heat(place) if place is not None else None
            if media is None:
                self._start(self._offer(channel, seated))
                return
            self._care_for(channel, media, seated)
        elif kind == "challenge":
            channel.challenge = said
        elif kind == "occupied" and channel.place is not None:
            # It stands ready again until a person has decided.
            if channel.place.media is not None:
                self._engine.cool(channel.place.media)
            self.close_channel(channel, _DONE)

    def _care_for(self, channel: LeafChannel, media: LeafMedia, seated: Seated) -> None:
        channel.media = media
        line_bps = Bitrate(seated.line_bps) if seated.line_bps is not None else None
        self.care.begin(media, line_bps)
        self.asking.begin(media.endpoint, media.uplink, line_bps)

    async def _offer(self, channel: LeafChannel, seated: Seated) -> None:
        media = await asyncio.to_thread(self._engine.open, seated.endpoint, channel.seat)
        self._care_for(channel, media, seated)
        if channel.gone:
            self._forget_media(channel)
            return
        try:
            channel.box.say({"type": "offer", "sdp": await gathered(media.connection)})
        except TimeoutError:
            _log.error("no connection to offer", endpoint=media.endpoint)
            self._dismiss(channel, _MEDIA_FAILED)

    async def _accept(self, channel: LeafChannel, media: LeafMedia, sdp: str) -> None:
        try:
            await asyncio.to_thread(media.connection.accept, sdp)
        except SdpError as error:
            channel.box.say({"type": "error", "code": error.code, "detail": str(error)[:200]})
            return
        if not channel.gone:
            self._engine.attach(media)

    async def _answer_lane(self, end: TrunkEnd, offer: LaneOffer) -> None:
        try:
            sdp = await end.lanes.answer(offer)
        except (SdpError, OSError, TimeoutError) as error:
            _log.error("a lane can't be answered", lane=offer.lane, error=str(error))
            end.outbox.send(LaneOver(lane=offer.lane))
            return
        end.outbox.send(LaneAnswer(lane=offer.lane, sdp=sdp))

    def _say(self, message: TrunkMessage) -> None:
        if self._outbox is not None:
            self._outbox.send(message)

    def _dismiss(self, channel: LeafChannel, code: int) -> None:
        channel.box.send(HangUp(code))
        self.close_channel(channel, code)

    def _forget_media(self, channel: LeafChannel) -> None:
        media = channel.media
        if media is not None:
            self.care.forget(media.endpoint)
            self.asking.forget(media.endpoint)
            self._engine.close(media)

    async def _look_after_lines(self) -> None:
        while True:
            await asyncio.sleep(_LINES_S)
            now_s = self._clock.now_s()
            by_endpoint = {
                one.media.endpoint: one for one in self.channels.values() if one.media is not None
            }
            self.care.tick(by_endpoint, now_s, sharing=self._is_shared())
            self.asking.tick(self.care.strains(), now_s)
            for channel in by_endpoint.values():
                self._ask(channel)
            rungs = {
                one.seated.endpoint: self.care.rung(endpoint) or ""
                for endpoint, one in by_endpoint.items()
                if one.seated is not None
            }
            self._say(Lines(rungs=rungs | self.below.rungs()))

    def _follow(self) -> None:
        """Measure the lines of the rooms that are asked to send a picture; keep those who wait at
        the door out.
        """
        asking = (one for one in self.channels.values() if one.asked.camera or one.asked.content)
        sites = frozenset(one.seat for one in asking if one.seat is not None)
        plan = LeafPlan(sites, frozenset(self.replica.state.waiting()))
        if plan != self._plan:
            self._plan = plan
            self._engine.follow(plan)

    def _is_shared(self) -> bool:
        return any(channel.asked.content for channel in self.channels.values())

    async def _tend(self) -> None:
        while True:
            await asyncio.sleep(_TEND_S)
            self.below.lend()
            if self._lanes.rungs_in_use() != self._in_use:
                self._tell_rungs()
            for channel in list(self.channels.values()):
                if channel.media is not None and channel.media.has_failed():
                    self._dismiss(channel, _MEDIA_FAILED)

    def _tell_rungs(self) -> None:
        if self._outbox is not None:
            self._in_use = self._lanes.rungs_in_use()
            self._outbox.send(self._in_use)

    def _ask(self, channel: LeafChannel) -> None:
        """Tell a room what to send: what the root wants, no more than its line carries."""
        media, asked = channel.media, channel.asked
        told = asked
        if media is not None:
            duties = Duties(
                picture=_step_of(asked) if asked.camera else None,
                microphone=asked.microphone,
                content=asked.content,
                still=asked.still_s > 0,
                test=asked.test,
            )
            told = self.asking.upstream(media.endpoint, duties, self._clock.now_s())
        if told != channel.told:
            channel.told = told
            channel.box.say({"type": "upstream", **asdict(told)})


def _step_of(asked: Upstream) -> int:
    """Return the step of the ladder upwards that an `upstream` message means."""
    steps = enumerate(UP_STEPS)
    fits = (n for n, one in steps if one.height <= asked.height and one.fps <= asked.fps)
    return next(fits, len(UP_STEPS) - 1)


def _concerns_us(text: str) -> bool:
    """Return True for what is worth reading; most of what passes is the page's alone."""
    return any(kind in text[:40] for kind in _OURS)


def _json(text: str) -> Mapping[str, Any]:
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
