"""Sends files to rooms no faster than a quarter of their line, all requests of a room together.

vault ─ 16 kB ─▶ bucket of the site: wait ─▶ response
"""

import asyncio
from collections.abc import AsyncIterator

from nhipcau.planning.pacing import CHUNK_BYTES, Bucket, papers_bps
from nhipcau.ports.clock import Clock
from nhipcau.ports.vault import Vault
from nhipcau.quantities import Bitrate, SiteId
from nhipcau.web.ranges import Part

# A room that asks for nothing for so long begins anew.
_FORGET_S = 600.0


class Pacer:
    """Keeps a bucket for each site that fetches. Used on the event loop only."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock
        self._buckets: dict[SiteId, tuple[Bucket, float]] = {}

    async def send(
        self, sha256: str, part: Part, site: SiteId, line_bps: Bitrate | None
    ) -> AsyncIterator[bytes]:
        """Yield a part of a file, piece by piece, each when the site's line has room for it."""
        bucket = self._bucket(site, line_bps)
        at, left = part.first, part.length
        while left > 0:
            data = await asyncio.to_thread(self._vault.read, sha256, at, min(CHUNK_BYTES, left))
            if not data:
                return
            now_s = self._clock.now_s()
            self._buckets[site] = (bucket, now_s)
            await asyncio.sleep(bucket.take(len(data), now_s))
            yield data
            at, left = at + len(data), left - len(data)

    def _bucket(self, site: SiteId, line_bps: Bitrate | None) -> Bucket:
        now_s = self._clock.now_s()
        for idle in [s for s, (_, last) in self._buckets.items() if now_s - last > _FORGET_S]:
            del self._buckets[idle]
        kept = self._buckets.get(site)
        rate = papers_bps(line_bps)
        bucket = kept[0] if kept is not None and kept[0].rate_bps == rate else Bucket(rate, now_s)
        self._buckets[site] = (bucket, now_s)
        return bucket
