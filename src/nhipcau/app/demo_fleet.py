"""The demo's synthetic sites: which there are, in the order in which the session needs them."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nhipcau.rehearsal.spec import FleetSpec, SiteSpec

# The districts in the order in which they report in the first session.
DISTRICTS = ("573", "575", "572", "568", "569", "570", "571", "574")
# Hall and districts, then the three communes that report; whoever asks for more sites gets the
# others in roster order.
FIRST_SITES = ("56", *DISTRICTS, "22633", "22735", "22519")


def fleet_of(sites: Sequence[Mapping[str, Any]], count: int) -> FleetSpec:
    """Return the first `count` of the office's sites as synthetic ones, each by its own link."""
    rank = {code: place for place, code in enumerate(FIRST_SITES)}
    ordered = sorted(sites, key=lambda site: rank.get(site["code"], len(rank)))
    specs = tuple(
        SiteSpec(
            code=site["code"],
            name=site["name"],
            url=_signal_url(site["url"]),
            token=_token(site["url"]),
            speaks_on_air=True,
        )
        for site in ordered[:count]
    )
    return FleetSpec(sites=specs, data=loops_dir())


def loops_dir() -> Path:
    """Return where synthetic pictures are kept between runs."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "nhipcau" / "loops"


def _signal_url(link: str) -> str:
    origin = link.split("#", 1)[0].rsplit("/", 1)[0]
    return f"{origin.replace('http', 'ws', 1)}/signal"


def _token(link: str) -> str:
    return link.split("#token=", 1)[1]
