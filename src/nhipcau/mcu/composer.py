"""The composer: one thread that decodes what is shown, paints the views and encodes them.

    25 times a second, for each view that is due:
        sources ─▶ decode ─▶ slots ─▶ canvas ─▶ encoder ─▶ packets ─▶ fan-out

A view exists only while the plan has it, so one that nobody watches costs nothing.
"""

from collections.abc import Callable

from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.fanout import Batch, FanOut
from nhipcau.mcu.mediaplan import MediaPlan, ViewPlan
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
        self._served: dict[ViewId, frozenset[EndpointMedia]] = {}

    def tick(self, now_s: float) -> None:
        """Make the pictures that are due at `now_s`."""
        plan = self._plan()
        self._release_unseen(plan)
        for view_plan in plan.views:
            view = self._views.get(view_plan.view)
            if view is None:
                view = self._views[view_plan.view] = self._make(view_plan)
            if view.is_due(now_s):
                self._compose(view, view_plan, now_s)

    def stats(self) -> dict[ViewId, ViewStats]:
        """Return the counters of the views that exist (any thread)."""
        return {name: view.stats() for name, view in list(self._views.items())}

    def close(self) -> None:
        """Free the encoders; after the thread has stopped."""
        for view in self._views.values():
            view.close()
        self._views.clear()

    def _compose(self, view: View, plan: ViewPlan, now_s: float) -> None:
        shown = [(cell, cell.source) for cell in plan.cells]
        for _, source in shown:
            if source is not None:
                source.refresh(now_s)
        self._welcome(view, plan, now_s)
        packets = view.compose(shown, now_s)
        self._fanout.put(Batch(packets, [v.connection.pipe(plan.mid) for v in plan.viewers]))

    def _welcome(self, view: View, plan: ViewPlan, now_s: float) -> None:
        """Ask for a key frame when this very picture goes to someone for the first time.

        Asked for any earlier it could be made for a tick whose plan does not send to them yet.
        """
        viewers = frozenset(plan.viewers)
        if viewers - self._served.get(plan.view, frozenset()):
            view.stream.want_keyframe(now_s, newcomer=True)
        self._served[plan.view] = viewers

    def _release_unseen(self, plan: MediaPlan) -> None:
        shown = set(plan.sources())
        for source in self._shown - shown:
            source.release()
        self._shown = shown
        gone = self._views.keys() - {view.view for view in plan.views}
        for name in gone:
            self._views.pop(name).close()
            self._served.pop(name, None)
