"""The media of one endpoint at a leaf: what it sends is passed on, what it gets is repeated.

camera, content-up, microphone ─▶ an UpLine each
program, content, sound        ◀─ the root's packets; its RTCP goes to a viewer for each

To the care of its line it looks as an endpoint's media anywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nhipcau.mcu.leaflistener import LeafListener
from nhipcau.mcu.leafwatcher import LeafWatcher
from nhipcau.mcu.upline import UpLine
from nhipcau.mcu.uplink import Uplink
from nhipcau.mcu.viewer import Viewer
from nhipcau.ports.transport import Connection, ConnectionState, Mid
from nhipcau.quantities import EndpointId, SiteId, ViewId


@dataclass(slots=True, eq=False)
class LeafMedia:
    """Made by the leaf's engine when an endpoint dials.

    Attributes:
        ups: what the endpoint may send, by line.
        viewers: its ends of what comes down.
        state: where the connection stands, as the picture thread saw it last.
        uplink: what its line carries to us, camera and shared screen together.
        cold: it stands ready; nothing is sent to it, and nothing that it sends is passed on.
        hears: False for a lane to a leaf below that brings no common mix.
    """

    endpoint: EndpointId
    seat: SiteId | None
    watches: ViewId
    connection: Connection
    ups: Mapping[Mid, UpLine]
    viewers: Mapping[Mid, Viewer]
    uplink: Uplink
    state: ConnectionState = field(default=ConnectionState.NEW)
    cold: bool = False
    hears: bool = True

    def is_up(self) -> bool:
        """Return True while media can flow."""
        return self.state is ConnectionState.CONNECTED

    def has_failed(self) -> bool:
        """Return True when the connection will not come up again."""
        return self.state in (ConnectionState.FAILED, ConnectionState.CLOSED)

    def move(self, seat: SiteId) -> None:
        """Be the media of `seat` from now on: a lane to a leaf below that is lent.

        It brings what that seat alone may see and hear, and nothing while there is none.
        """
        self.listener.hears_common = False
        self.seat = seat

    @property
    def is_lane(self) -> bool:
        """True for a lane to a leaf below."""
        return self.watcher(Mid.PROGRAM).stands_for_many

    @property
    def is_loan(self) -> bool:
        """True for a lane to a leaf below that is lent."""
        return self.seat is not None and not self.listener.hears_common

    def watcher(self, mid: Mid) -> LeafWatcher:
        """Return the endpoint's end of a picture line."""
        viewer = self.viewers[mid]
        assert isinstance(viewer, LeafWatcher)
        return viewer

    @property
    def listener(self) -> LeafListener:
        """The endpoint's end of the sound."""
        viewer = self.viewers[Mid.SOUND]
        assert isinstance(viewer, LeafListener)
        return viewer

    def share_round_trip(self) -> None:
        """Let the receivers know the round trip that the viewers' reports tell."""
        rtt_s = self.viewers[Mid.SOUND].rtt_s()
        if rtt_s is not None:
            self.uplink.set_rtt(rtt_s)
            for line in self.ups.values():
                line.set_rtt(rtt_s)
