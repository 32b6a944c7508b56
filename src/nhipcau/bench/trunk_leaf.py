"""The leaf of the trunk's bench, in a process of its own: its real media threads, and no more.

lanes' offers ─▶ answers, carried; rooms' offers ◀─ opened; their answers ─▶ attached

Lanes to a leaf below are opened as its rooms are.
"""

import itertools
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import cast

from nhipcau.app.clock import SystemClock
from nhipcau.bench.fanout_wire import Said, serve
from nhipcau.mcu.engine import Adapters
from nhipcau.mcu.lane import Lane
from nhipcau.mcu.leafengine import LeafEngine
from nhipcau.mcu.leafmedia import LeafMedia
from nhipcau.mcu.streams import StreamNames
from nhipcau.ports.codec import Codecs
from nhipcau.ports.transport import UPSTREAM, Connection, Mid, SendLine
from nhipcau.quantities import EndpointId, SiteId, Ssrc
from nhipcau.webrtc.certificate import make_certificate
from nhipcau.webrtc.rtc import RtcSettings, RtcTransport

_GATHER_S = 0.001


class _NoCodecs:
    """What a leaf stands on in place of codecs."""


class BenchLeaf:
    """The leaf."""

    def __init__(self, folder: Path, port: int) -> None:
        certificate = make_certificate(folder, datetime.now(UTC))
        clock = SystemClock()
        self._random = Random()
        rooms = RtcTransport(RtcSettings(certificate, port=port))
        self._lanes = RtcTransport(RtcSettings(certificate))
        adapters = Adapters(rooms, cast("Codecs", _NoCodecs()), clock)
        self._engine = LeafEngine(adapters, StreamNames("bench", self._new_ssrc))
        self._engine.start(lambda _name: lambda: None, lambda: None)
        # Those that wait for their answers.
        self._medias: list[LeafMedia] = []
        self._names = itertools.count()

    def answer(self, question: Said) -> Said:
        """Answer one question of the bench."""
        if "lanes" in question:
            return {"answers": [self._carry(place, sdp) for place, sdp in question["lanes"]]}
        if "rooms" in question:
            self._medias = [self._open(place) for place in question["rooms"]]
            return {"offers": [_sdp_of(media.connection) for media in self._medias]}
        if "below" in question:
            self._medias = [self._lane_below(place) for place in question["below"]]
            return {"offers": [_sdp_of(media.connection) for media in self._medias]}
        if "answers" in question:
            for media, sdp in zip(self._medias, question["answers"], strict=True):
                media.connection.accept(sdp)
                self._engine.attach(media)
            return {}
        stats = self._engine.stats()
        busy = {one.name: one.busy_s for one in stats.threads}
        return {
            "cpu_s": time.process_time(),
            "busy_s": busy,
            "up": stats.up,
            "lanes_up": sum(media.is_lane for media in self._engine.connected()),
            "sent": sum(one.sent for one in stats.pictures.values()),
            "late": sum(one.late for one in stats.threads),
        }

    def _carry(self, place: int | None, offer: str) -> str:
        sends = {mid: SendLine(mid, self._new_ssrc(), "bench") for mid in UPSTREAM}
        connection = self._lanes.answer(offer, list(sends.values()))
        self._engine.carry(Lane(connection, sends, place))
        return _sdp_of(connection)

    def _new_ssrc(self) -> Ssrc:
        return Ssrc(self._random.randrange(1, 1 << 32))

    def _open(self, place: int) -> LeafMedia:
        name = str(next(self._names))
        media = self._engine.open(EndpointId(name), SiteId(name))
        media.watcher(Mid.PROGRAM).set_wish(place)
        return media

    def _lane_below(self, place: int) -> LeafMedia:
        media = self._engine.open(EndpointId(f"lane {next(self._names)}"), None)
        media.hears = place == 0
        for mid in (Mid.PROGRAM, Mid.CONTENT):
            media.watcher(mid).stands_for_many = True
            media.watcher(mid).set_wish(place)
        return media


def _sdp_of(connection: Connection) -> str:
    while (sdp := connection.local_sdp()) is None:
        time.sleep(_GATHER_S)
    return sdp


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="nhipcau-bench-") as _folder:
        serve(BenchLeaf(Path(_folder), int(sys.argv[1])).answer)
