"""What leaves the root on the province's line, against what it must carry: the lanes in use.

    bytes out of the root's namespace, by the kernel   ÷   packets that came down the leaves' lanes

A room more behind a leaf costs the province nothing but its words: with 20 communes or with 136 the
ratio is the same. Between are the trunks' signalling, what rooms up the line are asked and answered
(RTCP, still pictures' acknowledgements), and retransmissions.
"""

import asyncio
from collections.abc import Mapping, Sequence

from nhipcau.bench.cascade import Post, cascade
from nhipcau.bench.namespaces import NoNamespaceError
from nhipcau.bench.netground import ROOMS_ADDRESS, Spot, spots
from nhipcau.bench.ownsites import own_sites
from nhipcau.bench.report import Figure, plain

_LEAVES = 2
# Rooms that come change what all others are told; a meeting that has settled is measured.
_SETTLE_S = 15.0
# SRTP's tag of AES-128 with HMAC-SHA1-80, UDP, IPv4, Ethernet.
# Source: RFC 3711 §4.2, RFC 768, RFC 791 §3.1; IEEE 802.3 without its checksum.
_PER_PACKET = 10 + 8 + 20 + 14
_LOW, _HIGH = 0.95, 1.05
_NAME = "province_line_ratio"


async def province_line(communes: Sequence[int], seconds: float) -> list[Figure]:
    """Return the ratio for so many communes behind two leaves, for each number of them."""
    figures = []
    for count in communes:
        name = f"{_NAME}_{count}"
        try:
            async with spots(1 + _LEAVES) as lines:
                ratio, bps = await _measure(count, lines, seconds)
        except NoNamespaceError as error:
            figures.append(Figure(name, None, "ratio", against=str(error)))
            continue
        goal = f"{_LOW:g} to {_HIGH:g}"
        met = _LOW <= ratio <= _HIGH
        figures.append(Figure(name, float(f"{ratio:.4g}"), "ratio", goal, met, "lanes in use"))
        figures.append(plain(f"province_line_mbps_{count}", bps / 1e6, "Mbit/s"))
    return figures


async def _measure(communes: int, lines: Sequence[Spot], seconds: float) -> tuple[float, float]:
    """Return bytes out over bytes of the lanes, and bits out a second."""
    shares = [communes // _LEAVES + (n < communes % _LEAVES) for n in range(_LEAVES)]
    async with (
        cascade([1, *shares], "4x4", lines) as stage,
        # The first room of each leaf has its microphone open; the hall is in the root's house, and
        # not on this line.
        own_sites(stage.fleet(*stage.root.sites, talkers=1).sites, ROOMS_ADDRESS),
    ):
        await asyncio.sleep(_SETTLE_S)
        before = await _seen(lines[0], stage.leaves)
        await asyncio.sleep(seconds)
        after = await _seen(lines[0], stage.leaves)
    out, lanes = (now - then for now, then in zip(after, before, strict=True))
    return out / lanes, 8 * out / seconds


async def _seen(line: Spot, leaves: Sequence[Post]) -> tuple[int, int]:
    metrics = await asyncio.gather(*(asyncio.to_thread(leaf.metrics) for leaf in leaves))
    return await line.octets_out(), sum(_on_the_wire(one) for one in metrics)


def _on_the_wire(metrics: Mapping[str, float]) -> int:
    packets = sum(v for name, v in metrics.items() if name.startswith("lane_packets"))
    octets = sum(v for name, v in metrics.items() if name.startswith("lane_octets"))
    return round(octets + packets * _PER_PACKET)
