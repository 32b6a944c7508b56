"""The values of an MCU's `/metrics`."""

from collections.abc import Iterator

from nhipcau.mcu.node import McuNode
from nhipcau.mcu.upstream import VideoSourceStats
from nhipcau.quantities import SiteId
from nhipcau.web.faults import SignallingCounters
from nhipcau.web.knocks import Knocks
from nhipcau.web.metrics import Family, Sample


def mcu_metrics(node: McuNode, counters: SignallingCounters, knocks: Knocks) -> list[Family]:
    """Return the metric families of one MCU, read from the living objects."""
    engine, host, status = node.engine.stats(), node.host.stats(), node.status()
    threads, views = engine.threads, engine.views
    return [
        Family("mcu_sites_present", "sites present", False, [Sample(status.sites_present)]),
        Family("mcu_endpoints", "endpoints seated", False, [Sample(status.endpoints)]),
        Family("mcu_connections", "media connections up", False, [Sample(engine.up)]),
        Family("mcu_cpu_cores", "cores in use", False, [Sample(status.cpu_cores)]),
        Family("mcu_rss_mebibytes", "resident memory", False, [Sample(status.rss_mb)]),
        Family(
            "mcu_commands",
            "commands decided",
            True,
            [
                Sample(host.taken, {"outcome": "taken"}),
                Sample(host.refused, {"outcome": "refused"}),
            ],
        ),
        Family(
            "mcu_view_frames",
            "pictures made",
            True,
            [Sample(view.frames, {"view": name}) for name, view in views.items()],
        ),
        Family(
            "mcu_view_keyframes",
            "key frames made",
            True,
            [Sample(view.keyframes, {"view": name}) for name, view in views.items()],
        ),
        Family("mcu_packets_sent", "picture packets sent", True, [Sample(engine.fanout.sent)]),
        Family(
            "mcu_batches_dropped", "frames not sent in time", True, [Sample(engine.fanout.dropped)]
        ),
        Family(
            "mcu_ticks",
            "turns of the media threads",
            True,
            [Sample(t.ticks, {"thread": t.name}) for t in threads],
        ),
        Family(
            "mcu_ticks_late",
            "turns that began late",
            True,
            [Sample(t.late, {"thread": t.name}) for t in threads],
        ),
        Family(
            "mcu_signalling_errors",
            "signalling messages refused",
            True,
            [Sample(count, {"code": code}) for code, count in counters.stats().items()],
        ),
        Family("mcu_half_open", "connections at the door", False, [Sample(knocks.waiting())]),
        Family(
            "mcu_turned_away",
            "connections ended at the door",
            True,
            [Sample(count, {"reason": reason}) for reason, count in knocks.refused().items()],
        ),
        Family("mcu_camera_frames", "pictures from sites, by fate", True, _camera_frames(node)),
        Family("mcu_camera_packets_lost", "packets that never came", True, _camera_losses(node)),
    ]


def _cameras(node: McuNode) -> Iterator[tuple[SiteId, VideoSourceStats]]:
    """Yield the stats of every site's camera; they begin anew with each connection of a site."""
    for endpoint in node.desk.endpoints.values():
        if endpoint.seat is not None and endpoint.media is not None:
            yield endpoint.seat, endpoint.media.camera.stats()


def _camera_frames(node: McuNode) -> list[Sample]:
    return [
        Sample(count, {"site": site, "outcome": outcome})
        for site, camera in _cameras(node)
        for outcome, count in (
            ("decoded", camera.decoded),
            ("undecodable", camera.undecodable),
            ("dropped", camera.dropped),
        )
    ]


def _camera_losses(node: McuNode) -> list[Sample]:
    return [Sample(camera.lost, {"site": site}) for site, camera in _cameras(node)]
