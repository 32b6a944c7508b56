"""MCUs are killed and frozen under a province's meeting: for how long does each room miss it?

    root, standby, four leaves in real processes ─▶ a program on air ─▶ 145 synthetic sites here
    fault ─▶ the longest pause of sound and of picture at each site, from before the fault on

A pause of sound is judged by what is no silence: a leaf that has lost its root sends silence.
"""

import asyncio
import contextlib
import itertools
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nhipcau.bench.cascade import Cascade, Post, cascade
from nhipcau.bench.conductor import conducted, numbers
from nhipcau.bench.namespaces import NoNamespaceError
from nhipcau.bench.netground import ROOMS_ADDRESS, Spot, spots
from nhipcau.bench.ownsites import own_sites
from nhipcau.bench.report import Figure, at_most, percentile, plain
from nhipcau.conference.events import Event
from nhipcau.conference.fold import fold_all
from nhipcau.conference.state import EMPTY, ConferenceState
from nhipcau.conference.wire import load_event
from nhipcau.quantities import SiteId
from nhipcau.rehearsal.fleet import Fleet
from nhipcau.rehearsal.sitestats import SiteStats
from nhipcau.storage.eventfile import EventFile

_LEAVES = 4
_LEAF_P95_S, _LEAF_MAX_S = 0.4, 1.0
_ROOT_P95_S, _ROOT_MAX_S = 0.8, 2.0
# What it may take longer to notice that somebody stands still than that it is gone.
_STILL_S = 0.4
_STALL_S = 2.0
# Everybody is back long before, or something is wrong.
_WATCH_S = 4.0
# Warm connections come up again, the killed MCU is back and follows.
_CALM_S = 3.0
_CALM_MOST_S = 40.0
# Rooms in the province's own house.
_OWN = 9


@dataclass(frozen=True, slots=True)
class Pause:
    """How long a site had no sound, and no picture; seconds."""

    sound_s: float
    picture_s: float

    @property
    def worst_s(self) -> float:
        """The longer one."""
        return max(self.sound_s, self.picture_s)


Pauses = Mapping[SiteId, Pause]


@dataclass(frozen=True, slots=True)
class Scene:
    """What the faults happen to."""

    stage: Cascade
    fleet: Fleet
    lines: Sequence[Spot]

    def changes(self) -> Mapping[SiteId, int]:
        """Return how often each site has changed its MCU."""
        return {site: len(stats.switches) for site, stats in self.fleet.stats().items()}

    async def pid(self, post: Post) -> int:
        """Return the media process that an MCU has now."""
        return int((await asyncio.to_thread(post.metrics))["nhipcau_process_id"])

    async def root(self) -> Post:
        """Return who reigns now."""
        standby = self.stage.standby
        assert standby is not None
        reigns = (await asyncio.to_thread(standby.metrics)).get("reigns", 0.0)
        return standby if reigns else self.stage.root

    async def watch(self, seconds: float = _WATCH_S) -> Pauses:
        """Return each site's pauses since `begin`, so many seconds from now."""
        await asyncio.sleep(seconds)
        now_s = time.monotonic()
        return {site: _pause(stats, now_s) for site, stats in self.fleet.stats().items()}

    def begin(self) -> None:
        """Begin to measure."""
        self.fleet.reset_gaps()

    async def calm(self) -> None:
        """Wait until everything is as it should be again.

        Raises:
            TimeoutError: it will not be.
        """
        async with asyncio.timeout(_CALM_MOST_S):
            await asyncio.sleep(_CALM_S)
            while not await self._is_calm():  # noqa: ASYNC110 - polled
                await asyncio.sleep(0.5)

    async def _is_calm(self) -> bool:
        self.begin()
        seen = await self.watch(1.0)
        if any(pause.worst_s > 0.8 for pause in seen.values()):
            return False
        standby = self.stage.standby
        posts = (*self.stage.posts, *((standby,) if standby else ()))
        try:
            said = await asyncio.gather(*(asyncio.to_thread(post.metrics) for post in posts))
        except OSError:
            return False
        warm = sum(one.get("warm", 0.0) for one in said)
        return bool(warm >= len(self.fleet.stats()))


def _pause(stats: SiteStats, now_s: float) -> Pause:
    """Return a site's pauses; one that is not over yet has lasted until now."""
    sound, program = stats.sound, stats.program
    picture_s = program.longest_gap_s
    if program.last_frame_s is not None:
        picture_s = max(picture_s, now_s - program.last_frame_s)
    sound_s = sound.longest_silence_s
    if sound.last_voice_s is not None:
        sound_s = max(sound_s, now_s - sound.last_voice_s)
    return Pause(sound_s, picture_s)


@contextlib.asynccontextmanager
async def scene(sites: int, leaves: int = _LEAVES) -> AsyncIterator[Scene]:
    """Let so many sites meet over a root, a standby and leaves while the context is open."""
    shares = _shares(sites, leaves)
    async with contextlib.AsyncExitStack() as stack:
        try:
            lines: Sequence[Spot] = await stack.enter_async_context(spots(len(shares) + 1))
        except NoNamespaceError:
            lines = ()
        stage = await stack.enter_async_context(cascade(shares, "2x2", lines, standby=True))
        bind = ROOMS_ADDRESS if lines else "127.0.0.1"
        fleet = await stack.enter_async_context(own_sites(stage.fleet(talkers=1).sites, bind))
        here = Scene(stage, fleet, lines)
        await here.calm()
        yield here


