"""The media of one endpoint: its connection, what it sends, and how it takes what we send.

camera, content-up, microphone ─▶ VideoSource, VideoSource, SoundSource
program, content, sound        ◀─ the streams' packets; its RTCP goes to a Viewer for each
"""

from dataclasses import dataclass

from nhipcau.mcu.downstream import Viewer
from nhipcau.mcu.upstream import SoundSource, VideoSource
from nhipcau.ports.transport import Connection, ConnectionState, Mid
from nhipcau.quantities import EndpointId, SiteId


@dataclass(slots=True, eq=False)
class EndpointMedia:
    """Made by the engine when an endpoint sits down; the media threads know endpoints by it."""

    endpoint: EndpointId
    seat: SiteId | None
    connection: Connection
    camera: VideoSource
    content: VideoSource
    microphone: SoundSource
    viewers: dict[Mid, Viewer]
    state: ConnectionState = ConnectionState.NEW
    # Set by the poll thread, with `state`; read anywhere.
    since_s: float = 0.0

    def is_up(self) -> bool:
        """Return True while media can flow."""
        return self.state is ConnectionState.CONNECTED

    def has_failed(self) -> bool:
        """Return True when the connection will not come up again."""
        return self.state in (ConnectionState.FAILED, ConnectionState.CLOSED)
