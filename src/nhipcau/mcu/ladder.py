"""The ladders: which encodings there are of a view, and what each weighs on the wire.

program, return views   720p   1280×720, 25 fps, 1.2 Mbit/s
                        360p    640×360, 25 fps, 400 kbit/s
                        180p    320×180, 10 fps,  60 kbit/s
content                 1080p 1920×1080,  5 fps,   1 Mbit/s      text in a tile can't be read
                        720p   1280×720,  2 fps, 250 kbit/s
director's views        360p    640×360, 12 fps, 400 kbit/s      a look before it goes on air

Below the lowest rung there is sound only: no packet of the picture is sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from nhipcau.ports.codec import VideoSpec
from nhipcau.quantities import Bitrate, EndpointId, SiteId, ViewId

# RTP header, SRTP tag, UDP, IPv4, and the two bytes of a fragment's header.
_PACKET_OVERHEAD_BITS = 8 * (12 + 10 + 8 + 20 + 2)
_FULL_PACKET_BITS = 8 * 1238
# Opus at 24 kbit/s in 50 packets, of 50 bytes of headers each.
SOUND_WIRE_BPS = Bitrate(45_000)

PROGRAM_VIEW = ViewId("program")
CONTENT_VIEW = ViewId("content")
_DIRECTOR = "director:"
_RETURN = "return:"


@dataclass(frozen=True, slots=True)
class RungSpec:
    """One rung: its name, how it is encoded, bits per second on the wire at the most."""

    name: str
    video: VideoSpec
    wire_bps: Bitrate


def _rung(name: str, size: tuple[int, int], fps: int, wire_bps: int, level: str) -> RungSpec:
    # As many packets as are full, and one that is not in every second picture.
    packets_per_s = max(fps, wire_bps / _FULL_PACKET_BITS + fps / 2)
    encoded_bps = Bitrate(round(wire_bps - packets_per_s * _PACKET_OVERHEAD_BITS))
    width, height = size
    return RungSpec(name, VideoSpec(width, height, fps, encoded_bps, level), Bitrate(wire_bps))


Ladder = Sequence[RungSpec]
"""The rungs of a view, highest first; the view is composed in the size of the first."""

PROGRAM_LADDER: Ladder = (
    _rung("720p", (1280, 720), 25, 1_200_000, "3.1"),
    _rung("360p", (640, 360), 25, 400_000, "3.1"),
    _rung("180p", (320, 180), 10, 60_000, "3.1"),
)
CONTENT_LADDER: Ladder = (
    _rung("1080p", (1920, 1080), 5, 1_000_000, "4.0"),
    _rung("720p", (1280, 720), 2, 250_000, "4.0"),
)
DIRECTOR_LADDER: Ladder = (_rung("360p", (640, 360), 12, 400_000, "3.1"),)


def director_view(endpoint: EndpointId) -> ViewId:
    """Return the name of the view that one console has for itself."""
    return ViewId(f"{_DIRECTOR}{endpoint}")


def is_director_view(view: ViewId) -> bool:
    """Return True for a view of one console."""
    return view.startswith(_DIRECTOR)


def return_view(site: SiteId) -> ViewId:
    """Return the name of the view that a holder of the floor has instead of the program."""
    return ViewId(f"{_RETURN}{site}")


def line_of(view: ViewId) -> ViewId:
    """Return the view whose line, with its SSRC, `view` comes on."""
    return PROGRAM_VIEW if view.startswith(_RETURN) else view


def ladder_of(view: ViewId) -> Ladder:
    """Return the rungs of a view."""
    if view == CONTENT_VIEW:
        return CONTENT_LADDER
    return DIRECTOR_LADDER if is_director_view(view) else PROGRAM_LADDER


def spec_of(view: ViewId) -> VideoSpec:
    """Return how the highest rung of a view is encoded; it is composed in that size."""
    return ladder_of(view)[0].video
