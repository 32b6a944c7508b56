"""What the upper end of a trunk needs of media: a root's engine and a leaf's have it.

Trunk ─ opens, attaches, closes ─▶ LaneEngine        LaneMedia: one lane, an endpoint among others
"""

from typing import Protocol

from nhipcau.ports.transport import Connection, Mid
from nhipcau.quantities import EndpointId, SiteId


class LaneWatcher(Protocol):
    """A lane's end of a picture line."""

    stands_for_many: bool

    def set_wish(self, place: int) -> None:
        """Bring this rung of the ladder; beyond the last: nothing."""
        ...


class LaneMedia(Protocol):
    """The media of one lane.

    Attributes:
        hears: it brings sound.
    """

    hears: bool

    @property
    def connection(self) -> Connection:
        """Its connection, which we offer."""
        ...

    def is_up(self) -> bool:
        """Return True while media can flow."""
        ...

    def has_failed(self) -> bool:
        """Return True when the connection will not come up again."""
        ...

    def move(self, seat: SiteId) -> None:
        """Be the media of `seat` from now on."""
        ...

    def watcher(self, mid: Mid) -> LaneWatcher:
        """Return the lane's end of a picture line."""
        ...


class LaneEngine[M: LaneMedia](Protocol):
    """Makes lanes."""

    def open(self, endpoint: EndpointId, seat: SiteId | None) -> M:
        """Return a new connection that offers our streams (may block for some ms).

        Raises:
            OSError: the UDP port can't be had.
        """
        ...

    def attach(self, media: M) -> None:
        """Begin to poll a connection that has its answer."""
        ...

    def close(self, media: M) -> None:
        """Let a connection go; may be called twice; does not block."""
        ...
