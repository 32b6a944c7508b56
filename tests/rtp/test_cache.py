"""PacketCache: a ring that never gives another packet than the one asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.rtp.cache import PacketCache
from nhipcau.rtp.packet import rtp_header


def packet(seq: int) -> bytes:
    return rtp_header((102, 1), seq, 0, marker=False) + b"x"


def test_a_full_cache_forgets_the_oldest() -> None:
    cache = PacketCache(4)
    for seq in range(6):
        cache.put(seq, packet(seq))
    assert [seq for seq in range(8) if cache.get(seq)] == [2, 3, 4, 5]
    assert (cache.hits, cache.misses) == (4, 4)


@given(st.integers(0, 0xFFFF), st.integers(1, 100))
def test_the_newest_packets_are_found_across_the_wrap(first: int, count: int) -> None:
    cache = PacketCache(16)
    seqs = [(first + step) & 0xFFFF for step in range(count)]
    for seq in seqs:
        cache.put(seq, packet(seq))
    for seq in seqs[-16:]:
        assert cache.get(seq) == packet(seq)
    for seq in seqs[:-16]:
        assert cache.get(seq) is None


@pytest.mark.parametrize("size", [0, -1, 3, 1000, 65536])
def test_a_size_that_the_ring_cannot_have_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        PacketCache(size)
