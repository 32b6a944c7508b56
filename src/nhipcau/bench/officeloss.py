"""`bench failover`, the office: it, its database and the bus are killed; does a meeting notice?

    chair, sites: floor, hands, microphones, cues, four a second ────────────────────────▶
    quiet stretch ─▶ gaps │ NATS, database, office die ─ all away ─ all begin again ─▶ gaps
                                            later: each event at the office once, in order

A gap is the time between two pictures that a site could show, or between two packets of sound that
it received; also a quiet meeting has them, of a picture's length and more when the view changes. So
the longest one of any site is held against that of a quiet stretch before, with the same commands.
"""

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from nhipcau.app.demo_fleet import FIRST_SITES
from nhipcau.bench.chair import Chair, ChairError, chair
from nhipcau.bench.officeground import OfficeGround, Stored, office_ground
from nhipcau.bench.ownsites import own_sites
from nhipcau.bench.report import Figure, at_most, percentile, plain
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.fleet import Fleet
from nhipcau.rehearsal.sitestats import SiteStats

_SITES = tuple(SiteId(code) for code in FIRST_SITES)[:10]
_SPEAKS, _ANSWERS, _ASKS, _TALKS = _SITES[1:5]
# So many speak all the while, beside whoever has the floor.
_OPEN_MICROPHONES = 3
_BEAT_S = 0.25
_SETTLE_S = 1.5
_QUIET_S = 6.0
# Between two kills, and while all three are away.
_STEP_S = 0.4
_AWAY_S = 1.0
# An MCU asks an office that was away every 5 s, and several rounds are to find it back.
_ROUND_PAUSE_S = 6.0
_SEEN_S = 10.0
# Sites read what came so often: gaps that differ by less do not differ.
_READ_MS = 5.0
_MS = 1000.0
_NICE = -10

_Do = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Gaps:
    """A stretch: its length, the longest gaps of any site, how often a site called anew."""

    seconds: float
    picture_ms: float
    sound_ms: float
    calls: int

    def longer_ms(self, quiet: "Gaps") -> float:
        """Return by how much a gap was longer than in a quiet stretch; 0: not to be told apart."""
        longer = max(self.picture_ms - quiet.picture_ms, self.sound_ms - quiet.sound_ms)
        return longer if longer > _READ_MS else 0.0


@dataclass(slots=True)
class Conduct:
    """What was asked of the conference in a stretch, and how it answered."""

    took_ms: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class Course:
    """Leads a meeting on, a command each quarter of a second, and notes how soon it is obeyed."""

    def __init__(self, voice: Chair, fleet: Fleet) -> None:
        self._voice, self._fleet = voice, fleet
        self._revision = 0
        self.conduct = Conduct()

    async def begin(self) -> None:
        """Begin the scenario, so that there is a step to go back to."""
        said = await self._voice.until_message("scenario", lambda _: True)
        self._revision = said["revision"]
        await self._cue("cue_next")

    async def run(self) -> None:
        """Go round until cancelled; every round leaves things as they were."""
        floor = self._voice.say
        deeds: tuple[_Do, ...] = (
            lambda: self._cue("cue_next"),
            lambda: floor("give_floor", site=_SPEAKS),
            lambda: self._fleet.raise_hand(_ASKS),
            lambda: self._fleet.open_mic(_TALKS),
            lambda: floor("give_floor", site=_ANSWERS),
            lambda: self._cue("cue_back"),
            lambda: self._fleet.open_mic(_TALKS, is_open=False),
            lambda: self._fleet.raise_hand(_ASKS, up=False),
        )
        while True:
            for deed in deeds:
                began = time.monotonic()
                try:
                    await deed()
                except ChairError as error:
                    self.conduct.refused.append(str(error))
                took_s = time.monotonic() - began
                self.conduct.took_ms.append(_MS * took_s)
                await asyncio.sleep(max(0.0, _BEAT_S - took_s))

    async def _cue(self, kind: str) -> None:
        seen = self._revision
        await self._voice.say(kind, seen=seen)
        said = await self._voice.until_message("scenario", lambda one: one["revision"] > seen)
        self._revision = said["revision"]


async def office_loss_figures(*, full: bool = False) -> list[Figure]:
    """Return what a meeting notices of the loss of office, database and bus, and what is stored.

    Args:
        full: each of them alone, too, and all of them again: two minutes.
    """
    async with office_ground() as ground:
        specs = [
            ground.spec(site, mic=place < _OPEN_MICROPHONES) for place, site in enumerate(_SITES)
        ]
        async with own_sites(specs) as fleet, chair(ground.chair) as voice:
            _hear_first()
            course = Course(voice, fleet)
            await course.begin()
            leading = asyncio.create_task(course.run(), name="course")
            try:
                await asyncio.sleep(_SETTLE_S)
                faults = _faults(ground, full=full)
                quiet_s = _QUIET_S if not full else 10 * _QUIET_S
                quiet = await _stretch(fleet, lambda: asyncio.sleep(quiet_s))
                calm, course.conduct = course.conduct, Conduct()
                lost = await _stretch(fleet, faults)
                during = course.conduct
            finally:
                leading.cancel()
                await asyncio.wait((leading,))
            if leading.done() and not leading.cancelled():
                # The chair itself was hung up on: nothing of this is a measurement.
                leading.result()
        stored = await ground.stored()
    return _figures(ground.database, (quiet, lost), (calm, during), stored)