async def _leaf_fault(here: Scene, name: str, leaf: Post, fault: signal.Signals) -> list[Figure]:
    seen = await _suffer(here, leaf, fault)
    more_s = _STILL_S if fault is signal.SIGSTOP else 0.0
    lost = [seen[site] for site in leaf.sites]
    others = [pause.worst_s for site, pause in seen.items() if site not in leaf.sites]
    worst = [pause.worst_s for pause in lost]
    return [
        at_most(f"{name}_s_p95", percentile(worst, 0.95), "s", _LEAF_P95_S + more_s),
        at_most(f"{name}_s_max", max(worst), "s", _LEAF_MAX_S + more_s),
        *_parts(name, lost),
        plain(f"{name}_others_s_max", max(others), "s"),
        plain(f"{name}_sites", len(lost), "sites"),
    ]


async def _root_stop(here: Scene) -> list[Figure]:
    """Let the root stand still for two seconds; it comes back as somebody who follows."""
    homes = [site for leaf in here.stage.leaves for site in leaf.sites]
    before = here.changes()
    seen = await _suffer(here, await here.root(), signal.SIGSTOP, _STALL_S)
    after = here.changes()
    changed = sum(after[site] - before[site] for site in homes)
    worst = [pause.worst_s for pause in seen.values()]
    return [
        at_most("root_stop_s_p95", percentile(worst, 0.95), "s", _ROOT_P95_S + _STILL_S),
        at_most("root_stop_s_max", max(worst), "s", _ROOT_MAX_S + _STILL_S),
        *_parts("root_stop", list(seen.values())),
        at_most("root_stall_leaf_switches", changed, "sites", 0),
    ]


async def _root_kill(here: Scene) -> list[Figure]:
    root = await here.root()
    hall = here.stage.root.sites[0]
    async with conducted(here.stage, hall) as conductor:
        await asyncio.sleep(_STALL_S)
        before = await _state(root)
        seen = await _suffer(here, root, signal.SIGKILL)
        log = await _log(await here.root())
    found, worst = numbers(log), [pause.worst_s for pause in seen.values()]
    after = fold_all(EMPTY, log)
    wrong = [
        len(set(conductor.told) - set(found)),
        len(found) - len(set(found)),
        sum(now < then for then, now in itertools.pairwise(found)),
        sum(1 for site in before.sites if _differs(before, after, site)),
        int((before.floor, before.layout, before.scenario) != _of(after)),
    ]
    return [
        at_most("root_kill_s_p95", percentile(worst, 0.95), "s", _ROOT_P95_S),
        at_most("root_kill_s_max", max(worst), "s", _ROOT_MAX_S),
        *_parts("root_kill", list(seen.values())),
        at_most("root_kill_wrong", sum(wrong), "events, sites", 0),
        plain("root_kill_commands_told", len(conductor.told), "commands"),
    ]


async def _suffer(
    here: Scene, post: Post, fault: signal.Signals, still_s: float = _WATCH_S
) -> Pauses:
    """Let a fault happen to an MCU; return what each site missed, when all is calm again."""
    pid = await here.pid(post)
    here.begin()
    os.kill(pid, fault)
    await asyncio.sleep(still_s)
    if fault is signal.SIGSTOP:
        # Its supervisor may have killed it meanwhile.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    seen = await here.watch(_WATCH_S - still_s)
    await here.calm()
    return seen


def _parts(name: str, seen: Sequence[Pause]) -> list[Figure]:
    return [
        plain(f"{name}_sound_s_p95", percentile([one.sound_s for one in seen], 0.95), "s"),
        plain(f"{name}_picture_s_p95", percentile([one.picture_s for one in seen], 0.95), "s"),
    ]


async def _log(post: Post) -> list[Event]:
    """Return the events that an MCU's disk has."""
    (path,) = post.data.glob("conferences/*/*.events")
    with tempfile.TemporaryDirectory(prefix="nhipcau-bench-") as folder:
        copy = Path(folder) / path.name
        copy.write_bytes(await asyncio.to_thread(path.read_bytes))
        log = EventFile(copy)
        records = log.replay()
        log.close()
    return [load_event(record) for record in records]


async def _state(post: Post) -> ConferenceState:
    return fold_all(EMPTY, await _log(post))


def _of(state: ConferenceState) -> tuple[object, ...]:
    return state.floor, state.layout, state.scenario


def _differs(before: ConferenceState, after: ConferenceState, site: SiteId) -> bool:
    then, now = before.sites[site], after.sites[site]
    kept = ("presence", "mic", "camera", "capture")
    return any(getattr(then, name) != getattr(now, name) for name in kept)


async def takeover_figures(here: Scene) -> list[Figure]:
    """Return what each fault cost each site."""
    kill, _, stop, *_ = here.stage.leaves
    where = "network namespaces" if here.lines else "loopback"
    return [
        Figure("takeover_sites", len(here.fleet.stats()), "sites", against=where),
        *await _leaf_fault(here, "leaf_kill", kill, signal.SIGKILL),
        *await _leaf_fault(here, "leaf_stop", stop, signal.SIGSTOP),
        *await _root_stop(here),
        *await _root_kill(here),
    ]


def _shares(sites: int, leaves: int) -> list[int]:
    """Return how many dial the root, a room of the province's own house each, and each leaf."""
    own = min(_OWN, max(1, sites // 10))
    rest = sites - own
    return [own, *(rest // leaves + (n < rest % leaves) for n in range(leaves))]
