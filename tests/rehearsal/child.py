"""A fleet as a child process, over the real transport: `python -m tests.rehearsal.child FOLDER`."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from nhipcau.rehearsal.process import serve_stdin
from nhipcau.webrtc.certificate import make_certificate
from nhipcau.webrtc.rtc import RtcSettings, RtcTransport
from tests.rehearsal.machine import CLOCK, CODECS

if __name__ == "__main__":
    transport = RtcTransport(RtcSettings(make_certificate(Path(sys.argv[1]), datetime.now(UTC))))
    status = asyncio.run(serve_stdin(transport, CODECS, CLOCK))
    transport.close()
    sys.exit(status)
