"""The media plan: what the media threads do until the next one.

The event loop builds a new frozen plan when the conference or its connections change and swaps it
in one assignment; every thread reads it once per tick, so it never sees half a change.

    MediaPlan ─┬─ ViewPlan "program" ─┬─ CellPlan …        who is where
               │                      └─ viewers           who gets it
               ├─ ViewPlan "content", "director:…" …       only those that someone watches
               ├─ microphones                              who is heard
               ├─ warm                                     whose picture is ready to be shown
               └─ listeners                                who hears
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.upstream import VideoSource
from nhipcau.picture.board import Board
from nhipcau.picture.cell import Cell
from nhipcau.ports.transport import Mid
from nhipcau.quantities import SiteId, ViewId


@dataclass(frozen=True, slots=True)
class CellPlan:
    """One cell of a view: whose picture stands there, and under which words.

    Attributes:
        cell: where on the canvas, in pixels.
        site: None for an empty cell.
        name: what the plate says; empty for no plate.
        on_air: the cell's site has the floor.
        camera_on: False where the room has switched its camera off or has none.
        media: the site's connection, None while it is absent or lost.
        shared: the site's shared screen stands here, not its camera.
        board: the board of a vote stands here, and no site.
    """

    cell: Cell
    site: SiteId | None
    name: str
    on_air: bool
    camera_on: bool
    media: EndpointMedia | None
    shared: bool = False
    board: Board | None = None

    @property
    def source(self) -> VideoSource | None:
        """The picture that stands here, None where there is none to come."""
        if self.media is None:
            return None
        return self.media.content if self.shared else self.media.camera


@dataclass(frozen=True, slots=True)
class ViewPlan:
    """One composed picture: its cells in the order of the layout's regions, and who gets it."""

    view: ViewId
    mid: Mid
    cells: tuple[CellPlan, ...]
    viewers: tuple[EndpointMedia, ...]


@dataclass(frozen=True, slots=True)
class MediaPlan:
    """Everything that the media threads need to know.

    Attributes:
        views: those that someone watches.
        microphones: the open ones, by site.
        measured: closed ones whose level someone looks at; they are not mixed.
        listeners: every connection that is up; all of them get sound.
        warm: who is next in line; the camera is decoded, so that it is there when it is shown.
        called: whose turn it is in the roll call; the camera is decoded as evidence.
    """

    views: tuple[ViewPlan, ...] = ()
    microphones: Mapping[SiteId, EndpointMedia] = field(default_factory=dict)
    measured: Mapping[SiteId, EndpointMedia] = field(default_factory=dict)
    listeners: tuple[EndpointMedia, ...] = ()
    warm: tuple[EndpointMedia, ...] = ()
    called: tuple[EndpointMedia, ...] = ()

    def aside(self) -> Iterator[VideoSource]:
        """Yield the pictures that are decoded though no view shows them."""
        return (media.camera for media in (*self.warm, *self.called))

    def sources(self) -> Iterator[VideoSource]:
        """Yield the pictures that some view shows or soon will; one may come twice."""
        yield from self.aside()
        for view in self.views:
            for cell in view.cells:
                source = cell.source
                if source is not None:
                    yield source