def _faults(ground: OfficeGround, *, full: bool) -> _Do:
    """Return the faults of a quick run, or of a full one."""

    async def all_three() -> None:
        await ground.kill_bus()
        await asyncio.sleep(_STEP_S)
        ground.kill_database()
        await asyncio.sleep(_STEP_S)
        await ground.office.kill()
        await asyncio.sleep(_AWAY_S)
        await ground.begin_bus()
        await ground.begin_database()
        await ground.office.begin()

    async def each_alone() -> None:
        ground.kill_database()
        await asyncio.sleep(_AWAY_S)
        await ground.begin_database()
        await asyncio.sleep(_ROUND_PAUSE_S)
        await ground.kill_bus()
        await asyncio.sleep(_AWAY_S)
        await ground.begin_bus()
        await asyncio.sleep(_ROUND_PAUSE_S)
        await ground.office.kill()
        await asyncio.sleep(_AWAY_S)
        await ground.office.begin()

    async def office_first() -> None:
        # It waits for what it needs, whatever comes back last.
        await ground.office.kill()
        await ground.kill_bus()
        ground.kill_database()
        beginning = asyncio.create_task(ground.office.begin(), name="office")
        await asyncio.sleep(_ROUND_PAUSE_S)
        await ground.begin_bus()
        await asyncio.sleep(_AWAY_S)
        await ground.begin_database()
        await beginning

    async def long() -> None:
        for fault in (all_three, each_alone, office_first, all_three):
            await fault()
            await asyncio.sleep(_ROUND_PAUSE_S)

    return long if full else all_three


async def _stretch(fleet: Fleet, work: _Do) -> Gaps:
    """Return the longest gaps of any site while work is done."""
    before, began = _calls(fleet), time.monotonic()
    fleet.reset_gaps()
    await work()
    # Whoever has no picture at its end has a gap that goes on: it is waited for.
    await _until_seen_again(fleet)
    sites = fleet.stats().values()
    return Gaps(
        time.monotonic() - began,
        _MS * max(site.program.longest_gap_s for site in sites),
        _MS * max(site.sound.longest_gap_s for site in sites),
        _calls(fleet) - before,
    )


async def _until_seen_again(fleet: Fleet) -> None:
    """Return when every site has shown and heard something more.

    Raises:
        TimeoutError: one does not within ten seconds.
    """

    def heard() -> list[int]:
        return [count for site in fleet.stats().values() for count in _counts(site)]

    before = heard()
    async with asyncio.timeout(_SEEN_S):
        while any(now <= was for now, was in zip(heard(), before, strict=True)):  # noqa: ASYNC110 - polled
            await asyncio.sleep(_BEAT_S / 10)


def _counts(site: SiteStats) -> tuple[int, int]:
    return site.program.shown, site.sound.packets


def _calls(fleet: Fleet) -> int:
    return sum(site.calls for site in fleet.stats().values())


def _hear_first() -> None:
    """Let the sites' one thread go before what starts beside it, where that is allowed.

    An office that starts wants a whole core; rooms are machines of their own.
    """
    for thread in threading.enumerate():
        if thread.name == "fleet-media" and thread.native_id is not None:
            with contextlib.suppress(PermissionError):
                os.setpriority(os.PRIO_PROCESS, thread.native_id, _NICE)


def wrong(stored: Stored) -> int:
    """Return how many events are not at the office once and in their place; 0: all agrees."""
    differ = sum(one != other for one, other in zip(stored.written, stored.kept, strict=False))
    differ += abs(len(stored.written) - len(stored.kept))
    return differ or int(not stored.same)


def _figures(
    database: str, gaps: tuple[Gaps, Gaps], conducts: Sequence[Conduct], stored: Stored
) -> list[Figure]:
    quiet, lost = gaps
    calm, during = conducts
    longer = lost.longer_ms(quiet)
    against = (
        f"{database}; longest picture and sound gap {lost.picture_ms:.0f} and {lost.sound_ms:.0f}"
        f" ms in {lost.seconds:.0f} s with the losses, {quiet.picture_ms:.0f} and"
        f" {quiet.sound_ms:.0f} ms in {quiet.seconds:.0f} quiet s; read every {_READ_MS:.0f} ms"
    )
    gap = Figure("office_nats_db_gap_ms", round(longer, 1), "ms", "<= 0", longer <= 0, against)
    return [
        gap,
        at_most("office_events_wrong", wrong(stored), "events", 0),
        plain("office_events_stored", len(stored.kept), "events"),
        at_most("office_sites_called_anew", lost.calls, "sites", 0),
        at_most("office_commands_refused", len(during.refused), "commands", 0),
        plain("office_commands_given", len(during.took_ms), "commands"),
        plain("office_command_ms_p95", percentile(during.took_ms, 0.95), "ms"),
        plain("office_command_ms_p95_quiet", percentile(calm.took_ms, 0.95), "ms"),
        plain("office_command_ms_max", max(during.took_ms), "ms"),
        plain("office_command_ms_max_quiet", max(calm.took_ms), "ms"),
    ]
