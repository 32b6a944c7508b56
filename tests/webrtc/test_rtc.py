"""What only the real transport can show: ports, threads, hostile neighbours."""

import os
import random
import re
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from nhipcau.ports.transport import ConnectionState, Mid, SdpError
from nhipcau.quantities import Ssrc
from nhipcau.webrtc.certificate import Certificate
from nhipcau.webrtc.rtc import RtcConnection, RtcSettings, RtcTransport
from tests.webrtc.conftest import free_udp_port
from tests.webrtc.packets import MCU_LINES, SITE_LINES, next_packet, rtp, wait_until

# A binding request with four bytes of attributes, as far as its magic cookie (RFC 8489 §5).
STUN = bytes.fromhex("000100042112a442")


def sdp_of(connection: RtcConnection) -> str:
    wait_until(lambda: connection.local_sdp() is not None)
    return connection.local_sdp() or ""


def connect(mcu: RtcTransport, site: RtcTransport) -> tuple[RtcConnection, RtcConnection]:
    ours = mcu.offer(MCU_LINES)
    theirs = site.answer(sdp_of(ours), SITE_LINES)
    ours.accept(sdp_of(theirs))
    return ours, theirs


def are_up(*connections: RtcConnection) -> bool:
    return all(one.state() is ConnectionState.CONNECTED for one in connections)


def native_threads() -> int:
    """Return how many threads this process has, the library's own among them."""
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - names are enough


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def test_tracks_of_two_mcus_have_different_names(mcu: RtcTransport) -> None:
    other = [replace(line, ssrc=Ssrc(line.ssrc + 1)) for line in MCU_LINES]
    texts = [sdp_of(mcu.offer(MCU_LINES)), sdp_of(mcu.offer(other))]
    names = [set(re.findall(r"a=msid:\S+ (\S+)", text)) for text in texts]
    assert [len(one) for one in names] == [len(MCU_LINES)] * 2
    assert not names[0] & names[1], names


def test_two_hundred_connections_come_and_go_without_a_trace(
    mcu: RtcTransport, site: RtcTransport
) -> None:
    def round_of(count: int) -> None:
        pairs = [connect(mcu, site) for _ in range(count)]
        for pair in pairs:
            wait_until(lambda pair=pair: are_up(*pair))  # type: ignore[misc]
        for ours, theirs in pairs:
            wait_until(lambda far=theirs: far.pipe(Mid.CAMERA).send(rtp(Mid.CAMERA)))  # type: ignore[misc]
            assert next_packet(ours.pipe(Mid.CAMERA)) == rtp(Mid.CAMERA)
        for ours, theirs in pairs:
            theirs.close()
            ours.close()
        wait_until(lambda: mcu.stats().closing == site.stats().closing == 0)

    round_of(20)
    threads, memory_mb = native_threads(), resident_mb()
    for _ in range(9):
        round_of(20)
    # The thread of the UDP port comes and goes with the first and the last connection.
    assert native_threads() <= threads + 2
    assert resident_mb() < memory_mb + 20
    assert mcu.stats().open == site.stats().open == 0


def test_one_udp_port_serves_many_connections(certificate: Certificate, site: RtcTransport) -> None:
    port = free_udp_port()
    mcu = RtcTransport(RtcSettings(certificate, port=port))
    pairs = [connect(mcu, site) for _ in range(10)]
    for pair in pairs:
        wait_until(lambda pair=pair: are_up(*pair))  # type: ignore[misc]
    for _, theirs in pairs:
        assert theirs.stats().remote_address == f"127.0.0.1:{port}"
    mcu.close()


