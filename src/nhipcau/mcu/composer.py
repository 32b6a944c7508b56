"""The composer: one thread that decodes what is shown, paints the views and encodes them.

25 times a second, for each view that is due and watched:
    sources ─▶ decode ─▶ slots ─▶ canvas ─▶ encoder ─▶ packets ─▶ fan-out
"""

from collections.abc import Callable, Sequence

from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.fanout import Batch, FanOut
from nhipcau.mcu.mediaplan import CellPlan, MediaPlan
from nhipcau.mcu.upstream import VideoSource
from nhipcau.mcu.view import View
from nhipcau.ports.transport import RtpPipe

PROGRAM_FPS = 25


class Composer:
    """Makes the program and the content view. `tick` belongs to the composer thread."""

    def __init__(
        self, plan: Callable[[], MediaPlan], program: View, content: View, fanout: FanOut
    ) -> None:
        self._plan = plan
        self._program = program
        self._content = content
        self._fanout = fanout
        self._shown: set[VideoSource] = set()

    def tick(self, now_s: float) -> None:
        """Make the pictures that are due at `now_s`."""
        plan = self._plan()
        cells = plan.program
        self._release_unseen(plan)
        if plan.viewers:
            self._compose(self._program, cells, _camera, plan, now_s)
        if plan.viewers and plan.content is not None and self._content.is_due(now_s):
            self._compose(self._content, _content_cells(self._content, plan), _content, plan, now_s)

    def _compose(
        self,
        view: View,
        cells: Sequence[CellPlan],
        source_of: Callable[[EndpointMedia], VideoSource],
        plan: MediaPlan,
        now_s: float,
    ) -> None:
        sources = [source_of(c.media) if c.media is not None else None for c in cells]
        for source in sources:
            if source is not None:
                source.refresh(now_s)
        packets = view.compose(list(zip(cells, sources, strict=True)), now_s)
        pipes: list[RtpPipe] = [v.connection.pipe(view.stream.mid) for v in plan.viewers]
        self._fanout.put(Batch(packets, pipes))

    def _release_unseen(self, plan: MediaPlan) -> None:
        shown = {c.media.camera for c in plan.program if c.media is not None and c.camera_on}
        if plan.content is not None:
            shown.add(plan.content.content)
        for source in self._shown - shown:
            source.release()
        self._shown = shown


def _camera(media: EndpointMedia) -> VideoSource:
    return media.camera


def _content(media: EndpointMedia) -> VideoSource:
    return media.content


def _content_cells(view: View, plan: MediaPlan) -> Sequence[CellPlan]:
    return [CellPlan(view.whole, None, "", on_air=False, camera_on=True, media=plan.content)]
