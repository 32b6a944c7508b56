"""The media of one endpoint: its connection, what it sends, and how it takes what we send.

camera, content-up, microphone ─▶ VideoSource, VideoSource, SoundSource
program, content, sound        ◀─ the streams' packets; its RTCP goes to a Viewer for each
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nhipcau.mcu.uplink import Uplink
from nhipcau.mcu.upstream import SoundSource, VideoSource
from nhipcau.mcu.viewer import Listener, Viewer
from nhipcau.mcu.watcher import Watcher
from nhipcau.ports.transport import Connection, ConnectionState, Mid
from nhipcau.quantities import EndpointId, SiteId, ViewId


@dataclass(slots=True, eq=False)
class EndpointMedia:
    """Made by the engine when an endpoint sits down; the media threads know endpoints by it.

    Attributes:
        watches: the view on its program line: the program, or a director's own.
        state: where the connection stands, as the poll thread saw it last.
        uplink: what its line carries to us, camera and shared screen together.
        hears: False for a lane of a trunk that brings no sound.
        cold: the connection stands ready, and nothing is sent to it.
    """

    endpoint: EndpointId
    seat: SiteId | None
    watches: ViewId
    connection: Connection
    camera: VideoSource
    content: VideoSource
    microphone: SoundSource
    viewers: Mapping[Mid, Viewer]
    state: ConnectionState = ConnectionState.NEW
    uplink: Uplink = field(default_factory=Uplink)
    hears: bool = True
    cold: bool = False

    def is_up(self) -> bool:
        """Return True while media can flow."""
        return self.state is ConnectionState.CONNECTED

    def has_failed(self) -> bool:
        """Return True when the connection will not come up again."""
        return self.state in (ConnectionState.FAILED, ConnectionState.CLOSED)

    def sources(self) -> tuple[VideoSource, VideoSource, SoundSource]:
        """Return all that the endpoint may send."""
        return (self.camera, self.content, self.microphone)

    def move(self, seat: SiteId) -> None:
        """Be the media of `seat` from now on: a lane of a trunk that is lent."""
        self.seat = seat
        listener = self.viewers[Mid.SOUND]
        assert isinstance(listener, Listener)
        listener.move(seat)

    def watcher(self, mid: Mid) -> Watcher:
        """Return the endpoint's end of a picture line."""
        viewer = self.viewers[mid]
        assert isinstance(viewer, Watcher)
        return viewer

    def share_round_trip(self) -> None:
        """Let the receivers know the round trip that the viewers' reports tell (poll thread)."""
        rtt_s = self.viewers[Mid.SOUND].rtt_s()
        if rtt_s is not None:
            self.uplink.set_rtt(rtt_s)
            for source in self.sources():
                source.set_rtt(rtt_s)
