"""The lines of a leaf towards its rooms: SSRCs of its own, one CNAME, the clocks of its root."""

from nhipcau.mcu.downstream import Stream, VideoStream
from nhipcau.mcu.ladder import CONTENT_LADDER, PROGRAM_LADDER, Ladder
from nhipcau.mcu.leaflistener import LeafListener
from nhipcau.mcu.leafwatcher import LeafWatcher
from nhipcau.mcu.lineclock import LineClock
from nhipcau.mcu.streams import StreamNames
from nhipcau.mcu.viewer import Viewer
from nhipcau.ports.transport import PAYLOAD_TYPES, Connection, Mid
from nhipcau.quantities import Ssrc
from nhipcau.rtp.cache import PacketCache
from nhipcau.rtp.passage import HeardReport
from nhipcau.rtp.receiver import SOUND_RATE_HZ, VIDEO_RATE_HZ
from nhipcau.rtp.sender import SoundSender, StreamSender

PICTURE_LADDERS: dict[Mid, Ladder] = {Mid.PROGRAM: PROGRAM_LADDER, Mid.CONTENT: CONTENT_LADDER}


class LeafStreams:
    """What a leaf's rooms get. Made once; read by all threads.

    Attributes:
        pictures: program and content.
        sound: lanes share its numbers.
        common: the packets of the common mix as they were sent to rooms.
        clocks: of the picture lines (the picture thread's).
    """

    def __init__(self, names: StreamNames) -> None:
        self._cname = names.cname
        self.pictures = {
            mid: VideoStream(mid, names.new_ssrc(), names.cname, 0.0) for mid in PICTURE_LADDERS
        }
        sender = StreamSender(names.new_ssrc(), PAYLOAD_TYPES[Mid.SOUND])
        self.sound = Stream(Mid.SOUND, sender, names.cname, 0.0)
        self.common: PacketCache = SoundSender.new_lane()
        self.clocks = {mid: LineClock() for mid in PICTURE_LADDERS}

    def all(self) -> tuple[Stream, ...]:
        """Return every line that goes down, for our offers."""
        return (*self.pictures.values(), self.sound)

    def ssrc(self, mid: Mid) -> Ssrc:
        """Return our SSRC on a picture line."""
        return Ssrc(self.pictures[mid].sender.ssrc)

    def viewers(self, connection: Connection) -> dict[Mid, Viewer]:
        """Return a room's ends of what it gets."""
        ends: dict[Mid, Viewer] = {
            mid: LeafWatcher(connection.pipe(mid), stream, PICTURE_LADDERS[mid])
            for mid, stream in self.pictures.items()
        }
        ends[Mid.SOUND] = LeafListener(connection.pipe(Mid.SOUND), self.sound, self.common)
        return ends

    def picture_report(self, mid: Mid, said: HeardReport, ntp: int, now_s: float) -> bytes:
        """Return the sender report of a picture line as the root's own says it, at `ntp`."""
        stamp = said.stamp_at(ntp, VIDEO_RATE_HZ) + self.clocks[mid].ahead_of(said.ssrc)
        return self.pictures[mid].sender.sender_report(ntp, stamp, self._cname, now_s)

    def sound_report(self, said: HeardReport, stamp_shift: int, now_s: float) -> bytes:
        """Return the sender report of the sound, whose timestamps are ahead of the root's."""
        ntp = said.ntp_at(now_s)
        stamp = said.stamp_at(ntp, SOUND_RATE_HZ) + stamp_shift
        return self.sound.sender.sender_report(ntp, stamp, self._cname, now_s)
