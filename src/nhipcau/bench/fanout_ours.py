"""Our sender of `bench fanout`, in a process of its own: the MCU's real path without a composer.

recording ─▶ Rung (cache) ─▶ FanOut ─▶ every viewer, each with numbers of its own
RTCP of viewers ◀─ Poller, Viewer; sender reports once a second
"""

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from nhipcau.app.clock import SystemClock
from nhipcau.bench.fanout_stream import read
from nhipcau.bench.fanout_wire import Said, serve
from nhipcau.codec.pyav import PyAvCodecs
from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.fanout import FanOut
from nhipcau.mcu.ladder import PROGRAM_LADDER, PROGRAM_VIEW
from nhipcau.mcu.mediaclock import MediaClock
from nhipcau.mcu.mediaplan import MediaPlan
from nhipcau.mcu.poller import POLL_S, Poller, Watch
from nhipcau.mcu.rung import Rung, RungFrame, RungPlace
from nhipcau.mcu.streams import StreamNames, Streams
from nhipcau.mcu.ticker import Beat, Ticker
from nhipcau.mcu.upstream import SoundSource, VideoSource
from nhipcau.ports.transport import PAYLOAD_TYPES, Mid
from nhipcau.quantities import EndpointId, SiteId, Ssrc
from nhipcau.rtp.cache import PacketCache
from nhipcau.rtp.receiver import SoundReceiver, VideoReceiver
from nhipcau.webrtc.certificate import make_certificate
from nhipcau.webrtc.rtc import RtcSettings, RtcTransport

# One UDP port for all, as an MCU has it; the namespace is the bench's own.
_PORT = 47_001
_GATHER_S = 0.001
# Packets that a viewer had from another rung before.
_EARLIER = 12_345


class Ours:
    """The sender."""

    def __init__(self, address: str, recording: Path, folder: Path) -> None:
        certificate = make_certificate(folder, datetime.now(UTC))
        self._clock = SystemClock()
        self._transport = RtcTransport(RtcSettings(certificate, address, _PORT))
        self._codecs = PyAvCodecs(self._clock)
        self._recording, self._number = read(recording), 0
        self._medias: tuple[EndpointMedia, ...] = ()
        self._plan = MediaPlan()
        random = Random()
        names = StreamNames("bench", lambda: Ssrc(random.randrange(1, 1 << 32)))
        self._streams = Streams(names, self._codecs)
        line = self._streams.view(PROGRAM_VIEW)
        place = RungPlace(PAYLOAD_TYPES[line.mid], Ssrc(line.sender.ssrc), self, 0)
        self._line, self._rung = line, Rung(PROGRAM_LADDER[0], place, self._codecs)
        self._fanout = FanOut(self._clock)
        clock = MediaClock(self._clock.now_s(), self._clock.wall_s())
        watch = Watch(lambda: self._plan, lambda: self._medias, lambda: None, self._clock.now_s)
        self._poller = Poller(watch, self._streams, clock)
        self._tickers = (
            Ticker("poll", Beat(POLL_S, late_s=0.02), self._poller.tick, self._clock),
            Ticker("play", Beat(self._recording.period_s, 0.1), self._play, self._clock),
        )

    def answer(self, question: Said) -> Said:
        """Answer one question of the bench."""
        if "offer" in question:
            fresh = tuple(self._open() for _ in range(question["offer"]))
            offers = [_offer(media) for media in fresh]
            self._medias += fresh
            return {"offers": offers}
        if "answers" in question:
            waiting = self._medias[-len(question["answers"]) :]
            for media, answer in zip(waiting, question["answers"], strict=True):
                media.connection.accept(answer)
            return {}
        self._plan = MediaPlan(listeners=self._medias)
        self._fanout.start(lambda _name: lambda: None)
        for ticker in self._tickers:
            ticker.start(lambda _name: lambda: None)
        return {}

    def _play(self, _now_s: float) -> None:
        frame = self._recording.frame(self._number)
        viewers = tuple(media.watcher(Mid.PROGRAM) for media in self._medias)
        coming = () if self._number else viewers
        for viewer in coming:
            # As if each had changed rung before, so that every packet gets a number of its own.
            viewer.served = self._rung
            viewer.numbers.enter(PacketCache(1), _EARLIER)
        sender = self._rung.sender
        index, packets = sender.next_index, sender.packetize(frame)
        made = RungFrame(self._rung, index, packets, frame.keyframe, viewers, coming)
        self._number += 1
        self._line.pictures += 1
        self._fanout.put([made])

    def _open(self) -> EndpointMedia:
        number = len(self._medias)
        streams = self._streams.of(PROGRAM_VIEW)
        connection = self._transport.offer([stream.line() for stream in streams])
        camera, content = (
            VideoSource(connection.pipe(mid), VideoReceiver(PAYLOAD_TYPES[mid]), self._codecs)
            for mid in (Mid.CAMERA, Mid.CONTENT_UP)
        )
        microphone = SoundReceiver(PAYLOAD_TYPES[Mid.MICROPHONE])
        pipe = connection.pipe(Mid.MICROPHONE)
        return EndpointMedia(
            EndpointId(str(number)),
            SiteId(str(number)),
            PROGRAM_VIEW,
            connection,
            camera,
            content,
            SoundSource(pipe, microphone, self._codecs),
            self._streams.viewers(PROGRAM_VIEW, connection, None),
        )


def _offer(media: EndpointMedia) -> str:
    while (offer := media.connection.local_sdp()) is None:
        time.sleep(_GATHER_S)
    return offer


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="nhipcau-bench-") as _folder:
        serve(Ours(sys.argv[1], Path(sys.argv[2]), Path(_folder)).answer)
