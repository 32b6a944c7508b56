"""A room at the far end of any transport: shows a colour, sounds a tone, decodes what comes."""

from collections import deque

import numpy as np

from nhipcau.codec.pyav import PyAvCodecs
from nhipcau.picture.cell import Cell
from nhipcau.picture.frame import Picture, solid
from nhipcau.ports.codec import VideoSpec
from nhipcau.ports.transport import PAYLOAD_TYPES, UPSTREAM, Connection, Mid, SendLine
from nhipcau.quantities import Bitrate, Ssrc
from nhipcau.rtp.packet import is_rtcp
from nhipcau.rtp.receiver import SoundReceiver, VideoReceiver
from nhipcau.rtp.rtcp import parse_compound
from nhipcau.rtp.rtcp_feedback import Fir, Nack, Pli
from nhipcau.rtp.sender import SoundSender, VideoSender
from nhipcau.sound.block import Samples
from tests.mcu.machine import WallClock
from tests.mcu.medias import Colour, strength, tone

_SPEC = VideoSpec(640, 360, 25, Bitrate(300_000))
# One second of sound.
_KEPT = 50


def room_lines(first: int) -> list[SendLine]:
    """Return what a room's answer names, with SSRCs from `first` on."""
    return [SendLine(mid, Ssrc(first + n), f"room {first}") for n, mid in enumerate(UPSTREAM)]


class FarRoom:
    """One room; `step` belongs to one thread and is called every few milliseconds."""

    def __init__(self, far: Connection, first: int, colour: Colour, tone_hz: float) -> None:
        self.tone_hz = tone_hz
        self.picture: Picture | None = None
        self.frames = 0
        self._far = far
        self._codecs = PyAvCodecs(WallClock())
        self._solid = solid(_SPEC.width, _SPEC.height, colour)
        self._encoder = self._codecs.video_encoder(_SPEC)
        self._decoder = self._codecs.video_decoder()
        self._speaker = self._codecs.sound_encoder(Bitrate(32_000))
        self._ear = self._codecs.sound_decoder()
        self._camera = VideoSender(first, PAYLOAD_TYPES[Mid.CAMERA])
        self._voice = SoundSender(first + 2, PAYLOAD_TYPES[Mid.MICROPHONE])
        self._kept = SoundSender.new_lane()
        self._program = VideoReceiver(PAYLOAD_TYPES[Mid.PROGRAM])
        self._sound = SoundReceiver(PAYLOAD_TYPES[Mid.SOUND])
        self._samples: deque[Samples] = deque(maxlen=_KEPT)
        self._pictures = self._blocks = 0
        self._began_s: float | None = None
        self._keyframe = True

    def step(self, now_s: float) -> None:
        """Send what is due, take what came."""
        self._began_s = now_s if self._began_s is None else self._began_s
        passed_s = now_s - self._began_s
        if passed_s >= self._pictures / 25:
            frame = self._encoder.encode(
                self._solid, self._pictures * 3_600, keyframe=self._keyframe
            )
            self._keyframe = False
            self._pictures += 1
            for packet in self._camera.packetize(frame):
                self._far.pipe(Mid.CAMERA).send(packet)
        while passed_s >= self._blocks / 50:
            block = tone(self._blocks, self.tone_hz)
            self._voice.next_tick(block.pts)
            packet = self._voice.lane_packet(self._speaker.encode(block), self._kept)
            self._far.pipe(Mid.MICROPHONE).send(packet)
            self._blocks += 1
        self._hear_camera()
        self._take(Mid.PROGRAM, self._program, now_s)
        self._take(Mid.SOUND, self._sound, now_s)
        while (taken := self._program.poll_frame()) is not None:
            self.picture = self._decoder.decode(taken) or self.picture
            self.frames += 1
        for sound in self._sound.take(now_s):
            self._samples.append(self._ear.decode(sound.data))

    def hears(self, tone_hz: float) -> float:
        """Return how strong a tone is in the last second of what has come."""
        if len(self._samples) < _KEPT:
            return 0.0
        return strength(np.concatenate(self._samples), tone_hz)

    def sees(self, cell: Cell) -> Colour | None:
        """Return the colour in the middle of a cell of the program, whatever its rung."""
        picture = self.picture
        if picture is None:
            return None
        x = (cell.x + cell.width // 2) * picture.width // 1_280
        y = (cell.y + cell.height // 2) * picture.height // 720
        return (
            int(picture.y[y, x]),
            int(picture.u[y // 2, x // 2]),
            int(picture.v[y // 2, x // 2]),
        )

    def _hear_camera(self) -> None:
        pipe = self._far.pipe(Mid.CAMERA)
        while (data := pipe.receive()) is not None:
            for message in parse_compound(data).messages if is_rtcp(data) else ():
                if isinstance(message, Nack):
                    for seq in message.seqs:
                        packet = self._camera.cache.get(seq)
                        if packet is not None:
                            pipe.send(packet)
                self._keyframe = self._keyframe or isinstance(message, Pli | Fir)

    def _take(self, mid: Mid, receiver: VideoReceiver | SoundReceiver, now_s: float) -> None:
        pipe = self._far.pipe(mid)
        while (data := pipe.receive()) is not None:
            if is_rtcp(data):
                receiver.handle_rtcp(data, now_s)
            else:
                receiver.handle_rtp(data, now_s)
        for packet in receiver.poll_rtcp(now_s):
            pipe.send(packet)
