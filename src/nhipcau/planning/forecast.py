"""The load that a meeting will put on each MCU and trunk, and what happens if one is lost.

line-up + sites of the meeting ── forecast ──▶ McuLoad(0.51 cores, 190 Mbit/s, lost: "carries")

An MCU that is lost leaves its sites to a stand-in; a trunk that is cut leaves its district alone,
whose MCU must then compose by itself. Either is asked at 720p, then at 360p.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from nhipcau.planning import costs
from nhipcau.planning.lineup import Mcu, root_of
from nhipcau.quantities import Bitrate, McuName


class Verdict(StrEnum):
    """What becomes of the meeting when something is lost."""

    CARRIES = "carries"
    DEGRADES = "degrades_to_360p"
    CANNOT = "cannot"


class Load(NamedTuple):
    """Work: cores used, and bits per second on the line to the rooms."""

    cores: float
    line_bps: Bitrate


@dataclass(frozen=True, slots=True)
class Loss:
    """What happens without something: the verdict, and who stands in ("" for nobody)."""

    verdict: Verdict
    by: str
    load: Load


@dataclass(frozen=True, slots=True)
class McuForecast:
    """One MCU: its sites in this meeting, those of others at the time, its load, its loss."""

    mcu: Mcu
    root: bool
    sites: int
    others: int
    load: Load
    fits: bool
    lost: Loss


@dataclass(frozen=True, slots=True)
class TrunkForecast:
    """One trunk: from which MCU to which, what it carries down and up, and its loss."""

    leaf: McuName
    root: McuName
    down_bps: Bitrate
    up_bps: Bitrate
    fits: bool
    lost: Loss


@dataclass(frozen=True, slots=True)
class Forecast:
    """The whole line-up of a meeting."""

    mcus: tuple[McuForecast, ...]
    trunks: tuple[TrunkForecast, ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """What a meeting asks of the line-up.

    Attributes:
        sites: how many sites each MCU serves.
        others: how many it serves for other meetings at the time.
        standins: who stands in for whom, in order of preference.
        host: the unit that chairs: its MCU composes.
    """

    sites: Mapping[McuName, int]
    others: Mapping[McuName, int]
    standins: Mapping[str, Sequence[str]]
    host: str = ""


def forecast(mcus: Sequence[Mcu], demand: Demand) -> Forecast:
    """Return the load of every MCU and trunk of the line-up."""
    return _Reckoning(mcus, demand).forecast()


class _Reckoning:
    def __init__(self, mcus: Sequence[Mcu], demand: Demand) -> None:
        self._mcus = {mcu.name: mcu for mcu in mcus}
        self._demand = demand
        root = root_of(mcus, demand.host)
        self._root = None if root is None else root.name
        self._leaves = [
            mcu.name
            for mcu in mcus
            if mcu.uplink and not mcu.spare and mcu.name != self._root and self._sites(mcu.name)
        ]

    def forecast(self) -> Forecast:
        return Forecast(
            tuple(self._mcu(mcu) for mcu in self._mcus.values()),
            tuple(self._trunk(self._mcus[name]) for name in self._leaves),
        )

    def _sites(self, name: McuName) -> int:
        return self._demand.sites.get(name, 0)

    def _others(self, name: McuName) -> Load:
        count = self._demand.others.get(name, 0)
        return _work(count, 0, composes=count > 0, small=False) if count else Load(0.0, Bitrate(0))

    def _of(self, mcu: Mcu, extra: int = 0, *, composes: bool, small: bool) -> Load:
        """Return the load of an MCU with `extra` more sites; on a root with all trunks."""
        trunks = len(self._leaves) if composes else 0
        mine = _work(self._sites(mcu.name) + extra, trunks, composes=composes, small=small)
        beside = self._others(mcu.name)
        return Load(mine.cores + beside.cores, Bitrate(mine.line_bps + beside.line_bps))

    def _mcu(self, mcu: Mcu) -> McuForecast:
        root = mcu.name == self._root
        load = self._of(mcu, composes=root, small=False)
        return McuForecast(
            mcu=mcu,
            root=root,
            sites=self._sites(mcu.name),
            others=self._demand.others.get(mcu.name, 0),
            load=load,
            fits=_fits(mcu, load),
            lost=self._without(mcu, root),
        )

    def _without(self, lost: Mcu, root: bool) -> Loss:
        """Return what happens when an MCU is lost: the first stand-in that carries it, if any."""
        moved = self._sites(lost.name)
        if not moved and not root:
            return Loss(Verdict.CARRIES, "", Load(0.0, Bitrate(0)))
        names = self._demand.standins.get(lost.name, ())
        standins = [self._mcus[McuName(name)] for name in names if McuName(name) in self._mcus]
        for small in (False, True):
            for mcu in standins:
                if mcu.name == lost.name:
                    continue
                composes = root or mcu.name == self._root
                load = self._of(mcu, moved, composes=composes, small=small)
                room = moved + self._sites(mcu.name) <= mcu.max_sites
                if room and _fits(mcu, load):
                    return Loss(Verdict.DEGRADES if small else Verdict.CARRIES, mcu.name, load)
        return Loss(Verdict.CANNOT, "", Load(0.0, Bitrate(0)))

    def _trunk(self, leaf: Mcu) -> TrunkForecast:
        down = costs.PROGRAM_720P_BPS + costs.PROGRAM_360P_BPS + costs.CONTENT_BPS
        down += costs.SOUND_BPS * (1 + costs.OPEN_MICROPHONES)
        up = costs.TRUNK_UPSTREAMS * costs.UPSTREAM_BPS
        most = leaf.trunk_bps * costs.LINE_SHARE / costs.LINE_OVERHEAD
        return TrunkForecast(
            leaf=leaf.name,
            root=self._root or McuName(""),
            down_bps=Bitrate(round(down * costs.LINE_OVERHEAD)),
            up_bps=Bitrate(round(up * costs.LINE_OVERHEAD)),
            fits=max(down, up) <= most,
            lost=self._alone(leaf),
        )

    def _alone(self, leaf: Mcu) -> Loss:
        """Return what happens when a trunk is cut: the leaf composes for its own sites."""
        for small in (False, True):
            load = self._of(leaf, composes=True, small=small)
            if _fits(leaf, load):
                return Loss(Verdict.DEGRADES if small else Verdict.CARRIES, leaf.name, load)
        return Loss(Verdict.CANNOT, "", load)


def _fits(mcu: Mcu, load: Load) -> bool:
    cores, line = mcu.cores * costs.CPU_SHARE, mcu.line_bps * costs.LINE_SHARE
    return load.cores <= cores and load.line_bps <= line


def _work(viewers: int, trunks: int, *, composes: bool, small: bool) -> Load:
    """Return the load of one meeting on one MCU.

    Args:
        viewers: sites that it sends the program, content and sound to.
        trunks: leaves to which it sends each rung once.
        composes: it decodes, composes, mixes and encodes, too.
        small: viewers get 360p instead of 720p.
    """
    program = costs.PROGRAM_360P_BPS if small else costs.PROGRAM_720P_BPS
    each_bps = program + costs.CONTENT_BPS + costs.SOUND_BPS
    trunk_bps = each_bps + (0 if small else costs.PROGRAM_360P_BPS)
    packets = viewers * _packets(each_bps) + trunks * _packets(trunk_bps)
    cores = packets * costs.SEND_PACKET_S
    if composes:
        cores += _composing(small=small)
    elif viewers:
        # A leaf receives the trunk and repeats it unopened.
        cores += _packets(each_bps) * costs.RECEIVE_PACKET_S
    line = (viewers * each_bps + trunks * trunk_bps) * costs.LINE_OVERHEAD
    return Load(cores, Bitrate(round(line)))


def _packets(rate_bps: float) -> float:
    """Return packets a second of pictures at a rate, and of sound."""
    return rate_bps / 8 / costs.PACKET_BYTES + costs.SOUND_PACKETS_PER_S


def _composing(*, small: bool) -> float:
    """Return the cores of decoding, composing, mixing and encoding a meeting once."""
    tiles = costs.SHOWN_SITES * (costs.DECODE_360P_S + costs.SCALE_TILE_S) + costs.PASTE_16_TILES_S
    encode = costs.ENCODE_360P_S + (0 if small else costs.ENCODE_720P_S)
    pictures = costs.FPS * (tiles + encode) + costs.CONTENT_FPS * costs.ENCODE_1080P_S
    sound = costs.OPEN_MICROPHONES * costs.OPUS_DECODE_S
    sound += (1 + costs.OPEN_MICROPHONES) * costs.OPUS_ENCODE_S
    received = costs.SHOWN_SITES * _packets(costs.UPSTREAM_BPS) * costs.RECEIVE_PACKET_S
    return pictures + sound * costs.SOUND_PACKETS_PER_S + received
