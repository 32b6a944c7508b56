"""The sound that comes down one lane: repaired by NACK, handed on packet by packet as it comes."""

from collections.abc import Iterator

from nhipcau.ports.transport import PAYLOAD_TYPES, Mid, RtpPipe
from nhipcau.rtp.cache import PacketCache
from nhipcau.rtp.nack import NackPolicy
from nhipcau.rtp.packet import is_rtcp
from nhipcau.rtp.passage import Passage, Passed
from nhipcau.rtp.receiver import SOUND_RATE_HZ
from nhipcau.rtp.sender import SoundSender

# A room's own play-out hides about 100 ms; what comes later is of no use to it.
TRUNK_SOUND = NackPolicy(
    wait_s=0.12, max_wait_s=0.12, reorder_packets=1, max_missing=64, max_tries=5
)


class TrunkSound:
    """The sound line of a lane. All of it the sound thread's.

    Attributes:
        cache: for the packets as they were sent to a room, by our numbers; a loan's are its own.
    """

    def __init__(self, pipe: RtpPipe) -> None:
        self._pipe = pipe
        self.passage = Passage(PAYLOAD_TYPES[Mid.SOUND], SOUND_RATE_HZ, TRUNK_SOUND, pictures=False)
        self.cache: PacketCache = SoundSender.new_lane()

    def poll(self, now_s: float) -> Iterator[tuple[Passed, bytes]]:
        """Yield what has arrived, each packet once; then send what is to be sent back."""
        passage = self.passage
        while (data := self._pipe.receive()) is not None:
            if is_rtcp(data):
                passage.handle_rtcp(data, now_s)
                continue
            passed = passage.take(data, now_s)
            if passed is not None:
                yield passed, data
        for packet in passage.poll_rtcp(now_s):
            self._pipe.send(packet)
