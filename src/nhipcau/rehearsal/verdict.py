"""What a rehearsal found: a site's figures from its own counters, and pass or fail against limits.

    SiteStats before, after ─▶ SiteResult ┐
    Sample, one a second                  ├─▶ Report ─▶ JSON, page
    Limits ─────────────────▶ Check       ┘

Receivers count for themselves; what the MCU counted is held against it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

from nhipcau.quantities import SiteId
from nhipcau.rehearsal.gaps import Switch
from nhipcau.rehearsal.showing import GAP_BOUNDS_S
from nhipcau.rehearsal.sitestats import SiteStats

# A picture that stands longer than this is seen to freeze; the program has 25 a second.
FREEZE_S = 0.3
_FREEZE_BUCKET = GAP_BOUNDS_S.index(FREEZE_S) + 1
_SOUND_PACKETS_PER_S = 50
# A second of the largest rung, with a key frame in it.
_UNDER_WAY_PACKETS = 150


@dataclass(frozen=True, slots=True)
class SiteResult:
    """One site over the measured time.

    Attributes:
        line: words of its line profile, empty for a line without a fault.
        join_s: from its call to its first key frame; None when none came.
        fps: pictures a second.
        freezes: times that the picture stood for more than `FREEZE_S`.
        longest_gap_s: the longest time between two pictures.
        loss_percent: packets missing when a later one came; `gave_up_percent`: never repaired.
        sound_gap_percent: sound that never came.
        counts_differ_percent: between the picture packets that its MCU counted as sent to it and
            those that it counted, lost ones included; None where the MCU said nothing.
        rung, rung_changes: the last one, as its MCU said; how often it changed.
        calls: signalling connections opened; 1 when nothing went wrong.
        switches: each change of MCU in that time, and what it cost.
    """

    site: SiteId
    name: str
    line: str
    join_s: float | None
    fps: float
    freezes: int
    longest_gap_s: float
    loss_percent: float
    gave_up_percent: float
    sound_gap_percent: float
    counts_differ_percent: float | None
    rung: str
    rung_changes: int
    calls: int
    switches: Sequence[Switch] = ()


@dataclass(frozen=True, slots=True)
class McuSample:
    """An MCU's load as it says it.

    Attributes:
        cores, rss_mb: processor cores in use, MiB.
        packets, late_ticks, dropped: picture packets sent, turns begun late, frames not sent in
            time; since its start.
        rungs: the rung of each site of it.
        sent: picture packets sent to each site since that connected.
    """

    cores: float
    rss_mb: float
    packets: float
    late_ticks: float
    dropped: float
    rungs: Mapping[str, str]
    sent: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Sample:
    """One second of the rehearsal; lists are in the order of `Report.sites`."""

    at_s: float
    present: int
    fps: Sequence[float]
    mcus: Mapping[str, McuSample]

    def rung(self, site: SiteId) -> str | None:
        """Return the rung of a site, None where no MCU says one."""
        return next((mcu.rungs[site] for mcu in self.mcus.values() if site in mcu.rungs), None)

    def sent(self, site: SiteId) -> float | None:
        """Return the picture packets sent to a site, None where no MCU says so."""
        return next((mcu.sent[site] for mcu in self.mcus.values() if site in mcu.sent), None)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a rehearsal must hold to pass, each for every site."""

    join_s: float = 5.0
    freezes_per_min: float = 1.0
    longest_gap_s: float = 2.0
    sound_gap_percent: float = 1.0
    counts_differ_percent: float = 1.0


@dataclass(frozen=True, slots=True)
class Check:
    """One limit: the worst site's value, and the sites beyond the limit."""

    name: str
    limit: float
    worst: float | None
    beyond: Sequence[SiteId]

    @property
    def passed(self) -> bool:
        """True when no site is beyond the limit."""
        return not self.beyond


