"""Whom of the viewers the poll thread asks next what it has to say.

    viewers of flowing streams ─┬─ asked for something of late ──▶ every 20 ms
                                └─ the others, a third at a time ▶ every 60 ms

A viewer without loss says one thing a second; with a province of them, asking each every 20 ms cost
more than sending to them. The first packet that a viewer lacks is answered 30 ms later on average
than it could be, what it asks for after that at once.
"""

from collections.abc import Iterable

from nhipcau.mcu.viewer import Viewer

_THIRDS = 3
# Losses come in bunches: so long after the last plea a viewer is asked each time.
_ASKING_S = 2.0


class Hearing:
    """The round of one poll thread."""

    def __init__(self) -> None:
        self._viewers: tuple[Viewer, ...] = ()
        self._asking: dict[Viewer, float] = {}
        self._third = 0

    def follow(self, viewers: Iterable[Viewer]) -> None:
        """Hear these from now on, and nobody else."""
        self._viewers = tuple(viewers)
        kept = frozenset(self._viewers)
        self._asking = {viewer: s for viewer, s in self._asking.items() if viewer in kept}

    def tick(self, now_s: float) -> None:
        """Hear those whose turn it is; called every 20 ms."""
        self._third = (self._third + 1) % _THIRDS
        asking = self._asking
        for viewer, until_s in tuple(asking.items()):
            if viewer.poll(now_s):
                asking[viewer] = now_s + _ASKING_S
            elif now_s > until_s:
                del asking[viewer]
        for viewer in self._viewers[self._third :: _THIRDS]:
            if viewer.poll(now_s):
                asking[viewer] = now_s + _ASKING_S
