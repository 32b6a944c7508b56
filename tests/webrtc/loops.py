"""What an MCU would send: a short H.264 loop and a tone, as RTP, paced by the test."""

from nhipcau.codec.pyav import PyAvCodecs
from nhipcau.picture.frame import solid
from nhipcau.ports.codec import VideoSpec
from nhipcau.ports.transport import PAYLOAD_TYPES, Mid
from nhipcau.quantities import Bitrate
from nhipcau.rtp.h264 import packetize_h264
from nhipcau.rtp.packet import rtp_header
from nhipcau.sound.block import BLOCK_SAMPLES
from tests.codec.scenes import tone
from tests.webrtc.packets import SSRCS, WallClock

FPS = 25
_GREY, _REDDISH = (110, 128, 128), (82, 90, 240)


class MediaLoop:
    """A picture of one colour with a grey beginning, and a tone; packets by tick of 20 ms."""

    def __init__(self, width: int = 640, height: int = 360) -> None:
        codecs = PyAvCodecs(WallClock())
        encoder = codecs.video_encoder(VideoSpec(width, height, FPS, Bitrate(500_000)))
        pictures = [solid(width, height, _REDDISH if at else _GREY) for at in range(2 * FPS)]
        self._frames = [
            encoder.encode(picture, at * 3_600, keyframe=at == 0).data
            for at, picture in enumerate(pictures)
        ]
        speaker = codecs.sound_encoder(Bitrate(32_000))
        self._sounds = [speaker.encode(tone(at)) for at in range(50)]
        self._seq = {Mid.PROGRAM: 0, Mid.SOUND: 0}

    def picture(self, number: int) -> list[bytes]:
        """Return the RTP packets of the `number`th picture; every 50th is an IDR."""
        payloads = packetize_h264(self._frames[number % len(self._frames)])
        return self._packets(Mid.PROGRAM, payloads, number * 90_000 // FPS)

    def sound(self, number: int) -> list[bytes]:
        """Return the RTP packet of the `number`th 20 ms of sound."""
        payload = self._sounds[number % len(self._sounds)]
        return self._packets(Mid.SOUND, [payload], number * BLOCK_SAMPLES)

    def _packets(self, mid: Mid, payloads: list[bytes], timestamp: int) -> list[bytes]:
        stream = (PAYLOAD_TYPES[mid], SSRCS[mid])
        packets = []
        for place, payload in enumerate(payloads):
            last = mid is Mid.PROGRAM and place == len(payloads) - 1
            header = rtp_header(stream, self._seq[mid], timestamp & 0xFFFFFFFF, marker=last)
            packets.append(header + payload)
            self._seq[mid] = self._seq[mid] + 1 & 0xFFFF
        return packets
