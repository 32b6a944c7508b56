"""A room's end of the sound at a leaf: the common mix, its loan's own lane, or silence between.

    common ──────────────▶ room        it has no loan, or its loan brings no sound
    loan ────────────────▶ room        from the loan's first packet on
    common ─▶ silence ───▶ room        the loan has stopped, and its own voice may be in the mix yet

The three share one numbering. A room whose voice goes up gets nothing of the common mix, not by a
resend either: each number belongs to what was sent under it. And its voice goes up only while its
loan brings sound. All of it the sound thread's.
"""

from nhipcau.mcu.downstream import Stream
from nhipcau.mcu.trunksound import TrunkSound
from nhipcau.mcu.viewer import Viewer
from nhipcau.ports.transport import RtpPipe
from nhipcau.quantities import unwrap_seq
from nhipcau.rtp.cache import PacketCache
from nhipcau.rtp.packet import HEADER_BYTES
from nhipcau.rtp.sender import SoundSender
from nhipcau.sound.opusframes import OPUS_SILENCE

# A lane that brings nothing for so long has stopped; a packet comes every 20 ms.
QUIET_S = 0.1
# A voice that goes up no more is out of the mix: the way up, the root's play-out, the way down.
_FADE_S = 0.4
# Who speaks, stops and speaks again within a second has had four.
_KEPT_STRETCHES = 8


def silenced(packet: bytes) -> bytes:
    """Return silence with the number, timestamp and source of a plain packet of sound."""
    return packet[:HEADER_BYTES] + OPUS_SILENCE


class LeafListener(Viewer):
    """A viewer of sound; it is what it keeps (`get`).

    Attributes:
        voice_s: when a packet of its own went up last.
        hears_common: False for a loan to a leaf below, which has the common mix from another lane.
    """

    def __init__(self, pipe: RtpPipe, stream: Stream, common: PacketCache) -> None:
        super().__init__(pipe, stream)
        self._common = common
        self._stretches: tuple[tuple[int, PacketCache], ...] = ((0, common),)
        self._highest = -1
        self._loan: TrunkSound | None = None
        self._hush: PacketCache | None = None
        self._on_loan = self._is_over = False
        self.voice_s = float("-inf")
        self.hears_common = True

    @property
    def loan(self) -> TrunkSound | None:
        """What it was lent and has not left yet."""
        return self._loan

    def may_speak(self, now_s: float) -> bool:
        """Return True while its own voice can't come back to it: its loan is what it hears."""
        return self._on_loan and not self._is_over and self._loan_sounds(now_s)

    def come_speaking(self, now_s: float) -> None:
        """Come from another MCU with an open microphone: what was said there fades first."""
        self._on_loan, self.voice_s = True, now_s

    def lend(self, loan: TrunkSound) -> None:
        """Hear `loan` while that brings sound."""
        self._loan, self._is_over = loan, False

    def take_back(self) -> None:
        """Go back to the common mix as soon as the room's own voice is out of it."""
        self._is_over = True

    def hear_common(self, number: int, packet: bytes, now_s: float) -> None:
        """Take a packet of the common mix."""
        if self._on_loan and number > self._highest:
            sounds, faded = self._loan_sounds(now_s), now_s - self.voice_s > _FADE_S
            if faded and (self._is_over or not sounds):
                self._on_loan = False
            elif sounds:
                return
            else:
                self._be_silent(number, packet)
                return
        if self.hears_common:
            self._give(self._common, number, packet)

    def hear_silence(self, number: int, packet: bytes, now_s: float) -> None:
        """Take silence that stands for a root from which nothing comes.

        What it was sent may yet come back when it goes on: a voice does not fade meanwhile.
        """
        if self._on_loan and number > self._highest:
            self.voice_s = now_s
            self._be_silent(number, packet)
        elif self.hears_common:
            self._give(self._common, number, packet)

    def hear_loan(self, loan: TrunkSound, number: int, packet: bytes) -> None:
        """Take a packet of what this room alone may hear."""
        if loan is self._loan and (self._on_loan or not self._is_over):
            # Though this number may have come of the common mix, the next one does not.
            self._on_loan = True
        elif number > self._highest:
            return
        self._give(loan.cache, number, packet)

    def get(self, seq: int) -> bytes | None:
        """Return the packet that this room got as `seq`, None when it is gone."""
        number = unwrap_seq(seq, max(self._highest, 0))
        if number > self._highest:
            return None
        owner = self._owner(number)
        return owner.get(seq) if owner is not None else None

    def _kept(self) -> "LeafListener":
        return self

    def _give(self, cache: PacketCache, number: int, packet: bytes) -> None:
        """Send a packet that is the next of its lane, or a late one of what the room was on."""
        if number > self._highest:
            if self._stretches[0][1] is not cache:
                self._stretches = ((number, cache), *self._stretches[: _KEPT_STRETCHES - 1])
            self._highest = number
        elif self._owner(number) is not cache:
            return
        self._pipe.send(packet)

    def _loan_sounds(self, now_s: float) -> bool:
        return self._loan is not None and now_s - self._loan.passage.heard_s <= QUIET_S

    def _be_silent(self, number: int, packet: bytes) -> None:
        if self._hush is None:
            self._hush = SoundSender.new_lane()
        quiet = silenced(packet)
        self._hush.put(number & 0xFFFF, quiet)
        self._give(self._hush, number, quiet)

    def _owner(self, number: int) -> PacketCache | None:
        return next((cache for first, cache in self._stretches if number >= first), None)
