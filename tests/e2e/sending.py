"""Plain pictures of any size and colour as one H.264 stream over RTP."""

import time

from nhipcau.app.clock import SystemClock
from nhipcau.codec.pyav import PyAvCodecs
from nhipcau.picture.colour import Rgb, yuv
from nhipcau.picture.frame import solid
from nhipcau.ports.codec import VideoSpec
from nhipcau.ports.transport import PAYLOAD_TYPES, Mid
from nhipcau.quantities import Bitrate
from nhipcau.rtp.sender import VideoSender
from tests.e2e.site import LINES, OwnSite

_FPS = 10
_BITRATE = Bitrate(500_000)


class Camera:
    """One stream; its size and colour change whenever the test says so, its SSRC does not."""

    def __init__(self) -> None:
        line = next(line for line in LINES if line.mid is Mid.CAMERA)
        self.sender = VideoSender(line.ssrc, PAYLOAD_TYPES[Mid.CAMERA])
        self.timestamp = 0
        self._codecs = PyAvCodecs(SystemClock())

    def show(self, site: OwnSite, size: tuple[int, int], colour: Rgb, seconds: float) -> None:
        """Send a plain picture for some seconds, a key frame first and then each second."""
        width, height = size
        encoder = self._codecs.video_encoder(VideoSpec(width, height, _FPS, _BITRATE))
        picture = solid(width, height, yuv(colour))
        try:
            for number in range(round(seconds * _FPS)):
                key = number % _FPS == 0
                frame = encoder.encode(picture, self.timestamp, keyframe=key)
                site.send(Mid.CAMERA, self.sender.packetize(frame))
                self.timestamp += 90_000 // _FPS
                time.sleep(1 / _FPS)
        finally:
            encoder.close()
