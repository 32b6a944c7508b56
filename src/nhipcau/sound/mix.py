"""Mixing: the sum of all open microphones, and for each of them the sum without its own.

    blocks ──▶ sum once (int32) ──▶ clip ────────────▶ common mix, for everyone else
                    └─── minus own ──▶ clip ──▶ mix-minus, one for each open microphone

Aligning the blocks in time is the work of `playout`; here they must already agree.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nhipcau.quantities import SiteId
from nhipcau.sound.block import PcmBlock, Samples

# int32 holds the sum of 65,536 microphones at full scale, so only the result is clipped.
_Wide = npt.NDArray[np.int32]

_LOWEST = -32_768
_HIGHEST = 32_767


class Mixed(NamedTuple):
    """Both results of one pass over the open microphones."""

    common: PcmBlock
    minus: dict[SiteId, PcmBlock]


def mix(blocks: Iterable[PcmBlock]) -> PcmBlock:
    """Return the sum of all `blocks`, clipped to int16, with their pts.

    Raises:
        ValueError: there is no block, or two differ in pts or shape.
    """
    together = list(blocks)
    return PcmBlock(_clip(_total(together)), together[0].pts)


def mix_minus(blocks: Mapping[SiteId, PcmBlock]) -> dict[SiteId, PcmBlock]:
    """Return, for each site, the sum of everyone else's sound.

    Sums once and subtracts the listener's own block: O(n), not O(n²).

    Args:
        blocks: one block per open microphone, each int16 of shape (960,), 48 kHz, same pts.

    Returns:
        Blocks of the same shape and pts; clipped to int16, never wrapped.

    Raises:
        ValueError: two blocks differ in pts or shape (align them in the playout buffer first).

    Source: RFC 7667 §3.6.1 (media-mixing mixer).
    """
    return _minus(_total(list(blocks.values())), blocks) if blocks else {}


def mix_all(blocks: Mapping[SiteId, PcmBlock]) -> Mixed:
    """Return the common mix and every mix-minus from one sum.

    Args:
        blocks: as for `mix_minus`, at least one.

    Raises:
        ValueError: there is no block, or two differ in pts or shape.
    """
    together = list(blocks.values())
    total = _total(together)
    return Mixed(PcmBlock(_clip(total), together[0].pts), _minus(total, blocks))


def _total(blocks: list[PcmBlock]) -> _Wide:
    if not blocks:
        raise ValueError("nothing to mix: silence has a function of its own")
    first = blocks[0]
    total = first.samples.astype(np.int32)
    for block in blocks[1:]:
        if block.pts != first.pts or block.samples.shape != first.samples.shape:
            raise ValueError(
                f"blocks differ: pts {first.pts} and {block.pts}, "
                f"shapes {first.samples.shape} and {block.samples.shape}"
            )
        total += block.samples
    return total


def _minus(total: _Wide, blocks: Mapping[SiteId, PcmBlock]) -> dict[SiteId, PcmBlock]:
    return {
        site: PcmBlock(_clip(total - block.samples), block.pts) for site, block in blocks.items()
    }


def _clip(total: _Wide) -> Samples:
    return np.clip(total, _LOWEST, _HIGHEST).astype(np.int16)
