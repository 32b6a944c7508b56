"""The twin's weather: loss and delay on a given clock, the same for the same seed."""

from collections.abc import Callable

import pytest

from nhipcau.ports.transport import ConnectionState, Mid, SdpError
from nhipcau.webrtc.memory import MemoryConnection, MemoryNetwork, MemoryTransport, Weather
from tests.webrtc.packets import MCU_LINES, SITE_LINES, rtp


class HandClock:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.at_s = 100.0

    def now_s(self) -> float:
        return self.at_s

    def wall_s(self) -> float:
        return self.at_s


def connect(network: MemoryNetwork) -> tuple[MemoryConnection, MemoryConnection]:
    ours = MemoryTransport(network).offer(MCU_LINES)
    theirs = MemoryTransport(network).answer(ours.local_sdp() or "", SITE_LINES)
    ours.accept(theirs.local_sdp() or "")
    return ours, theirs


def received(weather: Weather, step: Callable[[int], float]) -> list[bytes]:
    """Send 200 packets at the instants `step` gives, then wait a minute."""
    clock = HandClock()
    ours, theirs = connect(MemoryNetwork(clock, weather))
    for number in range(200):
        clock.at_s = 100 + step(number)
        assert theirs.pipe(Mid.CAMERA).send(rtp(Mid.CAMERA, number))
    clock.at_s += 60
    packets = []
    while (packet := ours.pipe(Mid.CAMERA).receive()) is not None:
        packets.append(packet)
    return packets


def test_a_packet_arrives_when_its_delay_is_over_and_not_before() -> None:
    clock = HandClock()
    ours, theirs = connect(MemoryNetwork(clock, Weather(delay_s=0.05)))
    theirs.pipe(Mid.CAMERA).send(rtp(Mid.CAMERA))
    clock.at_s += 0.049
    assert ours.pipe(Mid.CAMERA).receive() is None
    clock.at_s += 0.002
    assert ours.pipe(Mid.CAMERA).receive() == rtp(Mid.CAMERA)


def test_the_same_seed_loses_the_same_packets() -> None:
    first = received(Weather(loss=0.2, seed=5), lambda number: number / 50)
    assert first == received(Weather(loss=0.2, seed=5), lambda number: number / 50)
    assert first != received(Weather(loss=0.2, seed=6), lambda number: number / 50)
    assert 130 <= len(first) <= 180


def test_jitter_lets_packets_overtake_one_another() -> None:
    arrived = received(Weather(jitter_s=0.1, seed=1), lambda number: number / 100)
    assert len(arrived) == 200
    assert arrived != sorted(arrived)


def test_a_full_queue_drops_and_counts() -> None:
    ours, theirs = connect(MemoryNetwork(HandClock()))
    for number in range(1_100):
        theirs.pipe(Mid.CAMERA).send(rtp(Mid.CAMERA, number))
    assert ours.pipe(Mid.CAMERA).dropped == 1_100 - 1_024
    assert ours.pipe(Mid.CAMERA).receive() == rtp(Mid.CAMERA, 0)


def test_the_far_end_of_a_closed_connection_hears_nothing_more() -> None:
    ours, theirs = connect(MemoryNetwork(HandClock()))
    ours.close()
    assert theirs.state() is ConnectionState.CONNECTED
    theirs.pipe(Mid.CAMERA).send(rtp(Mid.CAMERA))
    assert ours.pipe(Mid.CAMERA).receive() is None


def test_an_answer_to_another_offer_is_refused() -> None:
    network = MemoryNetwork(HandClock())
    transport = MemoryTransport(network)
    first, second = transport.offer(MCU_LINES), transport.offer(MCU_LINES)
    answer = transport.answer(first.local_sdp() or "", SITE_LINES).local_sdp() or ""
    with pytest.raises(SdpError):
        second.accept(answer)
    first.accept(answer)
    assert first.state() is ConnectionState.CONNECTED
