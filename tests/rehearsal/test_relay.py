"""A relay passes real datagrams on, as its line lets them."""

import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from nhipcau.rehearsal.candidates import Address
from nhipcau.rehearsal.line import LineProfile
from nhipcau.rehearsal.relay import Relay, Relays
from tests.rehearsal.machine import CLOCK

pytestmark = pytest.mark.e2e
_PATIENCE_S = 15.0


def endpoint() -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(("127.0.0.1", 0))
    one.settimeout(_PATIENCE_S)
    return one


@contextmanager
def behind(profile: LineProfile) -> Iterator[tuple[socket.socket, socket.socket, Relay]]:
    """Yield a site, an MCU, and the relay between them."""
    relays = Relays(CLOCK)
    with endpoint() as site, endpoint() as mcu:
        relay = relays.open(profile, Address(*mcu.getsockname()), random.Random(3))
        site.connect(relay.near)
        try:
            yield site, mcu, relay
        finally:
            relays.close()


def test_datagrams_pass_both_ways_and_the_mcu_sees_one_address() -> None:
    with behind(LineProfile()) as (site, mcu, relay):
        site.send(b"up")
        data, sender = mcu.recvfrom(100)
        assert (data, sender) == (b"up", tuple(relay.far))
        mcu.sendto(b"down", sender)
        assert site.recv(100) == b"down"
        assert (relay.up.octets, relay.down.octets) == (30, 32)


def test_a_delay_keeps_the_order() -> None:
    with behind(LineProfile(delay_ms=30)) as (site, mcu, _):
        for number in range(20):
            site.send(bytes((number,)))
        assert [mcu.recv(10)[0] for _ in range(20)] == list(range(20))


def test_what_is_lost_does_not_arrive_and_is_counted() -> None:
    with behind(LineProfile(loss=0.5)) as (site, mcu, relay):
        for number in range(200):
            site.send(bytes((number,)))
        relay_was_read = relay
        # The last word comes through after the line has become good.
        while relay_was_read.up.datagrams < 200:
            pass
        relay.set_profile(LineProfile())
        site.send(b"end")
        came = 0
        while mcu.recv(10) != b"end":
            came += 1
        assert came == 200 - relay.up.lost
        assert 60 < relay.up.lost < 140


def test_a_relay_that_was_shut_gives_its_ports_back() -> None:
    relays = Relays(CLOCK)
    with endpoint() as mcu:
        relay = relays.open(LineProfile(), Address(*mcu.getsockname()), random.Random(3))
        near = relay.near
        relays.shut(relay)
        relays.shut(relay)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
            again.bind(tuple(near))
        relays.close()
        relays.close()