@dataclass(frozen=True, slots=True)
class Report:
    """A rehearsal; `began`: day and hour as they are written here, 25/01/2024 07:30."""

    meeting: str
    began: str
    seconds: float
    sites: Sequence[SiteResult]
    samples: Sequence[Sample]
    checks: Sequence[Check]

    @property
    def passed(self) -> bool:
        """True when every check passed."""
        return all(check.passed for check in self.checks)

    def as_dict(self) -> dict[str, object]:
        """Return it for JSON."""
        checks = [{**asdict(check), "passed": check.passed} for check in self.checks]
        return {**asdict(self), "checks": checks, "passed": self.passed}


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a site: what it counted itself, and what its MCU counted as sent to it."""

    own: SiteStats
    sent: float | None


def site_result(before: Look, after: Look, seconds: float, said: "Said") -> SiteResult:
    """Return what a site went through between two looks at it, `seconds` apart.

    `reset_gaps` belongs to the first look, so that the longest gap is of this time too.
    """
    then, program, sound = before.own, after.own.program, after.own.sound
    shown = program.shown - then.program.shown
    packets = program.packets - then.program.packets
    gaps = program.gaps - then.program.gaps
    gave_up = program.gave_up - then.program.gave_up
    expected = max(1, packets + gave_up)
    heard = sound.packets - sound.duplicates - then.sound.packets + then.sound.duplicates
    silent = 1 - heard / (seconds * _SOUND_PACKETS_PER_S)
    rungs = said.rungs
    return SiteResult(
        site=after.own.code,
        name=said.name,
        line=said.line,
        join_s=_join_s(after.own),
        fps=shown / seconds,
        freezes=_freezes(after.own) - _freezes(then),
        longest_gap_s=program.longest_gap_s if shown else seconds,
        loss_percent=100 * gaps / expected,
        gave_up_percent=100 * gave_up / expected,
        sound_gap_percent=100 * max(0.0, silent),
        counts_differ_percent=_difference_percent(after),
        rung=rungs[-1] if rungs else "",
        rung_changes=sum(one != other for one, other in pairwise(rungs)),
        calls=after.own.calls,
        switches=after.own.switches[len(then.switches) :],
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a site: its name, the words of its line, its rung second by second."""

    name: str
    line: str
    rungs: Sequence[str] = ()


def _difference_percent(look: Look) -> float | None:
    """Return how far the two counts of the picture's packets are apart.

    The site's: all that came once, what it still waits for, what it gave up.
    """
    if look.sent is None or not look.sent:
        return None
    program = look.own.program
    counted = program.packets - program.duplicates + program.gaps - program.recovered
    # The two are not read at the same instant: what is sent in that time is no difference.
    apart = max(0.0, abs(counted - look.sent) - _UNDER_WAY_PACKETS)
    return 100 * apart / look.sent


def judge(sites: Sequence[SiteResult], limits: Limits, seconds: float) -> list[Check]:
    """Return each limit with the sites that are beyond it; one that never joined is beyond it."""
    minutes = seconds / 60
    # One freeze in a short rehearsal is not one a minute many times over.
    freezes = max(1.0, limits.freezes_per_min * minutes)
    rules: Sequence[tuple[str, float, Callable[[SiteResult], float | None]]] = (
        ("join_s", limits.join_s, lambda site: site.join_s),
        ("freezes", freezes, lambda site: float(site.freezes)),
        ("longest_gap_s", limits.longest_gap_s, lambda site: site.longest_gap_s),
        ("sound_gap_percent", limits.sound_gap_percent, lambda site: site.sound_gap_percent),
        (
            "counts_differ_percent",
            limits.counts_differ_percent,
            lambda site: site.counts_differ_percent or 0.0,
        ),
    )
    return [_check(name, limit, sites, value) for name, limit, value in rules]


def _check(
    name: str,
    limit: float,
    sites: Sequence[SiteResult],
    value: Callable[[SiteResult], float | None],
) -> Check:
    values = [(site.site, value(site)) for site in sites]
    known = [number for _, number in values if number is not None]
    beyond = [site for site, number in values if number is None or number > limit]
    return Check(name, limit, max(known, default=None), beyond)


def _join_s(stats: SiteStats) -> float | None:
    first_s, called_s = stats.program.first_s, stats.called_s
    return None if first_s is None or called_s is None else first_s - called_s


def _freezes(stats: SiteStats) -> int:
    return sum(stats.program.gap_counts[_FREEZE_BUCKET:])
