"""The composer: one thread that decodes what is shown, paints the views and encodes their rungs.

    25 times a second, for each view with a rung that is due:
        sources ─▶ decode ─▶ slots ─▶ canvas ─▶ rungs in use ─▶ frames of the tick ─▶ fan-out

A view exists only while the plan has it, a rung's encoder only while someone is on it or about to
come to it, so what nobody watches costs nothing.
"""

from collections.abc import Callable

from nhipcau.mcu.audience import Audience
from nhipcau.mcu.fanout import FanOut
from nhipcau.mcu.mediaplan import MediaPlan, ViewPlan
from nhipcau.mcu.rung import Rung, RungFrame
from nhipcau.mcu.upstream import VideoSource
from nhipcau.mcu.view import View, ViewStats
from nhipcau.quantities import ViewId

COMPOSE_FPS = 25

MakeView = Callable[[ViewPlan], View]


class Composer:
    """Makes the views of the plan. `tick` belongs to the composer thread."""

    def __init__(self, plan: Callable[[], MediaPlan], make: MakeView, fanout: FanOut) -> None:
        self._plan = plan
        self._make = make
        self._fanout = fanout
        self._views: dict[ViewId, View] = {}
        self._shown: set[VideoSource] = set()
        self._audience = Audience()
        self._followed: tuple[MediaPlan, int] | None = None

    def tick(self, now_s: float) -> None:
        """Make the pictures that are due at `now_s`."""
        plan = self._plan()
        self._follow(plan)
        self._audience.ask()
        for source in plan.aside():
            source.refresh(now_s)
        frames: list[RungFrame] = []
        for view_plan in plan.views:
            view = self._views[view_plan.view]
            due = view.due(self._audience.in_use, now_s)
            if due:
                frames += _composed(view, view_plan, due, now_s)
        if frames:
            if self._fanout.has_room():
                self._audience.seat(frames)
            self._fanout.put(frames)

    def stats(self) -> dict[ViewId, ViewStats]:
        """Return the counters of the views that exist (any thread)."""
        return {name: view.stats() for name, view in list(self._views.items())}

    def close(self) -> None:
        """Free the encoders; after the thread has stopped."""
        for view in self._views.values():
            view.close()
        self._views.clear()

    def _follow(self, plan: MediaPlan) -> None:
        """Take over a new plan or new wishes; most ticks have neither."""
        wishes = sum(view.stream.wishes for view in self._views.values())
        if self._followed is not None:
            followed, known = self._followed
            if followed is plan and known == wishes:
                return
        self._release_unseen(plan)
        for view_plan in plan.views:
            if view_plan.view not in self._views:
                self._views[view_plan.view] = self._make(view_plan)
        # Read before the wishes themselves: one that comes in between is followed once more.
        wishes = sum(view.stream.wishes for view in self._views.values())
        self._audience.follow(
            (self._views[row.view].rungs, [media.watcher(row.mid) for media in row.viewers])
            for row in plan.views
        )
        self._followed = plan, wishes

    def _release_unseen(self, plan: MediaPlan) -> None:
        shown = set(plan.sources())
        for source in self._shown - shown:
            source.release()
        self._shown = shown
        gone = self._views.keys() - {view.view for view in plan.views}
        for name in gone:
            self._views.pop(name).close()


def _composed(view: View, plan: ViewPlan, due: list[Rung], now_s: float) -> list[RungFrame]:
    shown = [(cell, cell.source) for cell in plan.cells]
    for _, source in shown:
        if source is not None:
            source.refresh(now_s)
    return view.compose(shown, due, now_s)
