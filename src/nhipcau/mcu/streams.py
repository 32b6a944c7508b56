"""The streams of a conference: which views there can be, their encodings, their SSRCs.

program       everyone           1280×720, 25 fps
content       everyone           1920×1080, 5 fps: text squeezed into a tile can't be read
director:…    one console each   640×360, 12 fps: a look before it goes on air
sound         everyone           lanes, see `downstream`
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from nhipcau.mcu.downstream import (
    PICTURE_LAG_S,
    SOUND_LAG_S,
    SoundStream,
    Stream,
    VideoStream,
)
from nhipcau.mcu.mediaplan import CONTENT_VIEW, PROGRAM_VIEW
from nhipcau.ports.codec import Codecs, VideoSpec
from nhipcau.ports.transport import Mid
from nhipcau.quantities import Bitrate, EndpointId, Ssrc, ViewId

PROGRAM = VideoSpec(1280, 720, 25, Bitrate(1_200_000))
CONTENT = VideoSpec(1920, 1080, 5, Bitrate(1_000_000), level="4.0")
DIRECTOR = VideoSpec(640, 360, 12, Bitrate(400_000))

_DIRECTOR = "director:"


def director_view(endpoint: EndpointId) -> ViewId:
    """Return the name of the view that one console has for itself."""
    return ViewId(f"{_DIRECTOR}{endpoint}")


def is_director_view(view: ViewId) -> bool:
    """Return True for a view of one console."""
    return view.startswith(_DIRECTOR)


def spec_of(view: ViewId) -> VideoSpec:
    """Return how a view is encoded."""
    if view == PROGRAM_VIEW:
        return PROGRAM
    return CONTENT if view == CONTENT_VIEW else DIRECTOR


@dataclass(frozen=True, slots=True)
class StreamNames:
    """The CNAME that ties picture to sound, and where new SSRCs come from."""

    cname: str
    new_ssrc: Callable[[], Ssrc]


class Streams:
    """Keeps the streams. Made and dropped on the event loop or a worker, read by all threads."""

    def __init__(self, names: StreamNames, codecs: Codecs) -> None:
        self._names = names
        self._change = threading.Lock()
        self.sound = SoundStream(names.new_ssrc(), names.cname, SOUND_LAG_S, codecs)
        self._views: dict[ViewId, VideoStream] = {}
        for view in (PROGRAM_VIEW, CONTENT_VIEW):
            self.view(view)

    def view(self, view: ViewId) -> VideoStream:
        """Return the stream of a view, made when it is asked for first."""
        with self._change:
            stream = self._views.get(view)
            if stream is None:
                mid = Mid.CONTENT if view == CONTENT_VIEW else Mid.PROGRAM
                ssrc, cname = self._names.new_ssrc(), self._names.cname
                stream = VideoStream(mid, ssrc, cname, PICTURE_LAG_S)
                self._views = {**self._views, view: stream}
            return stream

    def drop(self, view: ViewId) -> None:
        """Forget a director's stream."""
        with self._change:
            self._views = {name: s for name, s in self._views.items() if name != view}

    def of(self, view: ViewId) -> tuple[Stream, ...]:
        """Return what an endpoint that watches `view` gets: its picture, content and sound."""
        return (self.view(view), self.view(CONTENT_VIEW), self.sound)

    def all(self) -> tuple[Stream, ...]:
        """Return every stream."""
        return (*self._views.values(), self.sound)