def test_random_bytes_on_the_port_harm_nobody(certificate: Certificate, site: RtcTransport) -> None:
    port = free_udp_port()
    mcu = RtcTransport(RtcSettings(certificate, port=port))
    ours, theirs = connect(mcu, site)
    wait_until(lambda: are_up(ours, theirs))
    dice = random.Random(1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for _ in range(2_000):
            junk = dice.randbytes(dice.randrange(1, 1_400))
            first = dice.choice((junk[:1], STUN, b"\x16", b"\x80"))
            stranger.sendto(first + junk[len(first) :], ("127.0.0.1", port))
    wait_until(lambda: theirs.pipe(Mid.CAMERA).send(rtp(Mid.CAMERA)))
    assert next_packet(ours.pipe(Mid.CAMERA)) == rtp(Mid.CAMERA)
    again = connect(mcu, site)
    wait_until(lambda: are_up(*again))
    mcu.close()


def test_an_answer_that_comes_late_still_connects(mcu: RtcTransport, site: RtcTransport) -> None:
    ours = mcu.offer(MCU_LINES)
    theirs = site.answer(sdp_of(ours), SITE_LINES)
    answer = sdp_of(theirs)
    threading.Event().wait(1.5)
    ours.accept(answer)
    wait_until(lambda: are_up(ours, theirs))


def test_a_taken_port_is_said_at_once_and_plainly(certificate: Certificate) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        with pytest.raises(OSError, match=f"127.0.0.1 port {port}"):
            RtcTransport(RtcSettings(certificate, port=port))


def test_the_port_is_free_again_after_the_last_connection(
    certificate: Certificate, site: RtcTransport
) -> None:
    port = free_udp_port()
    for _ in range(3):
        mcu = RtcTransport(RtcSettings(certificate, port=port))
        pair = connect(mcu, site)
        wait_until(lambda pair=pair: are_up(*pair))  # type: ignore[misc]
        mcu.close()
        mcu.close()
        wait_until(lambda: is_free(port))


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def test_damaged_answers_never_crash_the_library(mcu: RtcTransport, site: RtcTransport) -> None:
    good = sdp_of(site.answer(sdp_of(mcu.offer(MCU_LINES)), SITE_LINES)).splitlines()
    dice = random.Random(2)
    for _ in range(150):
        lines = list(good)
        for _ in range(dice.randrange(1, 4)):
            at = dice.randrange(1, len(lines))
            name, _, value = lines[at].partition(":")
            wild = ["", "-1", "99999999999999999999", "x" * 300, value[::-1], value + " " + value]
            lines[at] = f"{name}:{dice.choice(wild)}"
        ours = mcu.offer(MCU_LINES)
        try:
            ours.accept("\r\n".join(lines) + "\r\n")
        except SdpError as error:
            assert error.code in ("sdp", "no_h264", "no_opus")
        ours.close()
    again = connect(mcu, site)
    wait_until(lambda: are_up(*again))


def test_an_advertised_address_must_be_one(certificate: Certificate) -> None:
    with pytest.raises(ValueError, match=r"mcu\.example"):
        RtcSettings(certificate, advertised=("mcu.example",))


def test_closing_from_many_threads_at_once_is_safe(mcu: RtcTransport, site: RtcTransport) -> None:
    pairs = [connect(mcu, site) for _ in range(10)]
    for pair in pairs:
        wait_until(lambda pair=pair: are_up(*pair))  # type: ignore[misc]
    stop = threading.Event()

    def use() -> None:
        while not stop.is_set():
            for ours, theirs in pairs:
                theirs.pipe(Mid.CAMERA).send(rtp(Mid.CAMERA))
                ours.pipe(Mid.CAMERA).receive()

    users = [threading.Thread(target=use) for _ in range(2)]
    closers = [
        threading.Thread(target=one.close) for pair in pairs for one in pair for _ in range(2)
    ]
    for thread in (*users, *closers):
        thread.start()
    for thread in closers:
        thread.join()
    wait_until(lambda: mcu.stats().closing == site.stats().closing == 0)
    stop.set()
    for thread in users:
        thread.join()


def test_a_closed_transport_makes_no_connections(certificate: Certificate) -> None:
    transport = RtcTransport(RtcSettings(certificate))
    transport.close()
    with pytest.raises(OSError, match="closed"):
        transport.offer(MCU_LINES)
