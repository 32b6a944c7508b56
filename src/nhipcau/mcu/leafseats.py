"""Who of a leaf's rooms is on which rung, and who is about to change. The picture thread's own.

    lanes, wishes ─▶ follow ─▶ targets ─▶ settle ─▶ who can comes; key frames are asked for others

A room wishes for a place in the ladder. While no packet of it comes (the root is being told),
whoever sees something stays where it is, and who sees nothing takes the next lower rung meanwhile.
A room whose loan brings pictures gets those instead, while they come. A lane to a leaf below brings
its rung or its loan, and never another: what its rooms see instead, that leaf decides.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from nhipcau.mcu.leafwatcher import LeafWatcher
from nhipcau.mcu.repeatedrung import RepeatedRung

# So many of its pictures, and this time on top, a loan may leave out before its room goes back.
_PAUSE_PICTURES = 3
_PAUSE_S = 0.04
# A rung of content has two pictures a second.
_STILL_S = 1.5


class Row(NamedTuple):
    """One picture line: its rungs by place, all who watch, the loans of some of them; and all that
    is carried, though others have taken its place.
    """

    rungs: Mapping[int, RepeatedRung]
    watchers: tuple[LeafWatcher, ...]
    loans: Mapping[LeafWatcher, RepeatedRung]
    live: frozenset[RepeatedRung]


class LeafSeats:
    """Seats the rooms of a leaf."""

    def __init__(self) -> None:
        self._rows: tuple[Row, ...] = ()
        self._watchers: tuple[LeafWatcher, ...] = ()

    def follow(self, rows: Iterable[Row]) -> None:
        """Take which rungs there are, and who watches, from now on."""
        self._rows = tuple(rows)
        before = self._watchers
        self._watchers = tuple(watcher for row in self._rows for watcher in row.watchers)
        kept = frozenset(self._watchers)
        for watcher in before:
            if watcher not in kept:
                watcher.target = None
                watcher.leave()

    def settle(self, now_s: float) -> None:
        """Let those change who can; ask for the key frames that others need soon."""
        for row in self._rows:
            for watcher in row.watchers:
                target = _target(watcher, row, now_s)
                watcher.target = target
                served = watcher.served
                if served is target:
                    continue
                if target is None or served not in row.live:
                    watcher.leave()
                if target is not None and not target.admit(watcher, now_s):
                    _ask(watcher, target, row.rungs)

    def waiting(self) -> int:
        """Return how many wait for a key frame of what comes down (any thread)."""
        return sum(one.served is not one.target for one in self._watchers)


def _target(watcher: LeafWatcher, row: Row, now_s: float) -> RepeatedRung | None:
    wish, ladder = watcher.wish, watcher.ladder
    if wish >= len(ladder):
        return None
    loan = row.loans.get(watcher)
    if loan is not None:
        loan.spec = ladder[wish]
        if _flows(loan, now_s, _PAUSE_PICTURES / loan.spec.video.fps + _PAUSE_S):
            return loan
        if watcher.stands_for_many:
            return None
    wished, served = row.rungs.get(wish), watcher.served
    if wished is not None and _flows(wished, now_s, _STILL_S):
        return wished
    if served is not None and served in row.live and not served.is_loan:
        return served
    if watcher.stands_for_many:
        return None
    below = (row.rungs[place] for place in range(wish, len(ladder)) if place in row.rungs)
    return next((rung for rung in below if _flows(rung, now_s, _STILL_S)), None)


def _flows(rung: RepeatedRung, now_s: float, pause_s: float) -> bool:
    passage = rung.passage
    return passage.ssrc is not None and now_s - passage.heard_s < pause_s


def _ask(watcher: LeafWatcher, target: RepeatedRung, rungs: Mapping[int, RepeatedRung]) -> None:
    """Ask for a key frame, unless the viewer goes up: better pictures for one are no reason to
    burden all others of the rung, it waits for one that is made anyway.
    """
    served = watcher.served
    places = {rung: place for place, rung in rungs.items()}
    if served in places and target in places and places[target] < places[served]:
        return
    target.want_keyframe(newcomer=True)
