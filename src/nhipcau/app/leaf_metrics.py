"""The values of a leaf's `/metrics`, and what it says of itself every second."""

import os
from collections.abc import Mapping

from nhipcau.mcu.leaf import LeafNode
from nhipcau.mcu.leafengine import LeafEngine
from nhipcau.mcu.usage import Usage
from nhipcau.ports.clock import Clock
from nhipcau.ports.messages import McuStatus
from nhipcau.settings import MediaSettings
from nhipcau.web.metrics import Family, Sample


class LeafStatus:
    """A leaf's word on itself."""

    def __init__(self, settings: MediaSettings, url: str, leaf: LeafNode, clock: Clock) -> None:
        self._settings = settings
        self._url = url
        self._leaf = leaf
        self._usage = Usage(clock)

    def read(self) -> McuStatus:
        """Return how the leaf is now."""
        usage, channels = self._usage.read(), self._leaf.channels.values()
        return McuStatus(
            mcu=self._settings.name,
            pid=os.getpid(),
            url=self._url,
            conference=self._settings.conference,
            role="leaf",
            sites_present=len({one.seat for one in channels if one.seat is not None}),
            endpoints=len(channels),
            cpu_cores=usage.cpu_cores,
            rss_mb=usage.rss_mb,
        )


def leaf_metrics(leaf: LeafNode, engine: LeafEngine) -> list[Family]:
    """Return the metric families of one leaf, read from the living objects."""
    stats = engine.stats()
    ticks = {thread.name: thread.ticks for thread in stats.threads}
    late = {thread.name: thread.late for thread in stats.threads}
    repeated = {name: one.sent for name, one in stats.pictures.items()}
    packets = {name: came for name, (came, _) in stats.lanes.items()}
    octets = {name: size for name, (_, size) in stats.lanes.items()}
    return [
        Family("mcu_trunk_up", "the trunk to the root is up", False, [Sample(float(leaf.is_up))]),
        Family("mcu_epoch", "of the root that is followed", False, [Sample(leaf.epoch)]),
        Family("mcu_endpoints", "pages here", False, [Sample(len(leaf.channels))]),
        Family("mcu_connections", "media connections up", False, [Sample(stats.up)]),
        Family("mcu_warm", "connections that stand ready", False, [Sample(stats.cold)]),
        Family("mcu_events_copied", "events", True, [Sample(leaf.replica.have().events)]),
        Family("mcu_repeated_packets", "of pictures, by rung", True, _by("rung", repeated)),
        Family("mcu_lane_packets", "that came down", True, _by("lane", packets)),
        Family("mcu_lane_octets", "of them", True, _by("lane", octets)),
        Family("mcu_ticks", "turns of the threads", True, _by("thread", ticks)),
        Family("mcu_ticks_late", "of them late", True, _by("thread", late)),
    ]


def _by(label: str, values: Mapping[str, float]) -> list[Sample]:
    return [Sample(value, {label: name}) for name, value in values.items()]
