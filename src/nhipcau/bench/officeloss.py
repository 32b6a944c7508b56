"""`bench failover`, the office: it, its database and the bus are killed; does a meeting notice?

    chair, sites: floor, hands, microphones, cues, four a second ────────────────────────▶
    quiet stretch ─▶ gaps │ NATS, database, office die ─ all away ─ all begin again ─▶ gaps
                                            later: each event at the office once, in order

A gap is the time between two pictures that a site could show, or between two packets of sound that
it received; also a quiet meeting has them, of a picture's length, and more where a site comes to
another view. So the longest one of any site is held against that of a quiet stretch before, with
the same commands; of sites that change views and of those that do not each by itself.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from nhipcau.app.demo_fleet import FIRST_SITES
from nhipcau.bench.chair import Chair, ChairError, chair
from nhipcau.bench.ears import Ears, Heard, ears
from nhipcau.bench.officeground import OfficeGround, Stored, office_ground
from nhipcau.bench.report import Figure, at_most, percentile, plain
from nhipcau.quantities import SiteId

_SITES = tuple(SiteId(code) for code in FIRST_SITES)[:10]
_HALL, _SPEAKS, _ANSWERS, _ASKS, _TALKS = _SITES[:5]
# Whoever gets the floor, by the scenario too, comes to a view of its own and back.
_ON_FLOOR = (_HALL, _SPEAKS, _ANSWERS)
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
# Sites read what came so often, a picture is 40 ms and a packet of sound 20 ms long: gaps that
# differ by no more than one of these and a reading do not differ. How long a site waits for the key
# frame of another view differs by two pictures by itself.
_READ_MS = 5.0
_PICTURE_MS, _VIEW_MS, _SOUND_MS = 40.0 + _READ_MS, 80.0 + _READ_MS, 20.0 + _READ_MS
# Sites that were deaf for a picture's time are no witnesses.
_DEAF_MS = 40.0
_MS = 1000.0

_Do = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """What all sites heard in so many seconds."""

    seconds: float
    heard: Heard

    def longer_ms(self, quiet: "Stretch") -> float:
        """Return by how much a gap was longer than in a quiet stretch; 0: not to be told apart."""
        ours, theirs = self.heard, quiet.heard
        return max(
            _beyond(_PICTURE_MS, ours.picture_s - theirs.picture_s),
            _beyond(_VIEW_MS, ours.floor_picture_s - theirs.floor_picture_s),
            _beyond(_SOUND_MS, ours.sound_s - theirs.sound_s),
        )

    def in_words(self) -> str:
        """Return the longest gaps and how long the sites could not listen."""
        heard = self.heard
        pictures = f"picture {_MS * heard.picture_s:.0f} ms ({_MS * heard.floor_picture_s:.0f} at"
        sound = f"a change of view), sound {_MS * heard.sound_s:.0f} ms"
        deaf = f"in {self.seconds:.0f} s, sites deaf for {_MS * heard.deaf_s:.0f} ms"
        return f"{pictures} {sound} {deaf}"


def _beyond(least_ms: float, seconds: float) -> float:
    """Return milliseconds, none where they are no more than what can be told apart."""
    return _MS * seconds if _MS * seconds > least_ms else 0.0


@dataclass(slots=True)
class Conduct:
    """What was asked of the conference in a stretch, and how it answered."""

    took_ms: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class Course:
    """Leads a meeting on, a command each quarter of a second, and notes how soon it is obeyed."""

    def __init__(self, voice: Chair, sites: Ears) -> None:
        self._voice, self._sites = voice, sites
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
            lambda: self._sites.raise_hand(_ASKS),
            lambda: self._sites.open_mic(_TALKS),
            lambda: floor("give_floor", site=_ANSWERS),
            lambda: self._cue("cue_back"),
            lambda: self._sites.open_mic(_TALKS, is_open=False),
            lambda: self._sites.raise_hand(_ASKS, up=False),
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
        async with ears(specs, _ON_FLOOR) as sites, chair(ground.chair) as voice:
            course = Course(voice, sites)
            await course.begin()
            async with _leading(course):
                await asyncio.sleep(_SETTLE_S)
                quiet_s = _QUIET_S if not full else 10 * _QUIET_S
                quiet = await _stretch(sites, lambda: asyncio.sleep(quiet_s))
                calm, course.conduct = course.conduct, Conduct()
                lost = await _stretch(sites, _faults(ground, full=full))
                during = course.conduct
        stored = await ground.stored()
    return _figures(ground.database, (quiet, lost), (calm, during), stored)


@contextlib.asynccontextmanager
async def _leading(course: Course) -> AsyncIterator[None]:
    """Lead the meeting on while the context is open.

    Raises:
        ChairError, ConnectionClosed: the chair was hung up on: nothing of this is a measurement.
    """
    leading = asyncio.create_task(course.run(), name="course")
    try:
        yield
    finally:
        leading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await leading


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


async def _stretch(sites: Ears, work: _Do) -> Stretch:
    """Return what all sites heard while work was done."""
    before, began = (await sites.heard()).calls, time.monotonic()
    await sites.begin()
    await work()
    heard = await sites.heard()
    return Stretch(time.monotonic() - began, replace(heard, calls=heard.calls - before))


def wrong(stored: Stored) -> int:
    """Return how many events are not at the office once and in their place; 0: all agrees."""
    differ = sum(one != other for one, other in zip(stored.written, stored.kept, strict=False))
    differ += abs(len(stored.written) - len(stored.kept))
    return differ or int(not stored.same)


def _figures(
    database: str, stretches: tuple[Stretch, Stretch], conducts: Sequence[Conduct], stored: Stored
) -> list[Figure]:
    quiet, lost = stretches
    calm, during = conducts
    return [
        gap_figure(database, quiet, lost),
        plain("office_picture_gap_ms", _MS * lost.heard.picture_s, "ms"),
        plain("office_picture_gap_ms_quiet", _MS * quiet.heard.picture_s, "ms"),
        plain("office_sound_gap_ms", _MS * lost.heard.sound_s, "ms"),
        plain("office_sound_gap_ms_quiet", _MS * quiet.heard.sound_s, "ms"),
        at_most("office_events_wrong", wrong(stored), "events", 0),
        plain("office_events_stored", len(stored.kept), "events"),
        at_most("office_sites_called_anew", lost.heard.calls, "calls", 0),
        at_most("office_commands_refused", len(during.refused), "commands", 0),
        plain("office_commands_given", len(during.took_ms), "commands"),
        plain("office_command_ms_p95", percentile(during.took_ms, 0.95), "ms"),
        plain("office_command_ms_p95_quiet", percentile(calm.took_ms, 0.95), "ms"),
        plain("office_command_ms_max", max(during.took_ms), "ms"),
        plain("office_command_ms_max_quiet", max(calm.took_ms), "ms"),
    ]


def gap_figure(database: str, quiet: Stretch, lost: Stretch) -> Figure:
    """Return by how much the losses made the longest gap longer; undecided by deaf witnesses."""
    longer_ms = lost.longer_ms(quiet)
    deaf = max(lost.heard.deaf_s, quiet.heard.deaf_s) * _MS > _DEAF_MS
    met = None if deaf and longer_ms > 0 else longer_ms <= 0
    against = (
        f"{database}; longest gaps with the losses: {lost.in_words()};"
        f" without: {quiet.in_words()}; told apart from {_PICTURE_MS:.0f} ms"
        f" ({_VIEW_MS:.0f}) of picture and {_SOUND_MS:.0f} ms of sound on"
    )
    return Figure("office_nats_db_gap_ms", round(longer_ms, 1), "ms", "<= 0", met, against)
