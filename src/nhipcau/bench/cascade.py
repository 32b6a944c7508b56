"""The stage of several MCUs: a root and its leaves, each in its real processes, without a bus.

plan in each MCU's folder ─▶ nhipcau mcu × (1 + leaves) ═ trunks ═     fleet ─▶ each by its link
"""

import asyncio
import contextlib
import secrets
import tempfile
import urllib.request
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhipcau.app.children import child
from nhipcau.app.clock import SystemClock
from nhipcau.app.demo_fleet import loops_dir
from nhipcau.bench.cutline import CutLine
from nhipcau.bench.netground import Spot
from nhipcau.bench.province import free_port
from nhipcau.mcu.hostingfolder import HostingFolder
from nhipcau.office.tokens import Seat, TokenIssuer
from nhipcau.ports.messages import ConferencePlan, PlannedLeaf, PlannedSite
from nhipcau.quantities import ConferenceId, McuName, SiteId
from nhipcau.rehearsal.spec import FleetSpec, SiteSpec
from nhipcau.settings import BusSettings, McuSettings, MediaPlace

_CONFERENCE = ConferenceId("ba-cap")
ROOT = McuName("mcu-tinh")
STANDBY = McuName("mcu-du-phong")
_BIND = "127.0.0.1"
# Nobody listens there: trunks need no bus.
_NO_BUS = BusSettings(url="nats://127.0.0.1:1")
_UP_S = 45.0
_POLL_S = 0.1
_HOURS_S = 4 * 3600


