"""The leaves below a leaf: to each it is what a root is to it, and to its root one leaf (ADR 0029).

    leaf below ═ trunk ═▶ LeafBelow ─ channels, renumbered ─▶ this leaf's own trunk ═▶ root
               ◀═ lanes ═ UpperEnd  ─ an ordinary lane is an ordinary connection of our engine
               ◀═ events ════════════ from our own copy

A frame of a page passes unread. What the root lends to a site below is lent on, to the leaf below
that has it. All of it runs on the event loop.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from nhipcau.mcu.leafengine import LeafEngine
from nhipcau.mcu.leafmedia import LeafMedia
from nhipcau.mcu.lending import Lending
from nhipcau.mcu.replica import Replica
from nhipcau.mcu.trunk import TrunkOutbox, UpperEnd
from nhipcau.ports.clock import Clock
from nhipcau.ports.trunk import (
    Closed,
    Events,
    Have,
    LaneAnswer,
    LaneOver,
    Lines,
    Opened,
    RungsInUse,
    Said,
    Seated,
    TrunkBeat,
    TrunkError,
    TrunkMessage,
    still_frame,
)
from nhipcau.quantities import EndpointId, McuName, SiteId

# 1012: the service restarts; a page comes back by itself. 1006: it is gone without a word.
_AWAY, _GONE = 1012, 1006
_WELCOME = '"welcome"'


@dataclass(slots=True)
class PassedChannel:
    """A page behind a leaf below.

    Attributes:
        number: of its channel on our own trunk; `there`: on the trunk of the leaf below.
        at: the leaf that the page has called.
        seated: as the root said last; None before it is admitted.
        again: our own trunk was lost since; the welcome that comes is not news to it.
    """

    number: int
    there: int
    address: str
    at: McuName
    seated: Seated | None = None
    again: bool = False

    @property
    def seat(self) -> SiteId | None:
        """The site whose room it is, None while it is not admitted and for a page that watches."""
        seated = self.seated
        if seated is None or seated.seating.kind != "site":
            return None
        return seated.seating.site


@dataclass(slots=True)
class Above:
    """What the leaves below need of their leaf.

    Attributes:
        outbox: returns the way to the root; None while that is away.
        number: returns the number of a new channel.
    """

    engine: LeafEngine
    replica: Replica
    clock: Clock
    outbox: Callable[[], TrunkOutbox | None]
    number: Callable[[], int]

    def say(self, message: TrunkMessage) -> None:
        """Say something to the root; while that is away it is lost."""
        outbox = self.outbox()
        if outbox is not None:
            outbox.send(message)


@dataclass(slots=True, eq=False)
class LeafBelow:
    """One leaf below, while its trunk is up.

    Attributes:
        channels: of its pages, by their numbers there.
        over: set when the trunk is to be closed: another one has come in its place.
    """

    upper: UpperEnd[LeafMedia]
    above: Above
    channels: dict[int, PassedChannel] = field(default_factory=dict)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    _here: dict[int, PassedChannel] = field(default_factory=dict)

    def of(self, number: int) -> PassedChannel | None:
        """Return a channel by its number on our own trunk."""
        return self._here.get(number)

    def handle(self, message: TrunkMessage) -> None:
        """Take what the leaf below says.

        Raises:
            TrunkError: a leaf does not say that.
        """
        match message:
            case Opened():
                self._open(message)
            case Said():
                self._pass_up(message)
            case Closed():
                self._close(message)
            case LaneAnswer() | LaneOver() | RungsInUse():
                self.upper.handle(message)
            case Lines():
                self.upper.rungs = dict(message.rungs)
            case Have():
                self.upper.hear(message)
            case TrunkBeat():
                pass
            case _:
                raise TrunkError(f"a leaf does not say {message.type}")

    def take_still(self, there: int, jpeg: bytes) -> None:
        """Take a still picture of a page below; it is let go where our own trunk is behind."""
        channel, outbox = self.channels.get(there), self.above.outbox()
        if channel is not None and outbox is not None:
            outbox.offer(still_frame(channel.number, jpeg))

    def tell(self, channel: PassedChannel, message: Said | Closed | Seated) -> None:
        """Pass on what the root says to a page below."""
        if isinstance(message, Seated):
            channel.seated = message
        elif channel.again and isinstance(message, Said) and _WELCOME in message.text[:40]:
            channel.again = False
            return
        self.upper.outbox.send(message.model_copy(update={"channel": channel.there}))

    def show_still(self, channel: PassedChannel, jpeg: bytes) -> None:
        """Pass on a still picture for a page below."""
        self.upper.outbox.offer(still_frame(channel.there, jpeg))

    def take_seats_again(self, outbox: TrunkOutbox) -> None:
        """Seat the pages below anew: our own trunk was lost, and is up again."""
        for channel in list(self.channels.values()):
            if channel.seated is None:
                # Between two words of its greeting: it begins anew.
                self._dismiss(channel)
                continue
            channel.again = True
            outbox.send(_opened(channel).model_copy(update={"seated": channel.seated.seating}))

    def lend(self, lent: tuple[SiteId, ...]) -> None:
        """Lend on what is lent to sites below, carry what is seen there; called often."""
        upper, before = self.upper, self.upper.revision
        sites = {channel.seat for channel in self.channels.values()}
        mine = [site for site in lent if site in sites]
        for site in mine:
            upper.media_of(site)
        upper.settle(mine)
        if upper.revision != before:
            self.above.engine.seat_anew()

    def part(self) -> None:
        """The trunk is down, and with it every page behind that leaf is gone."""
        self.over.set()
        self.upper.close()
        for channel in self.channels.values():
            self.above.say(Closed(channel=channel.number, code=_GONE))
        self.channels.clear()
        self._here.clear()

    def _open(self, message: Opened) -> None:
        if message.channel in self.channels:
            return
        at = message.at or self.upper.mcu
        channel = PassedChannel(self.above.number(), message.channel, message.address, at)
        if self.above.outbox() is None:
            self._hang_up(channel)
            return
        self.channels[channel.there] = self._here[channel.number] = channel
        self.above.say(_opened(channel).model_copy(update={"seated": message.seated}))

    def _pass_up(self, message: Said) -> None:
        channel = self.channels.get(message.channel)
        if channel is not None:
            self.above.say(message.model_copy(update={"channel": channel.number}))

    def _close(self, message: Closed) -> None:
        channel = self.channels.get(message.channel)
        if channel is not None:
            self._forget(channel)
            self.above.say(message.model_copy(update={"channel": channel.number}))

    def _dismiss(self, channel: PassedChannel) -> None:
        self._forget(channel)
        self._hang_up(channel)
        self.above.say(Closed(channel=channel.number, code=_AWAY))

    def _forget(self, channel: PassedChannel) -> None:
        self.channels.pop(channel.there, None)
        self._here.pop(channel.number, None)

    def _hang_up(self, channel: PassedChannel) -> None:
        self.upper.outbox.send(Closed(channel=channel.there, code=_AWAY))


class LeavesBelow:
    """All leaves below a leaf, by name. Most leaves have none."""

    def __init__(self, above: Above) -> None:
        self._above = above
        self.all: dict[McuName, LeafBelow] = {}

    def join(self, mcu: McuName, outbox: TrunkOutbox) -> LeafBelow:
        """Have a trunk to a leaf below from now on; an older one to it is closed."""
        above = self._above
        upper = UpperEnd(
            mcu,
            above.engine,
            above.clock,
            outbox,
            above.replica.copier(),
            # The root has waited long enough before it takes a loan back.
            _lending=Lending(linger_s=0.0),
        )
        self.leave(self.all.get(mcu))
        below = self.all[mcu] = LeafBelow(upper, above)
        upper.open()
        return below

    def leave(self, below: LeafBelow | None) -> None:
        """A trunk is down; another one to the same leaf stays. May be called twice."""
        if below is None:
            return
        below.part()
        if self.all.get(below.upper.mcu) is below:
            del self.all[below.upper.mcu]

    def tell(self, message: Said | Closed | Seated) -> None:
        """Pass on what the root says to a page below; of a page that is no more it is let go."""
        for below, channel in self._of(message.channel):
            below.tell(channel, message)

    def show_still(self, number: int, jpeg: bytes) -> None:
        """Pass on a still picture for a page below."""
        for below, channel in self._of(number):
            below.show_still(channel, jpeg)

    def take_seats_again(self, outbox: TrunkOutbox) -> None:
        """See `LeafBelow.take_seats_again`."""
        for below in self.all.values():
            below.take_seats_again(outbox)

    def lend(self) -> None:
        """See `LeafBelow.lend`."""
        if self.all:
            lent = self._above.engine.lent_sites()
            for below in self.all.values():
                below.lend(lent)

    def copy(self, message: Events, known: int) -> None:
        """Pass on events of which our own copy had so many before."""
        fresh = [one.encode() for one in message.records[max(0, known + 1 - message.first) :]]
        for below in self.all.values():
            for part in below.upper.copier.pass_on(fresh):
                below.upper.outbox.send(part)

    def copy_anew(self) -> None:
        """Our own copy has begun anew, and so must those that are made of it."""
        for below in self.all.values():
            for part in self._above.replica.anew_for(below.upper.copier):
                below.upper.outbox.send(part)

    def rungs(self) -> dict[EndpointId, str]:
        """Return on which rung the endpoints below are, as their leaves say."""
        return {end: rung for one in self.all.values() for end, rung in one.upper.rungs.items()}

    def _of(self, number: int) -> Iterator[tuple[LeafBelow, PassedChannel]]:
        for below in self.all.values():
            channel = below.of(number)
            if channel is not None:
                yield below, channel


def _opened(channel: PassedChannel) -> Opened:
    return Opened(channel=channel.number, address=channel.address, at=channel.at)
