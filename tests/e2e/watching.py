"""What a room's page showed and played while something happened to its MCU, see `watch.js`."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, Self

from playwright.sync_api import Page

_WATCH_JS = Path(__file__).with_name("watch.js")


def begin_watching(page: Page, tones_hz: Sequence[float]) -> None:
    """Begin; `tones_hz`: the page's own tone, then those of the others."""
    page.evaluate(_WATCH_JS.read_text(encoding="utf-8"))
    page.evaluate("tones => e2e.watch(tones)", list(tones_hz))


def now_ms(page: Page) -> float:
    """Return the time of what is being watched."""
    found: float = page.evaluate("e2e.now()")
    return found


@dataclass(frozen=True, slots=True)
class Watched:
    """What was seen and heard; times in ms since the watching began.

    Attributes:
        tallies: the page's state and its tally, at each change.
        troubles: what it said of a trouble, "" while there is none, at each change.
        places: where the program stood, at each change.
        clock: what the clock of the running cue read, at each change.
        frames: when a picture of the program was shown.
        light: when, and how bright the program was, 0 to 255, at each picture of the page.
        sound: when, how loud, and the power of each tone.
        errors: what went wrong in the page.
        ended: when the watching ended.
    """

    tallies: list[tuple[float, str]]
    troubles: list[tuple[float, str]]
    places: list[tuple[float, str]]
    clock: list[tuple[float, str]]
    frames: list[float]
    light: list[tuple[float, float]]
    sound: list[list[float]]
    errors: list[str]
    ended: float

    @classmethod
    def of(cls, page: Page) -> Self:
        """End the watching and return what was seen."""
        said: dict[str, Any] = page.evaluate("e2e.watched()")
        return cls(**said)

    def picture_gap_ms(self, since_ms: float) -> float:
        """Return the longest time for which the same picture stood."""
        return _longest([*self.frames, self.ended], since_ms)

    def sound_gap_ms(self, since_ms: float) -> float:
        """Return the longest time in which hardly anything was heard of what was before."""
        loud = 0.1 * median(level for at, level, *_ in self.sound if at < since_ms)
        heard = [at for at, level, *_ in self.sound if level > loud]
        return _longest([*heard, self.ended], since_ms)

    def clock_gap_ms(self, since_ms: float) -> float:
        """Return the longest time for which the clock read the same."""
        return _longest([*(at for at, _ in self.clock), self.ended], since_ms)

    def darkest(self, since_ms: float) -> float:
        """Return how bright the darkest picture was, as a share of what was usual before."""
        usual = median(light for at, light in self.light if at < since_ms)
        return min(light for at, light in self.light if at >= since_ms) / usual

    def own_tone(self, since_ms: float) -> float:
        """Return the most of its own tone that it heard, as a share of the others' before."""
        usual = median(min(others) for at, _, _, *others in self.sound if at < since_ms)
        return max(own for at, _, own, *_ in self.sound if at >= since_ms) / usual


def _longest(moments: Sequence[float], since_ms: float) -> float:
    """Return the longest time between two moments that ends after `since_ms`."""
    gaps = (after - before for before, after in pairwise(moments) if after >= since_ms)
    return max(gaps, default=float("inf"))
