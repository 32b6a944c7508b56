"""Rubbish on the media port and in the media: nobody else notices, counters show it."""

import random
import socket
import time
from pathlib import Path

import pytest

from nhipcau.ports.transport import PAYLOAD_TYPES, Mid
from nhipcau.rtp.packet import rtp_header
from tests.e2e.conftest import HALL
from tests.e2e.demo import Demo
from tests.e2e.desk import Desk
from tests.e2e.meeting import calm
from tests.e2e.room import Room
from tests.e2e.site import LINES, OwnSite, own_site, own_transport
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

_SITE = "22519"
_DATAGRAMS = 5_000
# SPS and PPS as an encoder writes them for 640×360; what follows is no slice of such a picture.
_SPS = bytes.fromhex("6742c01eda0280bfe5c044000003000400000300c83c58ba80")
_PPS = bytes.fromhex("68ce0fc8")
_IDR, _STAP_A = 0x65, 24


def _first_bytes(rng: random.Random) -> bytes:
    """STUN, DTLS, RTP, RTCP or nothing known (RFC 7983 §7), by turns."""
    return bytes((rng.choice((0, 1, 20, 22, 63, 128, 144, 191, 255)), rng.randrange(256)))


def test_random_bytes_on_the_media_port_harm_nobody(
    demo: Demo, desk: Desk, rooms: dict[str, Room]
) -> None:
    pid = demo.media_pid()
    rng = random.Random(7)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for number in range(_DATAGRAMS):
            datagram = _first_bytes(rng) + rng.randbytes(rng.randrange(1_400))
            sender.sendto(datagram, ("127.0.0.1", demo.media_port))
            if number % 100 == 0:
                time.sleep(0.01)
    for room in rooms.values():
        eventually(room.plays, f"program in {room.site}")
    assert demo.media_pid() == pid
    assert desk.present(*rooms)


def _rubbish(rng: random.Random, seq: int) -> list[bytes]:
    """Return one "key frame": parameters that are right, then a slice that is not."""
    stream = (PAYLOAD_TYPES[Mid.CAMERA], next(x.ssrc for x in LINES if x.mid is Mid.CAMERA))
    parts = [bytes((_STAP_A,))]
    for nal in (_SPS, _PPS):
        parts += [len(nal).to_bytes(2), nal]
    slice_ = bytes((_IDR,)) + rng.randbytes(900)
    timestamp = seq * 4_500
    return [
        rtp_header(stream, seq, timestamp, marker=False) + b"".join(parts),
        rtp_header(stream, seq + 1, timestamp, marker=True) + slice_,
    ]


def _send_rubbish(site: OwnSite, rng: random.Random) -> None:
    for number in range(40):
        site.send(Mid.CAMERA, _rubbish(rng, 2 * number))
        site.send(Mid.CAMERA, [rng.randbytes(rng.randrange(1, 1_100)) for _ in range(3)])
        site.send(Mid.MICROPHONE, [b"\x80\x6f" + rng.randbytes(80)])
        time.sleep(0.05)


def test_a_picture_that_does_not_decode_is_counted_and_harms_nobody(
    demo: Demo, desk: Desk, rooms: dict[str, Room], tmp_path: Path
) -> None:
    calm(desk, rooms)
    pid = demo.media_pid()
    with own_transport(tmp_path) as transport, own_site(demo, transport, _SITE) as site:
        desk.until(lambda desk: desk.present(_SITE), "the site present")
        desk.do("give_floor", site=_SITE)
        name = f'nhipcau_mcu_camera_frames_total{{outcome="undecodable",site="{_SITE}"}}'

        def is_counted() -> bool:
            _send_rubbish(site, random.Random(11))
            return demo.metrics().get(name, 0.0) > 0

        eventually(is_counted, name)
        eventually(rooms[HALL].plays, "program in the hall")
        assert desk.present(*rooms, _SITE)
    assert demo.media_pid() == pid