@dataclass(frozen=True, slots=True)
class Post:
    """One MCU of a cascade: its address, its media process, the sites that dial it, its folder."""

    name: McuName
    url: str
    pid: int
    sites: tuple[SiteId, ...]
    data: Path

    @property
    def signal_url(self) -> str:
        """Its signalling address."""
        return self.url.replace("http", "ws", 1) + "/signal"

    def metrics(self) -> Mapping[str, float]:
        """Return its metrics, each under its name with labels (blocking)."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
        return {name.removeprefix("nhipcau_mcu_"): float(value) for name, value in pairs}


@dataclass(frozen=True, slots=True)
class Cascade:
    """A root and its leaves; the first site is the root's and chairs.

    Attributes:
        posts: the root's, then the leaves'.
        standby: the post that follows the root; None: there is none.
    """

    posts: tuple[Post, ...]
    issuer: TokenIssuer
    standby: Post | None = None

    @property
    def root(self) -> Post:
        """The root."""
        return self.posts[0]

    @property
    def leaves(self) -> tuple[Post, ...]:
        """The others."""
        return self.posts[1:]

    def token(self, site: SiteId | None, role: str = "site") -> str:
        """Return a join token."""
        seat = Seat(_CONFERENCE, role, site)
        name = secrets.token_hex(8)
        now_s = SystemClock().wall_s()
        return self.issuer.issue(seat, token_id=name, now_s=now_s, lifetime_s=_HOURS_S)

    def link(self, post: Post, page: str, site: SiteId | None, role: str) -> str:
        """Return the link of a page at one of the MCUs."""
        return f"{post.url}/{page}#token={self.token(site, role)}"

    def spec(self, post: Post, site: SiteId, *, mic: bool = False) -> SiteSpec:
        """Return a synthetic site that dials an MCU."""
        token = self.token(site)
        return SiteSpec(code=site, name=site, url=post.signal_url, token=token, mic=mic)

    def fleet(self, *left_out: SiteId, talkers: int = 0) -> FleetSpec:
        """Return all sites as synthetic ones, each dialling its own MCU.

        Args:
            left_out: but these.
            talkers: so many of each MCU's have their microphones open.
        """
        specs = [
            self.spec(post, site, mic=place < talkers)
            for post in self.posts
            for place, site in enumerate(post.sites)
            if site not in left_out
        ]
        return FleetSpec(sites=tuple(specs), data=loops_dir())


class Below(NamedTuple):
    """So many sites of a leaf that hangs below another one, by its number from 1."""

    sites: int
    uplink: int


@contextlib.asynccontextmanager
async def cascade(
    sites_of_each: Sequence[int | Below],
    layout: str = "auto",
    lines: Sequence[Spot] = (),
    *,
    line: CutLine | None = None,
    standby: bool = False,
) -> AsyncIterator[Cascade]:
    """Run a root and its leaves while the context is open; enter when all trunks are up.

    Args:
        sites_of_each: how many sites dial the root, the first leaf, the second …; `Below`: of a
            leaf that hangs below another one.
        layout: of the program.
        lines: where each MCU stands, the standby last; none: all on loopback.
        line: by which the leaves reach their root.
        standby: have another MCU, which follows the root.

    Raises:
        ChildError: an MCU did not start.
        TimeoutError: a trunk does not come up.
    """
    issuer = TokenIssuer(Ed25519PrivateKey.generate())
    names = [ROOT, *(McuName(f"mcu-huyen-{n}") for n in range(1, len(sites_of_each)))]
    sites = [
        tuple(SiteId(f"{1000 * (place + 1) + n}") for n in range(count))
        for place, count in enumerate(_counts(sites_of_each))
    ]
    ports = [free_port() for _ in names]
    spots: Sequence[Spot | None] = lines or (None,) * (len(names) + standby)
    urls = [_url(port, spot) for port, spot in zip(ports, spots, strict=False)]
    parts = dict(zip(names, sites, strict=True))
    plan = _plan(issuer, parts, dict(zip(names, urls, strict=True)), layout)
    plan = plan.model_copy(update={"leaves": _in_tiers(plan.leaves, sites_of_each[1:])})
    if line is not None:
        plan = plan.model_copy(update={"root_url": await line.open(ports[0])})
    spare_port = free_port()
    if standby:
        known = {"standby": STANDBY, "standby_url": _url(spare_port, spots[-1])}
        plan = plan.model_copy(update=known)
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nhipcau-bench-")))
        posts = [
            await stack.enter_async_context(_post(folder, plan, name, (port, part, spot)))
            for name, port, part, spot in zip(names, ports, sites, spots, strict=False)
        ]
        spare = None
        if standby:
            there = (spare_port, (), spots[-1])
            spare = await stack.enter_async_context(_post(folder, plan, STANDBY, there))
        stage = Cascade(tuple(posts), issuer, spare)
        await until(stage.leaves, "trunk_up", 1)
        if spare is not None:
            await until((spare,), "trunks_up", len(stage.leaves))
            await until((stage.root,), "followers", 1)
        yield stage


@contextlib.asynccontextmanager
async def _post(
    folder: Path,
    plan: ConferencePlan,
    name: McuName,
    where: tuple[int, tuple[SiteId, ...], Spot | None],
) -> AsyncIterator[Post]:
    """Run one MCU of the plan while the context is open."""
    port, sites, spot = where
    bind = _BIND if spot is None else spot.address
    data = folder / name
    data.mkdir()
    HostingFolder(data).put(plan)
    # The second is for a part that goes on alone.
    places = tuple(MediaPlace(port=one, media_port=one) for one in (port, free_port()))
    settings = McuSettings(name=name, bind=bind, places=places, data_dir=data, bus=_NO_BUS)
    prefix = () if spot is None else spot.prefix
    async with child(name, ("mcu",), settings.model_dump_json(), folder, prefix) as mcu:
        pid = int(mcu.ready["hosted"][0]["pid"])
        yield Post(name, _url(port, spot), pid, sites, data)


async def until(posts: Sequence[Post], metric: str, least: float) -> None:
    """Wait until each of these MCUs says so much of a metric.

    Raises:
        TimeoutError: it does not in time.
    """
    async with asyncio.timeout(_UP_S):
        for post in posts:
            while (await asyncio.to_thread(post.metrics)).get(metric, 0.0) < least:  # noqa: ASYNC110 - polled
                await asyncio.sleep(_POLL_S)


def _in_tiers(
    leaves: Sequence[PlannedLeaf], sites_of_each: Sequence[int | Below]
) -> tuple[PlannedLeaf, ...]:
    return tuple(
        leaf.model_copy(update={"uplink": leaves[count.uplink - 1].mcu})
        if isinstance(count, Below)
        else leaf
        for leaf, count in zip(leaves, sites_of_each, strict=True)
    )


def _counts(sites_of_each: Sequence[int | Below]) -> list[int]:
    return [one.sites if isinstance(one, Below) else one for one in sites_of_each]


def _plan(
    issuer: TokenIssuer,
    parts: Mapping[McuName, tuple[SiteId, ...]],
    urls: Mapping[McuName, str],
    layout: str,
) -> ConferencePlan:
    root, *leaves = parts
    hall = parts[root][0]
    return ConferencePlan(
        conference=_CONFERENCE,
        title="Phiên ba cấp",
        mcu=root,
        chair_site=hall,
        layout=layout,
        sites=tuple(_planned(site, hall, name) for name, part in parts.items() for site in part),
        token_public_key_pem=issuer.public_key_pem(),
        leaves=tuple(
            PlannedLeaf(mcu=name, url=urls[name], backup=stands_in)
            for name, stands_in in zip(leaves, (*leaves[1:], *leaves[:1]), strict=True)
        ),
        root_url=urls[root],
        trunk_key=secrets.token_urlsafe(32),
        ticket_key=secrets.token_urlsafe(32),
        tickets_end_s=int(SystemClock().wall_s()) + _HOURS_S,
    )


def _url(port: int, spot: Spot | None) -> str:
    return f"http://{_BIND if spot is None else spot.address}:{port}"


def _planned(site: SiteId, hall: SiteId, home: McuName) -> PlannedSite:
    parent = None if site == hall else hall
    name = f"Điểm cầu {site}"
    return PlannedSite(site=site, name=name, level="commune", parent=parent, home=home)
