"""What a leaf's media threads work on: a frozen scene that the event loop swaps in one assignment.

LeafScene ─┬─ medias           connections that were answered
           ├─ CarriedRung …    rung lanes: pictures by line, the common mix
           ├─ CarriedLoan …    loans: a picture, own sound, outlets; whose they are
           ├─ wanted           sites that are asked to send, lent or not
           └─ at_door          sites that wait to be let in: they see and hear nothing
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nhipcau.mcu.lane import Lane
from nhipcau.mcu.leafmedia import LeafMedia
from nhipcau.mcu.repeatedrung import RepeatedRung
from nhipcau.mcu.trunksound import TrunkSound
from nhipcau.mcu.upline import Outlet
from nhipcau.ports.transport import Mid
from nhipcau.quantities import SiteId
from nhipcau.rtp.passage import Passage


@dataclass(frozen=True, slots=True, eq=False)
class CarriedRung:
    """A rung lane: what comes down it, and its place in the ladders."""

    lane: Lane
    place: int
    pictures: Mapping[Mid, RepeatedRung]
    sound: TrunkSound


@dataclass(frozen=True, slots=True, eq=False)
class CarriedLoan:
    """A loan, the site that it is lent to, and that site's connection; None where there is none.

    Taken back it keeps the connection: nothing goes up, and its room leaves it as soon as that can
    be done unheard.
    """

    lane: Lane
    picture: RepeatedRung
    sound: TrunkSound
    outlets: Mapping[Mid, Outlet]
    site: SiteId | None = None
    media: LeafMedia | None = None

    @property
    def serves(self) -> LeafMedia | None:
        """The connection whose lines go up now."""
        return self.media if self.site is not None else None


@dataclass(frozen=True, slots=True, eq=False)
class LeafScene:
    """Everything that a leaf's media threads need to know."""

    medias: tuple[LeafMedia, ...] = ()
    rungs: tuple[CarriedRung, ...] = ()
    loans: tuple[CarriedLoan, ...] = ()
    wanted: frozenset[SiteId] = frozenset()
    at_door: frozenset[SiteId] = frozenset()

    def audience(self, up: tuple[LeafMedia, ...]) -> tuple[LeafMedia, ...]:
        """Return who of the connections that are up sees and hears the meeting."""
        return tuple(m for m in up if not m.cold and m.seat not in self.at_door)

    def listeners(self, up: tuple[LeafMedia, ...]) -> Iterator[LeafMedia]:
        """Yield whose sound lines bring something: of lanes below the first one, and the lent."""
        return (media for media in self.audience(up) if media.hears or media.is_loan)

    def viewers(self, up: tuple[LeafMedia, ...]) -> Iterator[LeafMedia]:
        """Yield who may see rungs, and the loans below that are lent what comes down."""
        lent = {loan.serves for loan in self.loans}
        return (media for media in self.audience(up) if media in lent or not media.is_loan)

    def pictures(self) -> Iterator[RepeatedRung]:
        """Yield every rung that may come down, loans' last."""
        for carried in self.rungs:
            yield from carried.pictures.values()
        for loan in self.loans:
            yield loan.picture

    def wanted_medias(self) -> tuple[LeafMedia, ...]:
        """Return the connections whose lines up are polled often: lent, or asked to send."""
        lent = {loan.serves for loan in self.loans}
        served = (media for media in self.medias if not media.cold)
        return tuple(media for media in served if media in lent or media.seat in self.wanted)


def came_down(scene: LeafScene) -> dict[str, tuple[int, int]]:
    """Return how many packets and bytes have come down each lane that is carried now, by its place
    in the ladders; of all loans together as `loan`.
    """
    came: dict[str, tuple[int, int]] = {}
    lanes: list[tuple[str, list[Passage]]] = []
    for rung in scene.rungs:
        streams = [one.passage for one in rung.pictures.values()]
        lanes.append((f"{rung.place}", [*streams, rung.sound.passage]))
    lanes += [("loan", [one.picture.passage, one.sound.passage]) for one in scene.loans]
    for name, streams in lanes:
        for stats in (stream.stats() for stream in streams):
            came = add_up(came, {name: (stats.received, stats.octets)})
    return came


def add_up(
    one: Mapping[str, tuple[int, int]], other: Mapping[str, tuple[int, int]]
) -> dict[str, tuple[int, int]]:
    """Return packets and bytes of both, lane by lane."""
    return {
        name: (
            one.get(name, (0, 0))[0] + other.get(name, (0, 0))[0],
            one.get(name, (0, 0))[1] + other.get(name, (0, 0))[1],
        )
        for name in (*one, *other)
    }
