"""The receivers of `bench fanout`, in a process of their own: the same ones for every sender.

    offer of any make ─▶ PeerConnection that takes every line as offered ─▶ FlowCounter ─▶ RR, NACK

Our adapter's `answer` wants our six lines; Janus and aiortc offer one. So the connections are made
here, with the adapter's configuration, pipes and SDP rules, and any lines.
"""

import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# The library's type stub imports a module `Description` by mistake, which hides the class.
from libdatachannel import Description, PeerConnection  # type: ignore[attr-defined]

from nhipcau.bench.fanout_wire import Said, serve
from nhipcau.rehearsal.counting import PICTURE_NACKS, FlowCounter
from nhipcau.rtp.packet import RtpError, is_rtcp
from nhipcau.rtp.rtcp import parse_compound
from nhipcau.rtp.rtcp_reports import ReceiverReport, SenderReport, cname
from nhipcau.webrtc.certificate import make_certificate
from nhipcau.webrtc.lines import CAMERA_H264, OPUS
from nhipcau.webrtc.rtc import RtcPipe
from nhipcau.webrtc.rtc_setup import RtcSettings, configuration_of
from nhipcau.webrtc.sdp import MediaLine, finish_sdp, parse, single_candidates

_HZ = 90_000
_POLL_S = 0.02
_REPORT_S = 1.0
_GATHER_S = 10.0
_OWN_SSRC = 1


class Receiver:
    """One connection, and the flow of its one line that carries pictures."""

    def __init__(self, configuration: Any, offer: str) -> None:
        self._peer = PeerConnection(configuration)
        self.flow = FlowCounter(_HZ, PICTURE_NACKS, pictures=True)
        # The library takes a track that nobody holds for one that is rejected.
        self._tracks: list[Any] = []
        self._pipes = [
            pipe for line in parse(offer).media if (pipe := self._take(line)) is not None
        ]
        self._peer.set_remote_description(
            Description(single_candidates(offer), Description.Type.Offer)
        )
        self._peer.set_local_description(Description.Type.Answer)

    def answer(self) -> str:
        """Return the answer once its candidates are there.

        Raises:
            RuntimeError: they are not in time.
        """
        deadline = time.monotonic() + _GATHER_S
        while self._peer.gathering_state() != PeerConnection.GatheringState.Complete:
            if time.monotonic() > deadline:
                raise RuntimeError("a receiver found no candidates")
            time.sleep(0.001)
        return finish_sdp(str(self._peer.local_description()), ())

    def is_up(self) -> bool:
        """Return True when media flow."""
        return bool(self._peer.state() == PeerConnection.State.Connected)

    def poll(self, now_s: float) -> None:
        """Take what came, ask for what lacks."""
        flow = self.flow
        for pipe in self._pipes:
            while (packet := pipe.receive()) is not None:
                if is_rtcp(packet):
                    self._hear(packet, now_s)
                else:
                    flow.handle(packet, now_s)
            for feedback in flow.poll(_OWN_SSRC, now_s):
                pipe.send(feedback)

    def report(self, now_s: float) -> None:
        """Send a receiver report."""
        block = self.flow.report(now_s)
        if block is not None:
            report = ReceiverReport(_OWN_SSRC, (block,)).to_bytes()
            for pipe in self._pipes:
                pipe.send(report + cname(_OWN_SSRC, "bench").to_bytes())

    def close(self) -> None:
        """Close the connection."""
        self._peer.close()

    def _hear(self, packet: bytes, now_s: float) -> None:
        try:
            messages = parse_compound(packet).messages
        except RtpError:
            return
        for message in messages:
            if isinstance(message, SenderReport):
                self.flow.handle_report(message, now_s)

    def _take(self, line: MediaLine) -> RtcPipe | None:
        """Add a track for an offered line; return its pipe when pictures come on it."""
        sends = line.direction in ("sendonly", "sendrecv")
        direction = Description.Direction.RecvOnly if sends else Description.Direction.Inactive
        if line.kind != "video":
            audio = Description.Audio(line.mid, direction)
            audio.add_opus_codec(int(line.formats[0]), OPUS)
            self._tracks.append(self._peer.add_track(audio))
            return None
        video = Description.Video(line.mid, direction)
        video.add_h264_codec(_h264_of(line), CAMERA_H264)
        self._tracks.append(self._peer.add_track(video))
        pipe = RtcPipe(self._tracks[-1])
        # Of our own six lines the program carries the pictures; peers have but one line.
        return pipe if sends and line.mid != "content" else None


def _h264_of(line: MediaLine) -> int:
    """Return the payload type of the line's H.264 with packetization-mode 1."""
    modes = [value.split(" ", 1) for value in line.values("fmtp")]
    for number, parameters in modes:
        if "packetization-mode=1" in parameters and "profile-level-id=42" in parameters:
            return int(number)
    return int(line.formats[0])


class Room:
    """All receivers. `answer` is the main thread's, polling a thread's of its own."""

    def __init__(self, address: str, folder: Path) -> None:
        certificate = make_certificate(folder, datetime.now(UTC))
        self._configuration = configuration_of(RtcSettings(certificate, bind_address=address))
        self._lock = threading.Lock()
        self._receivers: list[Receiver] = []
        threading.Thread(target=self._run, daemon=True).start()

    def answer(self, question: Said) -> Said:
        """Answer one question of the bench."""
        if "offers" in question:
            fresh = [Receiver(self._configuration, offer) for offer in question["offers"]]
            answers = [receiver.answer() for receiver in fresh]
            with self._lock:
                self._receivers += fresh
            return {"answers": answers}
        with self._lock:
            if "hang_up" in question:
                for receiver in self._receivers:
                    receiver.close()
                self._receivers = []
            flows = [receiver.flow.stats() for receiver in self._receivers]
            return {
                "up": sum(receiver.is_up() for receiver in self._receivers),
                "packets": sum(flow.packets for flow in flows),
                "octets": sum(flow.octets for flow in flows),
                "lost": sum(flow.gaps - flow.recovered for flow in flows),
                "least": min((flow.packets for flow in flows), default=0),
                "first_s": [flow.first_s for flow in flows],
                "last_s": [flow.last_frame_s for flow in flows],
            }

    def _run(self) -> None:
        due_s = 0.0
        while True:
            now_s = time.monotonic()
            reports, due_s = (True, now_s + _REPORT_S) if now_s >= due_s else (False, due_s)
            with self._lock:
                for receiver in self._receivers:
                    receiver.poll(now_s)
                    if reports:
                        receiver.report(now_s)
            time.sleep(_POLL_S)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="nhipcau-bench-") as _folder:
        serve(Room(sys.argv[1], Path(_folder)).answer)
