"""The wall's still pictures: the newest of each site, passed on to whoever watches it.

    site's page ─ JPEG every 3 s ─▶ Wall ─▶ consoles that show that tile now

A site that nobody watches is asked for none. Stills are the first thing to go when a console reads
slowly; control messages are never pushed out by them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from nhipcau.mcu.endpoint import Outbox
from nhipcau.quantities import EndpointId, SiteId

MAX_STILL_BYTES = 8 * 1024
STILL_S = 3.0
# On a thin line: 7 kB in 10 s are 6 kbit/s.
THIN_STILL_S = 10.0
# A page's timers are not exact; one that sends twice as often as asked is cut down to this.
_MIN_INTERVAL_S = 1.0
_JPEG_BEGIN, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class WallStats:
    """Stills taken from sites, refused (no JPEG, too large, too often), passed on, let go."""

    taken: int
    refused: int
    passed: int
    dropped: int


@dataclass(slots=True)
class _Watcher:
    outbox: Outbox
    sites: frozenset[SiteId]


class Wall:
    """Keeps stills and who watches them, on the event loop."""

    def __init__(self) -> None:
        self._newest: dict[SiteId, tuple[float, bytes]] = {}
        self._watchers: dict[EndpointId, _Watcher] = {}
        self._watched: frozenset[SiteId] = frozenset()
        self._octets: dict[SiteId, int] = {}
        self._taken = self._refused = self._passed = self._dropped = 0

    def is_watched(self, site: SiteId) -> bool:
        """Return True when some console shows the tile of `site`."""
        return site in self._watched

    def take(self, site: SiteId, jpeg: bytes, now_s: float) -> bool:
        """Take a still of `site`; return False when it is none, too large, or too soon."""
        last_s, _ = self._newest.get(site, (float("-inf"), b""))
        if not _is_jpeg(jpeg) or now_s - last_s < _MIN_INTERVAL_S:
            self._refused += 1
            return False
        self._taken += 1
        self._octets[site] = self._octets.get(site, 0) + len(jpeg)
        frame = _frame(site, jpeg)
        self._newest[site] = (now_s, frame)
        for watcher in self._watchers.values():
            if site in watcher.sites:
                self._pass_on(watcher, frame)
        return True

    def watch(self, endpoint: EndpointId, outbox: Outbox, sites: Iterable[SiteId]) -> None:
        """Send `sites` to a console from now on; those it did not show before at once."""
        old = self._watchers.get(endpoint)
        watcher = self._watchers[endpoint] = _Watcher(outbox, frozenset(sites))
        for site in watcher.sites - (old.sites if old is not None else frozenset()):
            if site in self._newest:
                self._pass_on(watcher, self._newest[site][1])
        self._follow_watchers()

    def forget(self, endpoint: EndpointId, seat: SiteId | None) -> None:
        """Take note that an endpoint has gone: as a watcher, and its room's last picture."""
        self._watchers.pop(endpoint, None)
        if seat is not None:
            self._newest.pop(seat, None)
        self._follow_watchers()

    def octets(self, site: SiteId) -> int:
        """Return how many bytes of stills a site has sent since the start."""
        return self._octets.get(site, 0)

    def stats(self) -> WallStats:
        """Return the counters."""
        return WallStats(self._taken, self._refused, self._passed, self._dropped)

    def _pass_on(self, watcher: _Watcher, frame: bytes) -> None:
        if watcher.outbox.offer(frame):
            self._passed += 1
        else:
            self._dropped += 1

    def _follow_watchers(self) -> None:
        watched = (watcher.sites for watcher in self._watchers.values())
        self._watched = frozenset().union(*watched)


def _is_jpeg(data: bytes) -> bool:
    """Return True for what begins and ends like a JPEG and is small. Source: ITU-T T.81 B.1.1.3."""
    if len(data) > MAX_STILL_BYTES or not data.startswith(_JPEG_BEGIN):
        return False
    return data.endswith(_JPEG_END)


def _frame(site: SiteId, jpeg: bytes) -> bytes:
    """Return the binary frame of docs/PROTOCOL.md: length of the code, code, JPEG."""
    code = site.encode("ascii", "replace")
    return bytes((len(code),)) + code + jpeg
