"""The values of an MCU's `/metrics`."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from nhipcau.mcu.endpointmedia import EndpointMedia
from nhipcau.mcu.engine import EngineStats
from nhipcau.mcu.node import McuNode
from nhipcau.mcu.upstream import VideoSourceStats
from nhipcau.ports.transport import Mid
from nhipcau.quantities import SiteId, ViewId
from nhipcau.rtp.viewer import ViewerStats
from nhipcau.web.door import Door
from nhipcau.web.faults import SignallingCounters
from nhipcau.web.knocks import Knocks
from nhipcau.web.metrics import Family, Sample


def mcu_metrics(node: McuNode, door: Door, knocks: Knocks) -> list[Family]:
    """Return the metric families of one MCU, read from the living objects."""
    counters, admissions = door.counters, door.admissions
    return [
        *_process(node),
        *_media(node.engine.stats()),
        *_door(counters, knocks),
        *_lines(node),
        *_trunks(node),
        Family("mcu_admissions", "admitted", True, [Sample(admissions.admitted)]),
        Family("mcu_admission_cpu_seconds", "spent on it", True, [Sample(admissions.cpu_s)]),
        Family("mcu_camera_frames", "pictures from sites, by fate", True, _camera_frames(node)),
        Family("mcu_camera_packets_lost", "packets that never came", True, _camera_losses(node)),
        Family("mcu_camera_lines", "height of decoded pictures", False, _camera_lines(node)),
        Family("mcu_received_bytes", "media and stills from sites", True, _received(node)),
        Family("mcu_uplink_bps", "what a site's line carries up", False, _uplinks(node)),
    ]


def _process(node: McuNode) -> list[Family]:
    host, status = node.host.stats(), node.status()
    commands = {"taken": host.taken, "refused": host.refused}
    return [
        Family("mcu_sites_present", "sites present", False, [Sample(status.sites_present)]),
        Family("mcu_endpoints", "endpoints seated", False, [Sample(status.endpoints)]),
        Family("mcu_cpu_cores", "cores in use", False, [Sample(status.cpu_cores)]),
        Family("mcu_rss_mebibytes", "resident memory", False, [Sample(status.rss_mb)]),
        Family(
            "mcu_newcomers_refused",
            "turned away because the MCU is full",
            True,
            [Sample(node.desk.capacity.turned_away)],
        ),
        Family("mcu_commands", "commands decided", True, _by("outcome", commands)),
    ]


def _media(engine: EngineStats) -> list[Family]:
    views, threads = engine.views, engine.threads
    frames = {name: view.frames for name, view in views.items()}
    keyframes = {name: view.keyframes for name, view in views.items()}
    ticks = {thread.name: thread.ticks for thread in threads}
    late = {thread.name: thread.late for thread in threads}
    skipped = {thread.name: thread.skipped for thread in threads}
    fanout = engine.fanout
    return [
        Family("mcu_connections", "media connections up", False, [Sample(engine.up)]),
        Family("mcu_warm", "connections that stand ready", False, [Sample(engine.cold)]),
        Family("mcu_view_frames", "pictures made", True, _by("view", frames)),
        Family("mcu_view_keyframes", "key frames made", True, _by("view", keyframes)),
        Family("mcu_packets_sent", "picture packets sent", True, [Sample(fanout.sent)]),
        Family("mcu_batches_dropped", "frames not sent in time", True, [Sample(fanout.dropped)]),
        Family("mcu_ticks", "turns of the media threads", True, _by("thread", ticks)),
        Family("mcu_ticks_late", "turns that began late", True, _by("thread", late)),
        Family("mcu_ticks_skipped", "turns left out", True, _by("thread", skipped)),
    ]


def _lines(node: McuNode) -> list[Family]:
    lines = node.desk.care.stats().values()
    viewers = Counter(line.rung for line in lines)
    return [
        Family("mcu_viewers", "connected viewers by rung", False, _by("rung", viewers)),
        Family("mcu_site_rung", "the rung that a site is on", False, _rungs(node)),
        Family("mcu_site_packets", "packets to a site, by line and fate", True, _to_sites(node)),
    ]


def _rungs(node: McuNode) -> list[Sample]:
    pairs = (
        (endpoint.seat, node.desk.care.rung(endpoint.id))
        for endpoint in node.desk.endpoints.values()
        if endpoint.seat is not None
    )
    return [Sample(1, {"site": site, "rung": rung}) for site, rung in pairs if rung is not None]


def _to_sites(node: McuNode) -> list[Sample]:
    """Return what went down to each site; it begins anew with each connection of a site."""
    return [
        Sample(count, {"site": endpoint.seat, "line": mid.value, "fate": fate})
        for endpoint in node.desk.endpoints.values()
        if endpoint.seat is not None and endpoint.media is not None
        for mid in (Mid.PROGRAM, Mid.SOUND)
        for fate, count in _fates(endpoint.media.viewers[mid].stats())
    ]


def _fates(viewer: ViewerStats) -> Sequence[tuple[str, int]]:
    return (("sent", viewer.sent), ("nacked", viewer.nacked), ("resent", viewer.resent))


def _door(counters: SignallingCounters, knocks: Knocks) -> list[Family]:
    errors, refused = counters.stats(), knocks.refused()
    return [
        Family("mcu_signalling_errors", "messages refused", True, _by("code", errors)),
        Family("mcu_half_open", "connections at the door", False, [Sample(knocks.waiting())]),
        Family("mcu_turned_away", "connections ended at the door", True, _by("reason", refused)),
    ]


def _by(label: str, values: Mapping[str, int] | Mapping[ViewId, int]) -> list[Sample]:
    return [Sample(value, {label: name}) for name, value in values.items()]


def _cameras(node: McuNode) -> Iterator[tuple[SiteId, VideoSourceStats]]:
    """Yield the stats of every site's camera; they begin anew with each connection of a site."""
    for site, media in _seats(node):
        yield site, media.camera.stats()


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


