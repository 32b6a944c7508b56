"""The audience: who is served from which rung, and who is about to change. The composer's own.

    plan, wishes ─▶ follow ─▶ rungs in use; key frames asked for
    frames made  ─▶ seat ───▶ each with its viewers; those who waited come with the key frame

A viewer is served from its old rung until the new one has a key frame, and never from both in one
tick, so its pictures' timestamps only grow. Going up it waits for a key frame that is made anyway:
better pictures for one are no reason to burden all others of the rung.
"""

from collections.abc import Iterable, Sequence

from nhipcau.mcu.rung import Rung, RungFrame
from nhipcau.mcu.watcher import Watcher

Rows = Iterable[tuple[Sequence[Rung], Sequence[Watcher]]]
"""The rungs of each view, and who is to watch it."""


class Audience:
    """Seats the viewers of all views."""

    def __init__(self) -> None:
        self._targets: dict[Watcher, Rung | None] = {}
        self._waiting: list[Watcher] = []
        self._viewers: dict[Rung, tuple[Watcher, ...]] = {}
        self.in_use: frozenset[Rung] = frozenset()
        """Rungs that someone is on or about to come to."""

    def follow(self, rows: Rows) -> None:
        """Take who is to watch what from now on."""
        targets: dict[Watcher, Rung | None] = {}
        for rungs, watchers in rows:
            for watcher in watchers:
                place = watcher.wish
                targets[watcher] = rungs[place] if place < len(rungs) else None
        for watcher in self._targets.keys() - targets.keys():
            watcher.served = None
        self._targets = targets
        self._seat_again()

    def ask(self) -> None:
        """Ask for the key frames that those who wait need soon; once a tick, before encoding."""
        for watcher in self._waiting:
            target, served = self._targets[watcher], watcher.served
            if target is not None and not _goes_up(served, target):
                target.want_keyframe(newcomer=True)

    def seat(self, frames: Sequence[RungFrame]) -> None:
        """Give each frame its viewers, and let those change who can."""
        moved = False
        for frame in frames if self._waiting else ():
            if frame.keyframe:
                rung = frame.rung
                frame.arrivals = tuple(w for w in self._waiting if self._targets[w] is rung)
                for watcher in frame.arrivals:
                    watcher.served = rung
                moved = moved or bool(frame.arrivals)
        if moved:
            self._seat_again()
        for frame in frames:
            frame.viewers = self._viewers.get(frame.rung, ())

    def _seat_again(self) -> None:
        viewers: dict[Rung, list[Watcher]] = {}
        self._waiting = []
        in_use: set[Rung] = set()
        for watcher, target in self._targets.items():
            if target is None:
                watcher.served = None
                continue
            in_use.add(target)
            served = watcher.served
            if served is not target:
                self._waiting.append(watcher)
            if served is not None:
                in_use.add(served)
                viewers.setdefault(served, []).append(watcher)
        self._viewers = {rung: tuple(those) for rung, those in viewers.items()}
        self.in_use = frozenset(in_use)


def _goes_up(served: Rung | None, target: Rung) -> bool:
    return served is not None and served.ladder is target.ladder and target.place < served.place
