"""What a rehearsal reads in the metrics of an MCU."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping

from nhipcau.rehearsal.verdict import McuSample

_PATIENCE_S = 2.0
# Turns that began too late, and those left out for it.
_LATE = (
    'nhipcau_mcu_ticks_late_total{thread="compose"}',
    'nhipcau_mcu_ticks_skipped_total{thread="compose"}',
)
_RUNG = re.compile(r'nhipcau_mcu_site_rung\{rung="(?P<rung>[^"]+)",site="(?P<site>[^"]+)"\}')
_SENT = re.compile(
    r'nhipcau_mcu_site_packets_total\{fate="sent",line="program",site="(?P<site>[^"]+)"\}'
)


def mcu_sample(url: str) -> McuSample | None:
    """Return an MCU's load now, None when it says nothing (blocking)."""
    try:
        with urllib.request.urlopen(f"{url}/metrics", timeout=_PATIENCE_S) as answer:  # noqa: S310
            lines = answer.read().decode().splitlines()
    except (OSError, urllib.error.URLError):
        return None
    pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
    said = {name: float(value) for name, value in pairs}
    return McuSample(
        cores=said.get("nhipcau_mcu_cpu_cores", 0.0),
        rss_mb=said.get("nhipcau_mcu_rss_mebibytes", 0.0),
        packets=said.get("nhipcau_mcu_packets_sent_total", 0.0),
        late_ticks=sum(said.get(name, 0.0) for name in _LATE),
        dropped=said.get("nhipcau_mcu_batches_dropped_total", 0.0),
        rungs={match["site"]: match["rung"] for match, _ in _matches(_RUNG, said)},
        sent={match["site"]: value for match, value in _matches(_SENT, said)},
    )


def _matches(
    pattern: re.Pattern[str], said: Mapping[str, float]
) -> Iterator[tuple[re.Match[str], float]]:
    for name, value in said.items():
        match = pattern.fullmatch(name)
        if match is not None:
            yield match, value