def _seats(node: McuNode) -> Iterator[tuple[SiteId, EndpointMedia]]:
    for endpoint in node.desk.endpoints.values():
        if endpoint.seat is not None and endpoint.media is not None:
            yield endpoint.seat, endpoint.media
    for trunk in list(node.desk.trunks.all.values()):
        yield from trunk.lent().items()


def _camera_lines(node: McuNode) -> list[Sample]:
    return [
        Sample(camera.size[1], {"site": site})
        for site, camera in _cameras(node)
        if camera.size is not None
    ]


def _received(node: McuNode) -> list[Sample]:
    return [
        Sample(octets, {"site": site, "kind": kind})
        for site, media in _seats(node)
        for kind, octets in (
            ("camera", media.camera.stats().octets),
            ("content", media.content.stats().octets),
            ("microphone", media.microphone.stats().octets),
            ("still", node.desk.wall.octets(site)),
        )
    ]


def _uplinks(node: McuNode) -> list[Sample]:
    return [Sample(media.uplink.bps, {"site": site}) for site, media in _seats(node)]


def _camera_losses(node: McuNode) -> list[Sample]:
    return [Sample(camera.lost, {"site": site}) for site, camera in _cameras(node)]


def _trunks(node: McuNode) -> list[Family]:
    stats = {name: trunk.stats() for name, trunk in node.desk.trunks.all.items()}
    lanes = {str(name): one.lanes for name, one in stats.items()}
    lent = {str(name): one.lent for name, one in stats.items()}
    refused = {str(name): one.refused for name, one in stats.items()}
    return [
        Family("mcu_reigns", "it decides", False, [Sample(float(node.reigning.is_set()))]),
        Family("mcu_epoch", "of the root, as known here", False, [Sample(node.epoch)]),
        Family("mcu_followers", "candidates that copy", False, [Sample(len(node.followers.all))]),
        Family(
            "mcu_told_unconfirmed",
            "told before the follower had it",
            True,
            [Sample(node.confirmation.unconfirmed)],
        ),
        Family("mcu_trunks_up", "leaves that are joined", False, [Sample(len(stats))]),
        Family("mcu_trunk_lanes", "lanes that are up, by leaf", False, _by("leaf", lanes)),
        Family("mcu_trunk_lent", "lanes that are lent, by leaf", False, _by("leaf", lent)),
        Family("mcu_trunk_short", "times that lanes were short", True, _by("leaf", refused)),
    ]
