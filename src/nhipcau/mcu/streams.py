"""The streams of a conference: its lines and their SSRCs. What comes on them is in `ladder`.

program       everyone           the program, or the return view of who has the floor
content       everyone           the shared screen
director:…    one console each   a look before it goes on air
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
from nhipcau.mcu.ladder import CONTENT_VIEW, PROGRAM_VIEW, line_of
from nhipcau.mcu.viewer import Listener, Viewer
from nhipcau.mcu.watcher import Watcher
from nhipcau.ports.codec import Codecs
from nhipcau.ports.transport import Connection, Mid
from nhipcau.quantities import SiteId, Ssrc, ViewId


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
        """Return the stream of the line that a view comes on, made when it is asked for first."""
        view = line_of(view)
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

    def viewers(
        self, view: ViewId, connection: Connection, seat: SiteId | None
    ) -> dict[Mid, Viewer]:
        """Return an endpoint's ends of what it gets."""
        ends: dict[Mid, Viewer] = {}
        for line in (self.view(view), self.view(CONTENT_VIEW)):
            ends[line.mid] = Watcher(connection.pipe(line.mid), line)
        ends[Mid.SOUND] = Listener(connection.pipe(Mid.SOUND), self.sound, seat)
        return ends

    def all(self) -> tuple[Stream, ...]:
        """Return every stream."""
        return (*self._views.values(), self.sound)
