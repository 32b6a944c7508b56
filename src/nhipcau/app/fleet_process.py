"""The fleet process: synthetic sites with the real transport and codecs."""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from nhipcau.app.clock import SystemClock
from nhipcau.codec.pyav import PyAvCodecs
from nhipcau.rehearsal.process import serve_stdin
from nhipcau.webrtc.certificate import make_certificate
from nhipcau.webrtc.rtc import RtcSettings, RtcTransport


def run_fleet_process() -> int:
    """Run the fleet that standard input names; return the exit status."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="nhipcau-fleet-") as folder:
        certificate = make_certificate(Path(folder), datetime.now(UTC))
        # A port of its own for each site: the MCU tells endpoints apart by their address.
        transport = RtcTransport(RtcSettings(certificate=certificate, port=0))
        try:
            return asyncio.run(serve_stdin(transport, PyAvCodecs(clock), clock))
        finally:
            transport.close()
